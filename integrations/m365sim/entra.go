package m365sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// keys are the two issuers' signing keys, made once a process: Entra's for access tokens,
// the Bot Framework's for what the channel posts to the bot.
var keys = sync.OnceValue(func() (k struct{ entra, channel *rsa.PrivateKey }) {
	for _, slot := range []**rsa.PrivateKey{&k.entra, &k.channel} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic("m365sim: no randomness for a signing key: " + err.Error())
		}
		*slot = key
	}
	return k
})

// Resources an app can get a token for.
var graphHosts = []string{"https://graph.microsoft.com", "https://graph.microsoft.us", "https://dod-graph.microsoft.us", "https://microsoftgraph.chinacloudapi.cn"}

const (
	botAudience   = "https://api.botframework.com" // of the connector, and issuer of the channel
	tokenSkew     = 5 * time.Minute
	minutesOfGrid = 30 // default of getSchedule's availabilityViewInterval
)

// signIn answers everything below the login host: metadata, keys and tokens.
func (t *Tenant) signIn(c *call) reply {
	path := strings.Trim(c.r.URL.Path, "/")
	tenant, rest, _ := strings.Cut(path, "/")
	switch {
	case path == "botframework/v1/.well-known/openidconfiguration":
		return ok(map[string]any{"issuer": botAudience, "authorization_endpoint": "https://invalid.botframework.com",
			"jwks_uri":                              c.base + "/botframework/v1/.well-known/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "token_endpoint_auth_methods_supported": []string{"private_key_jwt"}})
	case path == "botframework/v1/.well-known/keys":
		return ok(map[string]any{"keys": []any{jwk(&keys().channel.PublicKey, "msteams"), jwk(&keys().entra.PublicKey, "emulator")}})
	case path == "common/discovery/instance":
		host := c.r.Host
		return ok(map[string]any{"tenant_discovery_endpoint": c.base + "/" + t.creds.TenantID + "/v2.0/.well-known/openid-configuration", "api-version": "1.1",
			"metadata": []any{map[string]any{"preferred_network": host, "preferred_cache": host, "aliases": []string{host}}}})
	case rest == "v2.0/.well-known/openid-configuration":
		own := "https://" + c.r.Host + "/" + tenant // MSAL takes https only; on loopback the caller turns it back into http
		return ok(map[string]any{"issuer": own + "/v2.0", "token_endpoint": own + "/oauth2/v2.0/token", "authorization_endpoint": own + "/oauth2/v2.0/authorize",
			"jwks_uri": c.base + "/" + tenant + "/discovery/v2.0/keys", "token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"}})
	case rest == "discovery/v2.0/keys":
		return ok(map[string]any{"keys": []any{jwk(&keys().entra.PublicKey)}})
	case rest == "oauth2/v2.0/token" && c.r.Method == http.MethodPost:
		return t.token(c, tenant)
	case rest == "oauth2/v2.0/authorize" && c.r.Method == http.MethodGet:
		return t.authorize(c, tenant)
	}
	return reply{status: http.StatusNotFound}
}

// token answers a request for an app's own token, or redeems the code of somebody who signed
// in, checking everything Entra checks.
func (t *Tenant) token(c *call, tenant string) reply {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return refuse(http.StatusBadRequest, "invalid_request", "AADSTS900144", "The request body is not a form.")
	}
	id, secret, basic := c.r.BasicAuth()
	if !basic {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	want, known := map[string]string{t.creds.ClientID: t.creds.ClientSecret, t.creds.BotID: t.creds.BotSecret}[strings.ToLower(id)]
	resource, isDefault := resourceOf(form.Get("scope"))
	switch {
	case !strings.EqualFold(tenant, t.creds.TenantID) && !strings.EqualFold(tenant, t.domain):
		return refuse(http.StatusBadRequest, "invalid_request", "AADSTS90002", "Tenant not found. Check that you have the correct tenant ID.")
	case form.Get("grant_type") != "client_credentials" && form.Get("grant_type") != "authorization_code":
		return refuse(http.StatusBadRequest, "unsupported_grant_type", "AADSTS70003", "The app requested an unsupported grant type.")
	case !known:
		return refuse(http.StatusBadRequest, "unauthorized_client", "AADSTS700016", "Application was not found in the directory.")
	case subtle.ConstantTimeCompare([]byte(secret), []byte(want)) != 1:
		return refuse(http.StatusUnauthorized, "invalid_client", "AADSTS7000215", "Invalid client secret provided.")
	case form.Get("grant_type") == "authorization_code" && strings.EqualFold(id, t.creds.ClientID):
		return t.redeem(c, form)
	case !isDefault:
		return refuse(http.StatusBadRequest, "invalid_scope", "AADSTS1002012", "The scope must be a resource followed by /.default.")
	}
	if resource != botAudience && !isGraph(resource, c.base) {
		return refuse(http.StatusBadRequest, "invalid_resource", "AADSTS500011", "The resource principal was not found in the tenant.")
	}
	now := time.Now()
	claims := jwt.MapClaims{"iss": c.base + "/" + t.creds.TenantID + "/v2.0", "aud": resource, "appid": strings.ToLower(id), "azp": strings.ToLower(id), "tid": t.creds.TenantID,
		"iat": now.Unix(), "nbf": now.Add(-tokenSkew).Unix(), "exp": now.Add(t.opts.TokenLife).Unix(), "ver": "2.0", "idtyp": "app"}
	if strings.EqualFold(id, t.creds.ClientID) && resource != botAudience {
		claims["roles"] = t.roles()
	}
	life := int(t.opts.TokenLife / time.Second)
	return ok(map[string]any{"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": sign(keys().entra, claims)})
}

// roles are the application permissions an administrator has consented to.
func (t *Tenant) roles() []string {
	if t.opts.Roles != nil {
		return t.opts.Roles
	}
	return []string{"AppCatalog.Read.All", "Calendars.ReadWrite", "Chat.Read.WhereInstalled", "GroupMember.Read.All", "Mail.ReadWrite", "Mail.Send",
		"MailboxSettings.Read", "TeamsAppInstallation.ReadForUser.All", "TeamsAppInstallation.ReadWriteSelfForUser.All", "User.Read.All"}
}

// resourceOf answers the resource of the one scope that ends in /.default; MSAL adds
// openid, profile and offline_access, which mean nothing for an app.
func resourceOf(scopes string) (resource string, found bool) {
	for _, s := range strings.Fields(scopes) {
		if r, isDefault := strings.CutSuffix(s, "/.default"); isDefault {
			if found {
				return "", false
			}
			resource, found = r, true
		}
	}
	return resource, found
}

func isGraph(resource, base string) bool {
	return slices.Contains(graphHosts, resource) || resource == base || resource == strings.Replace(base, "http://", "https://", 1)
}

func refuse(status int, err, code, text string) reply {
	return reply{status: status, body: map[string]any{"error": err, "error_description": code + ": " + text,
		"error_codes": []string{strings.TrimPrefix(code, "AADSTS")}, "trace_id": "", "correlation_id": ""}}
}

// bearer checks the caller's token for the audience and the app it must come from. It
// answers 0 when all is well, and otherwise the status and what is wrong, in words safe to
// show: 401 for a token that is no good, 403 for a good one of an app without permission.
func (t *Tenant) bearer(c *call, app string, audience func(string) bool) (status int, wrong string) {
	scheme, raw, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || raw == "" {
		return http.StatusUnauthorized, "Access token is empty."
	}
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return &keys().entra.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired())
	if err != nil {
		return http.StatusUnauthorized, "Access token is not valid or has expired."
	}
	aud, _ := claims["aud"].(string)
	switch {
	case claims["tid"] != t.creds.TenantID:
		return http.StatusUnauthorized, "Access token is for another tenant."
	case !audience(aud):
		return http.StatusUnauthorized, "Access token validation failure. Invalid audience."
	case claims["appid"] != app:
		return http.StatusForbidden, "Insufficient privileges to complete the operation."
	}
	return 0, ""
}

