package m365sim

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// grant is a code that was handed out and not redeemed yet.
type grant struct {
	person, redirect, nonce, challenge string
	until                              time.Time
}

// grants are the codes of people who have just signed in. The zero value has none.
type grants struct {
	mu   sync.Mutex
	open map[string]grant
}

const codeLife = 10 * time.Minute // as Entra's

func (g *grants) put(x grant) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		g.open = map[string]grant{}
	}
	code := rand.Text()
	g.open[code] = x
	return code
}

// take redeems a code; it works once.
func (g *grants) take(code string) (grant, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x, there := g.open[code]
	delete(g.open, code)
	return x, there && time.Now().Before(x.until)
}

// authorize is the page on which people sign in to the tenant's app. Here one picks who one
// is; the address with person=<id> picks by itself. It checks what Entra checks of the request
// and sends the browser on to loopback addresses only: those are the app's registered ones.
func (t *Tenant) authorize(c *call, tenant string) reply {
	q := c.query
	switch {
	case !strings.EqualFold(tenant, t.creds.TenantID) && !strings.EqualFold(tenant, t.domain):
		return refuse(http.StatusBadRequest, "invalid_request", "AADSTS90002", "Tenant not found. Check that you have the correct tenant ID.")
	case !strings.EqualFold(q.Get("client_id"), t.creds.ClientID):
		return refuse(http.StatusBadRequest, "unauthorized_client", "AADSTS700016", "Application was not found in the directory.")
	case !onLoopback(q.Get("redirect_uri")):
		return refuse(http.StatusBadRequest, "invalid_request", "AADSTS50011", "The redirect URI specified in the request does not match the redirect URIs configured for the application.")
	case q.Get("response_type") != "code" || !strings.Contains(" "+q.Get("scope")+" ", " openid ") || q.Get("response_mode") != "" && q.Get("response_mode") != "query":
		return refuse(http.StatusBadRequest, "unsupported_response_type", "AADSTS70007", "The simulated tenant signs in with response_type=code, response_mode=query and the scope openid.")
	case q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "":
		return refuse(http.StatusBadRequest, "invalid_request", "AADSTS9002325", "Proof Key for Code Exchange is required for cross-origin authorization code redemption.")
	}
	t.mu.Lock()
	p := t.byID[q.Get("person")]
	t.mu.Unlock()
	if p == nil || p.Disabled {
		return t.picker(c)
	}
	code := t.grants.put(grant{person: p.ID, redirect: q.Get("redirect_uri"), nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), until: time.Now().Add(codeLife)})
	to, _ := url.Parse(q.Get("redirect_uri"))
	to.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	return reply{status: http.StatusFound, header: map[string]string{"Location": to.String(), "Cache-Control": "no-store"}}
}

func onLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

var pickPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in (simulated tenant)</title></head>
<body><main><h1>Who are you?</h1><p>A pretend sign-in of a pretend company.</p>
<ul>{{range .}}<li><a href="{{.To}}">{{.Name}}</a></li>
{{end}}</ul></main></body></html>
`))

// picker lists everybody who can sign in.
func (t *Tenant) picker(c *call) reply {
	type line struct{ Name, To string }
	var lines []line
	for _, p := range t.People() {
		q := c.query
		q.Set("person", p.ID)
		lines = append(lines, line{p.Name, c.r.URL.Path + "?" + q.Encode()})
	}
	var page bytes.Buffer
	if err := pickPage.Execute(&page, lines); err != nil {
		return reply{status: http.StatusInternalServerError}
	}
	return reply{status: http.StatusOK, body: page.Bytes(), header: map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}}
}

// redeem exchanges a code for tokens. The caller's application and its secret are checked already.
func (t *Tenant) redeem(c *call, form url.Values) reply {
	g, good := t.grants.take(form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	proof := base64.RawURLEncoding.EncodeToString(sum[:])
	if !good || g.redirect != form.Get("redirect_uri") || subtle.ConstantTimeCompare([]byte(proof), []byte(g.challenge)) != 1 {
		return refuse(http.StatusBadRequest, "invalid_grant", "AADSTS70008", "The provided authorization code or refresh token has expired, was used, or does not fit.")
	}
	t.mu.Lock()
	p := t.byID[g.person]
	t.mu.Unlock()
	now := time.Now()
	id := sign(keys().entra, jwt.MapClaims{"iss": c.base + "/" + t.creds.TenantID + "/v2.0", "aud": t.creds.ClientID, "tid": t.creds.TenantID, "oid": p.ID,
		"sub": "sub-" + t.uuid("subject "+p.ID), "name": p.Name, "preferred_username": p.Mail, "nonce": g.nonce, "ver": "2.0",
		"iat": now.Unix(), "nbf": now.Add(-tokenSkew).Unix(), "exp": now.Add(t.opts.TokenLife).Unix()})
	life := int(t.opts.TokenLife / time.Second)
	return ok(map[string]any{"token_type": "Bearer", "scope": "openid profile", "expires_in": life, "ext_expires_in": life, "access_token": "opaque", "id_token": id})
}
