package graph_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/integrations/graph"
)

func TestRolesAreThoseOfOurOwnToken(t *testing.T) {
	f := newTenant(t, always(500, ""))
	token := func(payload string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	}
	for name, c := range map[string]struct {
		token string
		want  []string
		fine  bool
	}{
		"some":          {token(`{"roles":["User.Read.All","Mail.Send"],"aud":"x"}`), []string{"Mail.Send", "User.Read.All"}, true},
		"none":          {token(`{"aud":"x"}`), nil, true},
		"sealed":        {"EwBwA8l6BAAU", nil, false},
		"not base64":    {"a.b!.c", nil, false},
		"not JSON":      {token("hello"), nil, false},
		"roles of text": {token(`{"roles":"Mail.Send"}`), nil, false},
	} {
		got, err := f.client(t, func(o *graph.Options) { o.Credential = constant(c.token) }).Roles(t.Context())
		if (err == nil) != c.fine || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
		if err != nil && (!asError(t, err).Permanent() || strings.Contains(err.Error(), "EwBw")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(f.requests()) != 0 {
		t.Error("Graph was asked")
	}
	if _, err := f.client(t, func(o *graph.Options) { o.Secret = "wrong" }).Roles(t.Context()); asError(t, err).Permanent() {
		t.Errorf("a sign-in that fails passes: %v", err)
	}
}
