package graph

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	abs "github.com/microsoft/kiota-abstractions-go"
)

// signInWait is how long to leave a refused sign-in alone: only an admin can mend it.
const signInWait = time.Minute

// SignIn gets and keeps access tokens for one app of one tenant.
type SignIn struct {
	fresh func() (azcore.TokenCredential, error) // nil: the credential was handed in

	secret func() string // as it is now; nil: it never changes

	mu   sync.Mutex
	cred azcore.TokenCredential
	with string // the secret that cred signs in with
}

// NewSignIn checks the sign-in part of the options (Tenant, ClientID, Secret or Credential,
// Login, HTTPClient). It does not sign in yet.
func NewSignIn(o Options) (*SignIn, error) {
	if o.Credential != nil {
		return &SignIn{cred: o.Credential}, nil
	}
	if o.SecretNow != nil {
		o.Secret = o.SecretNow()
	}
	var problems []error
	for _, need := range []struct{ name, value string }{{"tenant", o.Tenant}, {"client id", o.ClientID}, {"secret", o.Secret}} {
		if need.value == "" {
			problems = append(problems, fmt.Errorf("graph: the %s is missing", need.name))
		}
	}
	login, err := address("login", o.Login, GlobalLogin)
	if err := errors.Join(append(problems, err)...); err != nil {
		return nil, err
	}
	s := &SignIn{secret: o.SecretNow, with: o.Secret}
	s.fresh = func() (azcore.TokenCredential, error) {
		now := o
		if s.secret != nil {
			now.Secret = s.secret()
		}
		return secretCredential(now, login)
	}
	if s.cred, err = s.fresh(); err != nil {
		return nil, errors.New("graph: the tenant, client id or secret has an impossible form")
	}
	return s, nil
}

// secretCredential makes azidentity's credential. The library insists on https, so for a
// loopback tenant spoken to over http it is given https and a transport that undoes it for
// exactly that host.
func secretCredential(o Options, login *url.URL) (azcore.TokenCredential, error) {
	send := &loginTransport{client: &http.Client{Transport: parent(o.HTTPClient), CheckRedirect: stay, Timeout: answerWithin}}
	authority := *login
	if login.Scheme == "http" {
		send.plain, authority.Scheme = login.Host, "https"
	}
	return azidentity.NewClientSecretCredential(o.Tenant, o.ClientID, o.Secret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions: azcore.ClientOptions{
			Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: authority.String()},
			Transport: send,
			Retry:     policy.RetryOptions{MaxRetries: -1}, // the queue waits, not we
		},
		DisableInstanceDiscovery: loopback(login.Hostname()),
	})
}

// stay keeps the HTTP client from following a redirect: it would carry the secret along.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// loginTransport carries azidentity's requests; those for the host plain go over http.
type loginTransport struct {
	client *http.Client
	plain  string
}

// Do sends one request.
func (t *loginTransport) Do(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" && t.plain != "" && r.URL.Host == t.plain {
		r = r.Clone(r.Context())
		r.URL.Scheme = "http"
	}
	return t.client.Do(r)
}

// Token answers an access token for the scope, from memory while it is good.
func (s *SignIn) Token(ctx context.Context, scope string) (string, error) {
	s.renew()
	s.mu.Lock()
	cred := s.cred
	s.mu.Unlock()
	got, err := cred.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return "", signInError(ctx, err)
	}
	return got.Token, nil
}

// renew signs in with a new secret once there is one.
func (s *SignIn) renew() {
	if s.secret == nil {
		return
	}
	now := s.secret()
	s.mu.Lock()
	old := now == s.with
	s.with = now
	s.mu.Unlock()
	if !old {
		s.forget()
	}
}

// forget drops the kept tokens after one was refused, so that the next call signs in anew
// (a token can be revoked, or signed by a tenant that has restarted).
func (s *SignIn) forget() {
	if s.fresh == nil {
		return
	}
	if cred, err := s.fresh(); err == nil {
		s.mu.Lock()
		s.cred = cred
		s.mu.Unlock()
	}
}

// signInError keeps the status and nothing else: the library's text repeats the whole answer.
func signInError(ctx context.Context, err error) *Error {
	e := &Error{op: "sign in", login: true, ctx: ctx.Err(), advice: "no answer from the login address: check it and the network"}
	var refused *azidentity.AuthenticationFailedError
	if errors.As(err, &refused) && refused.RawResponse != nil {
		e.status = refused.RawResponse.StatusCode
		e.after = retryAfter(e.status, refused.RawResponse.Header)
		e.advice = "check tenant, client id and secret (has the secret run out?)"
		if e.status == http.StatusTooManyRequests || e.status >= 500 {
			e.advice = "the login service is busy: come back later"
		} else if e.after == 0 {
			e.after = signInWait
		}
	}
	return e
}

// pass puts the token on requests to the one Graph host, and on no other.
type pass struct {
	host   *url.URL
	scope  string
	signIn *SignIn
}

// AuthenticateRequest refuses a request that would leave for another host, as a forged
// next link could make it.
func (p pass) AuthenticateRequest(ctx context.Context, r *abs.RequestInformation, _ map[string]any) error {
	to, err := r.GetUri()
	if err != nil || to.Scheme != p.host.Scheme || !strings.EqualFold(to.Host, p.host.Host) {
		return &Error{advice: "a link in an answer points to another host: check the Graph address in the config"}
	}
	token, err := p.signIn.Token(ctx, p.scope)
	if err != nil {
		return err
	}
	r.Headers.Remove("Authorization")
	r.Headers.Add("Authorization", "Bearer "+token)
	return nil
}

// address reads a base address: https, or http to this very machine.
func address(name, given, otherwise string) (*url.URL, error) {
	if given == "" {
		given = otherwise
	}
	given = strings.TrimSuffix(strings.TrimSuffix(given, "/"), "/v1.0")
	u, err := url.Parse(given)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("graph: the %s address must look like %s", name, otherwise)
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
	case u.Scheme == "http":
		return nil, fmt.Errorf("graph: the %s address must be https: plain http is for this machine only", name)
	}
	return nil, fmt.Errorf("graph: the %s address must start with https://", name)
}

// loopback says whether host is this very machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
