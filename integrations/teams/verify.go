package teams

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	channel = "msteams"       // the only channel whose word about people we take
	skew    = 5 * time.Minute // clocks may differ by this much
)

// refused says why a request is turned away. The reason is one of our own words and safe to
// log.
type refused struct {
	status int
	reason string
}

func (r *refused) Error() string { return r.reason }

func unauthorized(reason string) error { return &refused{http.StatusUnauthorized, reason} }
func forbidden(reason string) error    { return &refused{http.StatusForbidden, reason} }

// claims are what the service says in its token.
type claims struct {
	jwt.RegisteredClaims
	ServiceURL   string `json:"serviceurl"`
	endorsements []string
}

// bearer checks the token of a request before its body is read: signature, algorithm,
// issuer, audience and times. What the token says about the activity is checked by vouches.
// Rules: Microsoft's page on connector authentication, 2017, and the SDKs of 2025-26.
func (in *inbound) bearer(ctx context.Context, header string) (*claims, error) {
	scheme, raw, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || raw == "" || strings.ContainsAny(raw, " ,") {
		return nil, unauthorized("no bearer token")
	}
	c := &claims{}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(in.client.o.Endpoints.Issuer), jwt.WithAudience(in.client.o.App),
		jwt.WithExpirationRequired(), jwt.WithLeeway(skew), jwt.WithTimeFunc(in.client.o.Now))
	_, err := parser.ParseWithClaims(raw, c, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		k, err := in.keys.find(ctx, kid)
		c.endorsements = k.endorsements
		return k.public, err
	})
	if errors.Is(err, errNoKeys) {
		return nil, &refused{http.StatusServiceUnavailable, "the service's keys cannot be read"}
	}
	if err != nil {
		return nil, unauthorized(whyNot(err))
	}
	return c, nil
}

// whyNot names the rule a token breaks, in words that cannot carry any of its content.
func whyNot(err error) string {
	for _, w := range []struct {
		err error
		why string
	}{
		{errUnknownKey, "token signed by an unknown key"},
		{jwt.ErrTokenSignatureInvalid, "token signature or algorithm"},
		{jwt.ErrTokenExpired, "token expired"},
		{jwt.ErrTokenNotValidYet, "token not valid yet"},
		{jwt.ErrTokenInvalidIssuer, "token issuer"},
		{jwt.ErrTokenInvalidAudience, "token audience"},
		{jwt.ErrTokenRequiredClaimMissing, "token lacks a claim"},
	} {
		if errors.Is(err, w.err) {
			return w.why
		}
	}
	return "token malformed"
}

// vouches checks that the token speaks for this activity: same service address, a key that
// may sign for Teams, one of the listed hosts, our own tenant. Only Teams is taken: other
// channels let their clients write the tenant and the person themselves.
func (in *inbound) vouches(c *claims, a *incoming) error {
	switch {
	case c.ServiceURL == "" || !strings.EqualFold(strings.TrimRight(c.ServiceURL, "/"), strings.TrimRight(a.ServiceURL, "/")):
		return unauthorized("token is for another service address")
	case a.ChannelID != channel:
		return forbidden("not from Teams")
	case !slices.Contains(c.endorsements, a.ChannelID):
		return forbidden("key is not endorsed for Teams")
	case !in.client.o.Endpoints.allows(a.ServiceURL):
		return forbidden("service address is not allowed")
	case !a.tenant(in.client.o.Tenant):
		return forbidden("another tenant")
	}
	return nil
}
