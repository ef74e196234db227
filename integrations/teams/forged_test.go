package teams

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func kid(id string) func(*jwt.Token) {
	return func(t *jwt.Token) { t.Header["kid"] = id }
}

func claim(name string, v any) func(*jwt.Token) {
	return func(t *jwt.Token) {
		if v == nil {
			delete(t.Claims.(jwt.MapClaims), name)
			return
		}
		t.Claims.(jwt.MapClaims)[name] = v
	}
}

// signedBy makes a token with another method or key.
func (b *bot) signedBy(m jwt.SigningMethod, key any, change ...func(*jwt.Token)) string {
	t := jwt.NewWithClaims(m, jwt.MapClaims{"iss": "https://api.botframework.com", "aud": app, "serviceurl": b.URL, "exp": b.clock().Add(time.Hour).Unix()})
	t.Header["kid"] = "teams"
	for _, f := range change {
		f(t)
	}
	raw, err := t.SignedString(key)
	if err != nil {
		panic(err)
	}
	return raw
}

func publicPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(&teamsKey.PublicKey)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// secretWords stand in every forged activity; none of them may reach a log.
var secretWords = []string{"canary", "Ana Silva", ana, "a:chat", "eyJ"}

func TestForgedTokensAreRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		token  func(b *bot) string
		status int
	}{
		"no token":                 {func(b *bot) string { return "" }, 401},
		"not a token":              {func(b *bot) string { return "canary" }, 401},
		"two tokens":               {func(b *bot) string { return b.sign() + " " + b.sign() }, 401},
		"algorithm none":           {func(b *bot) string { return b.signedBy(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType) }, 401},
		"HS256 with public key":    {func(b *bot) string { return b.signedBy(jwt.SigningMethodHS256, publicPEM()) }, 401},
		"HS256 with modulus":       {func(b *bot) string { return b.signedBy(jwt.SigningMethodHS256, teamsKey.N.Bytes()) }, 401},
		"RS384":                    {func(b *bot) string { return b.signedBy(jwt.SigningMethodRS384, teamsKey) }, 401},
		"RS512":                    {func(b *bot) string { return b.signedBy(jwt.SigningMethodRS512, teamsKey) }, 401},
		"PS256":                    {func(b *bot) string { return b.signedBy(jwt.SigningMethodPS256, teamsKey) }, 401},
		"a stranger's key":         {func(b *bot) string { return b.signedBy(jwt.SigningMethodRS256, strangerKey) }, 401},
		"a key too weak":           {func(b *bot) string { return b.signedBy(jwt.SigningMethodRS256, weakKey, kid("weak")) }, 401},
		"unknown key":              {func(b *bot) string { return b.sign(kid("canary")) }, 401},
		"no key named":             {func(b *bot) string { return b.sign(kid("")) }, 401},
		"another issuer":           {func(b *bot) string { return b.sign(claim("iss", "https://api.botframework.us")) }, 401},
		"emulator issuer, v1":      {func(b *bot) string { return b.sign(claim("iss", "https://sts.windows.net/"+tenant+"/")) }, 401},
		"emulator issuer, v2":      {func(b *bot) string { return b.sign(claim("iss", "https://login.microsoftonline.com/"+tenant+"/v2.0")) }, 401},
		"no issuer":                {func(b *bot) string { return b.sign(claim("iss", nil)) }, 401},
		"another bot":              {func(b *bot) string { return b.sign(claim("aud", "another-app")) }, 401},
		"no audience":              {func(b *bot) string { return b.sign(claim("aud", nil)) }, 401},
		"expired six minutes ago":  {func(b *bot) string { return b.sign(claim("exp", b.clock().Add(-6*time.Minute).Unix())) }, 401},
		"no expiry":                {func(b *bot) string { return b.sign(claim("exp", nil)) }, 401},
		"valid in six minutes":     {func(b *bot) string { return b.sign(claim("nbf", b.clock().Add(6*time.Minute).Unix())) }, 401},
		"another service address":  {func(b *bot) string { return b.sign(claim("serviceurl", "https://smba.trafficmanager.net/amer/")) }, 401},
		"no service address":       {func(b *bot) string { return b.sign(claim("serviceurl", nil)) }, 401},
		"claims that are no JSON":  {func(b *bot) string { return b.tampered("canary") }, 401},
		"claims changed":           {func(b *bot) string { return b.tampered(`{"iss":"https://api.botframework.com","aud":"` + app + `"}`) }, 401},
		"key of another channel":   {func(b *bot) string { return b.sign(kid("skype")) }, 403},
		"key without endorsements": {func(b *bot) string { return b.sign(kid("bare")) }, 403},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBot(t)
			b.refused(t, b.post(tc.token(b), b.activityFrom(map[string]any{"text": "canary"})), tc.status)
		})
	}
}

