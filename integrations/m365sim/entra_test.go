package m365sim

import (
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestTokenIsGivenOnlyForRightCredentials(t *testing.T) {
	w := newWorld(t)
	good := url.Values{"grant_type": {"client_credentials"}, "client_id": {w.creds.ClientID}, "client_secret": {w.creds.ClientSecret}, "scope": {"https://graph.microsoft.com/.default"}}
	for name, c := range map[string]struct {
		tenant, field, value string
		status               int
		err                  string
	}{
		"all right":            {"", "", "", 200, ""},
		"own host as scope":    {"", "scope", "BASE/.default", 200, ""},
		"bot scope":            {"", "scope", "https://api.botframework.com/.default", 200, ""},
		"wrong secret":         {"", "client_secret", "nope", 401, "invalid_client"},
		"no secret":            {"", "client_secret", "", 401, "invalid_client"},
		"unknown client":       {"", "client_id", "00000000-0000-0000-0000-000000000000", 400, "unauthorized_client"},
		"the bot's secret":     {"", "client_secret", "BOTSECRET", 401, "invalid_client"},
		"password grant":       {"", "grant_type", "password", 400, "unsupported_grant_type"},
		"no default scope":     {"", "scope", "https://graph.microsoft.com/User.Read", 400, "invalid_scope"},
		"as MSAL asks":         {"", "scope", "https://graph.microsoft.com/.default openid offline_access profile", 200, ""},
		"two resources":        {"", "scope", "https://graph.microsoft.com/.default https://api.botframework.com/.default", 400, "invalid_scope"},
		"unknown resource":     {"", "scope", "https://evil.example/.default", 400, "invalid_resource"},
		"another tenant":       {"11111111-1111-1111-1111-111111111111", "", "", 400, "invalid_request"},
		"tenant by its domain": {"rapport-demo.example", "", "", 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			form := url.Values{}
			for k, v := range good {
				form[k] = v
			}
			if c.field != "" {
				form.Set(c.field, map[string]string{"BASE/.default": w.srv.URL + "/.default", "BOTSECRET": w.creds.BotSecret}[c.value])
				if form.Get(c.field) == "" {
					form.Set(c.field, c.value)
				}
			}
			r := w.send("POST", "/"+or(c.tenant, w.creds.TenantID)+"/oauth2/v2.0/token", "", form.Encode())
			if r.status != c.status || r.str("error") != c.err {
				t.Errorf("%d %s, want %d %s", r.status, r.raw, c.status, c.err)
			}
		})
	}
}

func TestGraphAndConnectorRefuseBadTokens(t *testing.T) {
	w := newWorld(t)
	claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{"aud": "https://graph.microsoft.com", "appid": w.creds.ClientID, "tid": w.creds.TenantID, "exp": time.Now().Add(time.Hour).Unix()}
		change(c)
		return c
	}
	bad := map[string]string{
		"none":           "",
		"garbage":        "abc.def.ghi",
		"expired":        sign(keys().entra, claims(func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Minute).Unix() })),
		"without expiry": sign(keys().entra, claims(func(c jwt.MapClaims) { delete(c, "exp") })),
		"other key":      sign(keys().channel, claims(func(jwt.MapClaims) {})),
		"other tenant":   sign(keys().entra, claims(func(c jwt.MapClaims) { c["tid"] = "x" })),
		"other audience": sign(keys().entra, claims(func(c jwt.MapClaims) { c["aud"] = "https://vault.azure.net" })),
		"bot on graph":   w.botToken(),
	}
	for name, token := range bad {
		if r := w.send("GET", "/v1.0/users", token, nil); r.status != 401 || r.code() != "InvalidAuthenticationToken" {
			t.Errorf("graph, %s: %d %s", name, r.status, r.raw)
		}
	}
	if r := w.send("GET", "/v1.0/users", w.signedIn(w.creds.BotID, w.creds.BotSecret, "https://graph.microsoft.com"), nil); r.status != 403 || r.code() != "Authorization_RequestDenied" {
		t.Errorf("the bot's app on graph: %d %s", r.status, r.raw)
	}
	if r := w.send("POST", "/v3/conversations", w.signedIn(w.creds.ClientID, w.creds.ClientSecret, botAudience), nil); r.status != 403 {
		t.Errorf("the graph app on the connector: %d %s", r.status, r.raw)
	}
	bad["graph on bot"] = w.graphToken()
	delete(bad, "bot on graph")
	for name, token := range bad {
		if r := w.send("POST", "/v3/conversations", token, map[string]any{}); r.status != 401 {
			t.Errorf("connector, %s: %d %s", name, r.status, r.raw)
		}
	}
}

func TestMetadataLeadsToKeysThatVerify(t *testing.T) {
	w := newWorld(t)
	oidc := w.send("GET", "/"+w.creds.TenantID+"/v2.0/.well-known/openid-configuration", "", nil)
	if oidc.str("issuer") == "" || oidc.str("token_endpoint") == "" || oidc.str("authorization_endpoint") == "" {
		t.Errorf("openid configuration is incomplete: %s", oidc.raw)
	}
	if r := w.send("GET", oidc.str("jwks_uri"), "", nil); r.status != 200 || len(r.body["keys"].([]any)) != 1 {
		t.Errorf("entra keys: %d %s", r.status, r.raw)
	}
	if r := w.send("GET", "/common/discovery/instance?api-version=1.1", "", nil); r.status != 200 || r.str("tenant_discovery_endpoint") == "" {
		t.Errorf("instance discovery: %d %s", r.status, r.raw)
	}
	bf := w.send("GET", "/botframework/v1/.well-known/openidconfiguration", "", nil)
	if bf.str("issuer") != botAudience {
		t.Errorf("bot framework issuer: %s", bf.raw)
	}
	k := w.send("GET", bf.str("jwks_uri"), "", nil)
	first := k.body["keys"].([]any)[0].(map[string]any)
	if first["kid"] != kid(&keys().channel.PublicKey) || first["endorsements"].([]any)[0] != "msteams" {
		t.Errorf("channel key: %s", k.raw)
	}
}

func TestTokenLifeIsRealAndShortWhenAsked(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.TokenLife = time.Nanosecond })
	if r := w.send("GET", "/v1.0/users", w.graphToken(), nil); r.status != 401 {
		t.Errorf("an expired token was taken: %d", r.status)
	}
}

func TestTokensForGraphCarryTheConsentedRoles(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Roles = []string{"Mail.Send"} })
	for token, want := range map[string]int{w.graphToken(): 1, w.botToken(): 0, newWorld(t).graphToken(): 10} {
		claims := jwt.MapClaims{}
		if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
			t.Fatal(err)
		}
		if roles, _ := claims["roles"].([]any); len(roles) != want {
			t.Errorf("roles %v, want %d", claims["roles"], want)
		}
	}
}