// signed is a channel token kept until it gets old.
type signed struct {
	token string
	until time.Time
}

// channelToken answers a token with which the channel posts to the bot, as Teams does:
// issued by the Bot Framework, for the bot, bound to our service URL. t is locked.
func (t *Tenant) channelToken(serviceURL string) string {
	now := time.Now()
	if s, ok := t.tokens[serviceURL]; ok && now.Before(s.until) {
		return s.token
	}
	token := sign(keys().channel, jwt.MapClaims{"iss": botAudience, "aud": t.creds.BotID, "serviceurl": serviceURL,
		"iat": now.Unix(), "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix()})
	t.tokens[serviceURL] = signed{token, now.Add(30 * time.Minute)}
	return token
}

func sign(key *rsa.PrivateKey, claims jwt.MapClaims) string {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = kid(&key.PublicKey)
	text, err := token.SignedString(key)
	if err != nil {
		panic("m365sim: cannot sign: " + err.Error())
	}
	return text
}

func kid(key *rsa.PublicKey) string {
	sum := sha256.Sum256(key.N.Bytes())
	return base64.RawURLEncoding.EncodeToString(sum[:20]) // as long as the SHA-1 that Entra takes
}

func jwk(key *rsa.PublicKey, endorsements ...string) map[string]any {
	b64 := base64.RawURLEncoding
	k := map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid(key), "x5t": kid(key),
		"n": b64.EncodeToString(key.N.Bytes()), "e": b64.EncodeToString(big.NewInt(int64(key.E)).Bytes())}
	if len(endorsements) > 0 {
		k["endorsements"] = endorsements
	}
	return k
}