// tampered is a genuine token with other claims put in.
func (b *bot) tampered(claims string) string {
	p := strings.Split(b.sign(), ".")
	return p[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + p[2]
}

func TestDefectiveActivitiesAreRefused(t *testing.T) {
	canary := func(c map[string]any) map[string]any { c["text"] = "canary"; return c }
	chat := func(k string, v any) map[string]any {
		c := map[string]any{"id": "a:chat", "conversationType": "personal", "tenantId": tenant}
		c[k] = v
		return map[string]any{"conversation": c}
	}
	invoke := func(value any) map[string]any {
		return map[string]any{"type": "invoke", "name": "adaptiveCard/action", "value": value}
	}
	many := map[string]any{"verb": "x:y"}
	for i := range 100 {
		many[fmt.Sprint("input-", i)] = "canary"
	}
	for name, tc := range map[string]struct {
		activity any // string = raw body
		status   int
	}{
		"not JSON":                    {"canary", 400},
		"cut off":                     {`{"type":"message","text":"canary`, 400},
		"a list":                      {`["canary"]`, 400},
		"no type":                     {map[string]any{"type": nil}, 400},
		"a megabyte and more":         {map[string]any{"text": strings.Repeat("canary", 200_000)}, 413},
		"no channel":                  {canary(map[string]any{"channelId": nil}), 403},
		"direct line":                 {canary(map[string]any{"channelId": "directline"}), 403},
		"the emulator":                {canary(map[string]any{"channelId": "emulator"}), 403},
		"another tenant's chat":       {canary(chat("tenantId", "canary")), 403},
		"another tenant in the data":  {canary(map[string]any{"channelData": map[string]any{"tenant": map[string]any{"id": "canary"}}}), 403},
		"no tenant at all":            {canary(map[string]any{"conversation": map[string]any{"id": "a:chat"}, "channelData": nil}), 403},
		"service address missing":     {canary(map[string]any{"serviceUrl": nil}), 401},
		"service address elsewhere":   {canary(map[string]any{"serviceUrl": "https://evil.example/"}), 401},
		"text from nobody":            {canary(map[string]any{"from": map[string]any{"id": "29:x"}}), 400},
		"text from an odd id":         {canary(map[string]any{"from": map[string]any{"aadObjectId": "canary/../*"}}), 400},
		"text without id":             {canary(map[string]any{"id": nil}), 400},
		"submit without verb":         {map[string]any{"value": map[string]any{"x": "canary"}}, 400},
		"submit, verb is an object":   {map[string]any{"value": map[string]any{"verb": map[string]any{"a": 1}}}, 400},
		"press without value":         {invoke(nil), 400},
		"press with a list":           {invoke([]any{"canary"}), 400},
		"press without verb":          {invoke(map[string]any{"action": map[string]any{"data": map[string]any{"x": "canary"}}}), 400},
		"press, version is no number": {invoke(map[string]any{"action": map[string]any{"verb": "x:y", "data": map[string]any{"version": "canary"}}}), 400},
		"press with a huge input":     {invoke(map[string]any{"action": map[string]any{"verb": "x:y", "data": map[string]any{"a": strings.Repeat("canary", 5_000)}}}), 400},
		"press with a hundred inputs": {invoke(map[string]any{"action": map[string]any{"verb": "x:y", "data": many}}), 400},
		"press from nobody":           {map[string]any{"type": "invoke", "name": "adaptiveCard/action", "value": execute("x:y")["value"], "from": nil}, 400},
		"dialog without value":        {map[string]any{"type": "invoke", "name": "task/fetch"}, 400},
		"dialog without verb":         {map[string]any{"type": "invoke", "name": "task/submit", "value": map[string]any{"data": map[string]any{"x": "canary"}}}, 400},
		"dialog from nobody":          {map[string]any{"type": "invoke", "name": "task/submit", "value": map[string]any{"data": map[string]any{"verb": "x:y"}}, "from": nil}, 400},
		"unknown invoke":              {map[string]any{"type": "invoke", "name": "canary/fetch"}, 501},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBot(t)
			body := tc.activity
			if m, ok := body.(map[string]any); ok {
				body = b.activityFrom(m)
			}
			b.refused(t, b.post(b.sign(), body), tc.status)
		})
	}
	t.Run("direct line, with a key that may sign for it", func(t *testing.T) {
		b := newBot(t)
		b.refused(t, b.post(b.sign(kid("both")), b.activityFrom(canary(map[string]any{"channelId": "directline"}))), 403)
	})
	t.Run("a genuine token for a host that is not listed", func(t *testing.T) {
		b := newBot(t)
		const evil = "https://evil.trafficmanager.net/"
		b.refused(t, b.post(b.sign(claim("serviceurl", evil)), b.activityFrom(canary(map[string]any{"serviceUrl": evil}))), 403)
	})
}

