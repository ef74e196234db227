package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Entra is the tenant in which people sign in, and our registration there.
type Entra struct {
	Login    string        // address of the sign-in service, "https://login.microsoftonline.com"
	Tenant   string        // directory (tenant) id
	ClientID string        // application (client) id
	Secret   func() string // of the application; read at every sign-in, so that it can change
	Public   string        // our own public address; BackPath below it is the registered redirect address
}

// BackPath is where Entra sends people back to; an administrator registers it as a redirect
// address of the kind "Web".
const BackPath = "/sign-in/back"

// SignIn signs people in with OpenID Connect: the authorization code flow with PKCE, a state
// and a nonce, bound to the browser that began by a sealed cookie. Who somebody is, is the
// object id in a token that Entra signed for us, in our tenant, for this one sign-in; names and
// addresses in tokens decide nothing, because their holders can change them.
type SignIn struct {
	entra  Entra
	oauth  oauth2.Config
	verify *oidc.IDTokenVerifier
	client *http.Client
	seal   cipher.AEAD
	wall   func() time.Time
}

const (
	signInWithin = 10 * time.Minute // from leaving for Entra to coming back
	entraWithin  = 8 * time.Second  // one request to Entra
)

// NewSignIn takes 32 random bytes with which it seals the cookie of a sign-in under way. wall
// tells the time that tokens live by, nil = the machine's clock.
func NewSignIn(e Entra, key []byte, wall func() time.Time) (*SignIn, error) {
	if e.Login == "" || e.Tenant == "" || e.ClientID == "" || e.Public == "" || e.Secret == nil || len(key) != 32 {
		return nil, errors.New("web: signing in needs the tenant, the application, our public address and 32 bytes of a key")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	if wall == nil {
		wall = time.Now
	}
	base := e.Login + "/" + url.PathEscape(e.Tenant)
	s := &SignIn{entra: e, seal: seal, wall: wall, client: &http.Client{Timeout: entraWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	s.oauth = oauth2.Config{ClientID: e.ClientID, RedirectURL: e.Public + BackPath, Scopes: []string{oidc.ScopeOpenID, "profile"},
		Endpoint: oauth2.Endpoint{AuthURL: base + "/oauth2/v2.0/authorize", TokenURL: base + "/oauth2/v2.0/token", AuthStyle: oauth2.AuthStyleInParams}}
	keys := oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), s.client), base+"/discovery/v2.0/keys")
	s.verify = oidc.NewVerifier(base+"/v2.0", keys, &oidc.Config{ClientID: e.ClientID, SupportedSigningAlgs: []string{oidc.RS256}, Now: wall})
	return s, nil
}

// pending is a sign-in under way, kept by the browser that began it, sealed.
type pending struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	To       string    `json:"t"` // our own path to go on to
	Until    time.Time `json:"u"`
}

// leave answers where to sign in, and the sealed cookie that only this browser holds.
func (s *SignIn) leave(to string) (address, sealed string, err error) {
	p := pending{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: ownPath(to), Until: s.wall().Add(signInWithin)}
	plain, err := json.Marshal(p)
	if err != nil {
		return "", "", err
	}
	address = s.oauth.AuthCodeURL(p.State, oidc.Nonce(p.Nonce), oauth2.S256ChallengeOption(p.Verifier), oauth2.SetAuthURLParam("response_mode", "query"))
	return address, linkText.EncodeToString(s.seal.Seal(nil, nil, plain, []byte("rapport sign-in"))), nil
}

// Why somebody is not signed in.
var (
	errStrayed = errors.New("web: this browser began no such sign-in, or too long ago")
	errRefused = errors.New("web: the sign-in was refused")
	errSilent  = errors.New("web: Entra does not answer")
)

// open reads the cookie of a sign-in under way.
func (s *SignIn) open(sealed, state string) (pending, error) {
	var p pending
	raw, err := linkText.DecodeString(sealed)
	if err != nil {
		return p, errStrayed
	}
	plain, err := s.seal.Open(nil, nil, raw, []byte("rapport sign-in"))
	if err != nil || json.Unmarshal(plain, &p) != nil || s.wall().After(p.Until) || p.State == "" ||
		subtle.ConstantTimeCompare([]byte(p.State), []byte(state)) != 1 {
		return pending{}, errStrayed
	}
	return p, nil
}

// person is who signed in.
type person struct {
	ID   roster.ID
	Name string // to greet them by; decides nothing
}

// redeem exchanges the code for a token and answers whom it speaks of. errRefused says that
// the token, or the code, is not one for this sign-in; any other error means "later".
func (s *SignIn) redeem(ctx context.Context, code string, p pending) (person, error) {
	config := s.oauth
	config.ClientSecret = s.entra.Secret()
	ctx = oidc.ClientContext(ctx, s.client)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(p.Verifier))
	if err != nil {
		if said, ok := errors.AsType[*oauth2.RetrieveError](err); ok && said.Response.StatusCode < 500 && said.Response.StatusCode != http.StatusTooManyRequests {
			return person{}, errRefused
		}
		return person{}, errSilent
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := s.verify.Verify(ctx, raw)
	if err != nil && strings.Contains(err.Error(), "fetching keys") {
		return person{}, errSilent
	}
	if err != nil {
		return person{}, errRefused
	}
	var claims struct{ Oid, Tid, Name string }
	if id.Claims(&claims) != nil || claims.Oid == "" || !strings.EqualFold(claims.Tid, s.entra.Tenant) ||
		subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(p.Nonce)) != 1 {
		return person{}, errRefused
	}
	return person{ID: roster.ID(claims.Oid), Name: claims.Name}, nil
}

// home is where people land who did not say where they want to go.
const home = "/me"

// ownPath is a path of our own, with its query, or home: nobody is sent elsewhere after they
// signed in.
func ownPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || len(to) > mostSearch || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return home
	}
	// Written again, an escaped slash may come out as a real one: what counts is what is sent.
	own := u.RequestURI()
	if !strings.HasPrefix(to, "/") || !strings.HasPrefix(own, "/") || strings.HasPrefix(own, "//") || strings.ContainsAny(own+to, "\\\r\n\t") {
		return home
	}
	return own
}
