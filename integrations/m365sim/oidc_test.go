package m365sim

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// knock asks the page of the sign-in as a browser that follows nothing.
func knock(t *testing.T, w *world, tenant string, q url.Values) *http.Response {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Get(w.srv.URL + "/" + tenant + "/oauth2/v2.0/authorize?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = got.Body.Close() })
	return got
}

func TestSignInChecksWhatEntraChecks(t *testing.T) {
	w := newWorld(t)
	who := w.Tenant.People()[0]
	sum := sha256.Sum256([]byte(strings.Repeat("v", 43)))
	good := func() url.Values {
		return url.Values{"client_id": {w.creds.ClientID}, "response_type": {"code"}, "scope": {"openid profile"}, "redirect_uri": {"http://127.0.0.1:9/sign-in/back"},
			"state": {"s"}, "nonce": {"n"}, "code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "person": {who.ID}}
	}
	for name, c := range map[string]struct {
		tenant, key, value string
		status             int
	}{
		"all right": {"", "", "", 302}, "nobody picked": {"", "person", "", 200}, "another app": {"", "client_id", "x", 400}, "another site": {"", "redirect_uri", "https://evil.example/", 400},
		"no proof": {"", "code_challenge", "", 400}, "a plain proof": {"", "code_challenge_method", "plain", 400}, "a token at once": {"", "response_type", "id_token", 400},
		"no openid": {"", "scope", "profile", 400}, "another tenant": {"11111111-1111-1111-1111-111111111111", "", "", 400},
	} {
		t.Run(name, func(t *testing.T) {
			q := good()
			if c.key != "" {
				q.Set(c.key, c.value)
			}
			if got := knock(t, w, or(c.tenant, w.creds.TenantID), q); got.StatusCode != c.status {
				t.Errorf("status %d, want %d", got.StatusCode, c.status)
			}
		})
	}
	redeem := func(change func(url.Values)) result {
		back, _ := url.Parse(knock(t, w, w.creds.TenantID, good()).Header.Get("Location"))
		form := url.Values{"grant_type": {"authorization_code"}, "client_id": {w.creds.ClientID}, "client_secret": {w.creds.ClientSecret}, "code": {back.Query().Get("code")},
			"redirect_uri": {"http://127.0.0.1:9/sign-in/back"}, "code_verifier": {strings.Repeat("v", 43)}}
		change(form)
		return w.send("POST", "/"+w.creds.TenantID+"/oauth2/v2.0/token", "", form.Encode())
	}
	for name, change := range map[string]func(url.Values){
		"another proof": func(f url.Values) { f.Set("code_verifier", "x") }, "another address": func(f url.Values) { f.Set("redirect_uri", "http://127.0.0.1:9/") },
		"no secret": func(f url.Values) { f.Del("client_secret") }, "a made-up code": func(f url.Values) { f.Set("code", "x") },
		"the bot's app": func(f url.Values) { f.Set("client_id", w.creds.BotID); f.Set("client_secret", w.creds.BotSecret) },
	} {
		if got := redeem(change); got.status < 400 {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
	var code string
	got := redeem(func(f url.Values) { code = f.Get("code") })
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(got.str("id_token"), claims, func(*jwt.Token) (any, error) { return &keys().entra.PublicKey, nil }); err != nil ||
		claims["oid"] != who.ID || claims["aud"] != w.creds.ClientID || claims["nonce"] != "n" || claims["tid"] != w.creds.TenantID {
		t.Errorf("%v %v", err, claims)
	}
	if got := redeem(func(f url.Values) { f.Set("code", code) }); got.status != 400 {
		t.Errorf("a code counted twice: %d", got.status)
	}
}