// refused checks that a request had the right status and left no trace.
func (b *bot) refused(t *testing.T, w *httptest.ResponseRecorder, status int) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d", w.Code, status)
	}
	if len(b.desk.answers) != 0 || len(b.desk.installed) != 0 {
		t.Error("it reached the desk")
	}
	if status != 400 && status != 501 && b.notes.len() != 0 {
		t.Error("a reference was kept")
	}
	log := b.log.String()
	if !strings.Contains(log, "reason=") {
		t.Error("the log does not say why")
	}
	for _, w := range append(secretWords, "evil") {
		if strings.Contains(log, w) {
			t.Errorf("the log tells %q: %s", w, log)
		}
	}
}

func TestWhatIsWithinTheRulesIsTaken(t *testing.T) {
	for name, token := range map[string]func(b *bot) string{
		"as it comes":              func(b *bot) string { return b.sign() },
		"expired four minutes ago": func(b *bot) string { return b.sign(claim("exp", b.clock().Add(-4*time.Minute).Unix())) },
		"valid in four minutes":    func(b *bot) string { return b.sign(claim("nbf", b.clock().Add(4*time.Minute).Unix())) },
		"slash and case differ":    func(b *bot) string { return b.sign(claim("serviceurl", strings.ToUpper(b.URL)+"/")) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBot(t)
			if w := b.post(token(b), b.activityFrom(map[string]any{"text": "x"})); w.Code != 200 || len(b.desk.answers) != 1 {
				t.Errorf("%d: %s", w.Code, b.log.String())
			}
		})
	}
}

func TestOnlyJSONPostsAreTaken(t *testing.T) {
	b := newBot(t)
	for _, tc := range []struct {
		method, kind string
		status       int
	}{{"GET", "application/json", 405}, {"PUT", "application/json", 405}, {"POST", "text/plain", 415}, {"POST", "", 415}} {
		r := httptest.NewRequest(tc.method, "/api/messages", strings.NewReader("{}"))
		r.Header.Set("Content-Type", tc.kind)
		r.Header.Set("Authorization", "Bearer "+b.sign())
		w := httptest.NewRecorder()
		b.Handler.ServeHTTP(w, r)
		if w.Code != tc.status {
			t.Errorf("%s %q: %d", tc.method, tc.kind, w.Code)
		}
	}
	if r := b.post("", "{}"); r.Header().Get("WWW-Authenticate") != "Bearer" || r.Code != http.StatusUnauthorized {
		t.Error("a missing token is not asked for")
	}
}

func FuzzNoActivityBreaksTheDoor(f *testing.F) {
	f.Add(`{"type":"message","text":"hi"}`)
	f.Add(`{"type":"invoke","name":"adaptiveCard/action","value":{"action":{"verb":"x","data":{"version":1e3,"a":null}}}}`)
	f.Add(`{"type":"invoke","name":"task/fetch","value":{"data":{"verb":"x","msteams":{"type":"task/fetch"}}}}`)
	f.Add(`{"type":"message","value":{"verb":"x","ref":[],"version":-1}}`)
	f.Fuzz(func(t *testing.T, body string) {
		b := newBot(t)
		b.desk.reply = samples["small"]
		b.desk.reply.Summary = body
		if w := b.post(b.sign(), body); w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Errorf("%d", w.Code)
		}
	})
}
