package graph_test

import (
	"context"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/rapport-dev/rapport/integrations/graph"
)

// constant is a credential that always has the same token.
type constant string

func (c constant) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(c), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// scopes is a credential that notes what it was asked for.
type scopes struct{ asked []string }

func (s *scopes) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	s.asked = append(s.asked, o.Scopes...)
	return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func TestOptionsAreCheckedAllAtOnce(t *testing.T) {
	_, err := graph.New(graph.Options{Graph: "http://graph.contoso.example", Login: "ftp://x"})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"tenant is missing", "client id is missing", "secret is missing", "graph address must be https", "login address must start with https"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in %q", want, err)
		}
	}
}

func TestPlainHTTPIsForLoopbackOnly(t *testing.T) {
	for address, fine := range map[string]bool{
		"": true, "https://graph.microsoft.us": true, "https://graph.microsoft.com/v1.0/": true, "http://127.0.0.1:8080": true, "http://localhost:1": true,
		"http://[::1]:80": true, "http://10.0.0.1": false, "http://127.0.0.1.contoso.example": false, "http://localhost.contoso.example": false,
		"https://user:pw@graph.microsoft.com": false, "https://graph.microsoft.com/beta": false, "https://": false, "graph.microsoft.com": false, "::": false,
	} {
		if _, err := graph.New(graph.Options{Graph: address, Credential: constant("t")}); (err == nil) != fine {
			t.Errorf("graph %q: %v", address, err)
		}
		if _, err := graph.New(graph.Options{Login: address, Tenant: "t", ClientID: "c", Secret: "s"}); (err == nil) != fine {
			t.Errorf("login %q: %v", address, err)
		}
	}
}

func TestASecretSignsInOnceAndTheTokenIsKept(t *testing.T) {
	f := newTenant(t, always(200, `{"value":[]}`))
	c := f.client(t)
	for range 5 {
		if _, _, err := c.Calendar(service).Find(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
	}
	if f.tokens != 1 {
		t.Errorf("signed in %d times", f.tokens)
	}
}

func TestAWrongSecretIsForTheAdminAndLeaksNothing(t *testing.T) {
	f := newTenant(t, always(200, `{"value":[]}`))
	_, err := f.client(t, func(o *graph.Options) { o.Secret = "wrong" }).Calendar(service).Book(t.Context(), booking())
	e := asError(t, err)
	if e.Permanent() || e.InDoubt() || e.RetryAfter() != time.Minute || !strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "AADSTS") {
		t.Errorf("got %v %v", err, e.RetryAfter())
	}
	if len(f.requests()) != 0 {
		t.Error("asked without a token")
	}
}

func TestABusyLoginServiceIsNotAskedTwice(t *testing.T) {
	n := 0
	f := newTenant(t, always(200, `{"value":[]}`))
	f.sign = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/token") {
			n++
			w.Header().Set("Retry-After", "9")
			say(w, 429, `{"error":"temporarily_unavailable"}`)
			return true
		}
		return false
	}
	_, err := f.client(t).Calendar(service).Book(t.Context(), booking())
	if e := asError(t, err); e.RetryAfter() != 9*time.Second || n != 1 {
		t.Errorf("%v after %d tries: %v", e.RetryAfter(), n, err)
	}
}

func TestARefusedSignInIsNotMistakenForARefusalByGraph(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 410, 500, 504} {
		f := newTenant(t, always(200, `{"value":[]}`))
		f.sign = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/token") {
				say(w, status, `{"error":"invalid_request","error_description":"AADSTS90002: Tenant contoso not found"}`)
				return true
			}
			return false
		}
		c := f.client(t)
		_, members := c.Directory().Members(t.Context(), "g")
		_, book := c.Calendar(service).Book(t.Context(), booking())
		_, _, chats := c.Chats().Find(t.Context(), "p", "rp-1")
		for _, err := range []error{members, book, chats, c.Calendar(service).Cancel(t.Context(), "e", ""), c.Mail(service).Post(t.Context(), "d")} {
			if e := asError(t, err); e.Permanent() || e.InDoubt() || !strings.Contains(err.Error(), "sign in") {
				t.Errorf("%d: permanent %v, in doubt %v: %v", status, e.Permanent(), e.InDoubt(), err)
			}
		}
	}
}

func TestARefusedTokenIsNotUsedAgain(t *testing.T) {
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		if r.Header.Get("Authorization") == "Bearer token-1" {
			say(w, 401, "{}")
			return
		}
		say(w, 200, `{"value":[]}`)
	})
	c := f.client(t)
	if _, _, err := c.Calendar(service).Find(t.Context(), "k"); err == nil {
		t.Fatal("the first token was refused")
	}
	if _, _, err := c.Calendar(service).Find(t.Context(), "k"); err != nil {
		t.Errorf("a new token was not fetched: %v", err)
	}
}

func TestTheTokenNeverLeavesForAnotherHost(t *testing.T) {
	other := newTenant(t, always(200, `{"value":[]}`))
	f := newTenant(t, always(200, `{"value":[],"@odata.nextLink":"`+other.URL+`/v1.0/more"}`))
	_, err := f.client(t).Directory().Members(t.Context(), "g")
	asError(t, err)
	_, _, err = f.client(t).Watcher(service).Changes(t.Context(), "", week)
	asError(t, err)
	if n := len(other.requests()); n != 0 {
		t.Errorf("%d requests reached another host", n)
	}
}

func TestTheSecretDoesNotFollowARedirect(t *testing.T) {
	other := newTenant(t, always(200, `{"value":[]}`))
	f := newTenant(t, always(200, `{"value":[]}`))
	f.sign = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/token") {
			w.Header().Set("Location", other.URL+"/contoso/oauth2/v2.0/token")
			w.WriteHeader(http.StatusTemporaryRedirect)
			return true
		}
		return false
	}
	_, err := f.client(t).Calendar(service).Book(t.Context(), booking())
	asError(t, err)
	if other.told != 0 {
		t.Error("another host was told the secret")
	}
}

func TestTheScopeFollowsTheCloud(t *testing.T) {
	for address, want := range map[string]string{"": "https://graph.microsoft.com/.default", "https://graph.microsoft.us/": "https://graph.microsoft.us/.default"} {
		s := &scopes{}
		c, err := graph.New(graph.Options{Graph: address, Credential: s, HTTPClient: &http.Client{Transport: nowhere{}}})
		if err != nil {
			t.Fatal(err)
		}
		_, _, _ = c.Calendar(service).Find(t.Context(), "k")
		if len(s.asked) != 1 || s.asked[0] != want {
			t.Errorf("asked for %v, want %s", s.asked, want)
		}
	}
}

// nowhere is a network without anybody.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, context.Canceled }

func TestTheTokenForTheBotIsAskedInItsOwnScope(t *testing.T) {
	s := &scopes{}
	c, err := graph.New(graph.Options{Credential: s})
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.Token(t.Context(), "https://api.botframework.com/.default")
	if err != nil || token != "t" || s.asked[0] != "https://api.botframework.com/.default" {
		t.Errorf("%q %v %v", token, err, s.asked)
	}
}

func TestTheSDKsRootPackageIsNotCompiledIn(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list does not run here: %v", err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		rest, ours := strings.CutPrefix(dep, "github.com/microsoftgraph/msgraph-sdk-go")
		if ours && rest != "/models" && !strings.HasPrefix(rest, "-core") && !strings.HasPrefix(rest, "/models/") {
			t.Errorf("%s is compiled in: it costs minutes; only models and core may be", dep)
		}
	}
}
