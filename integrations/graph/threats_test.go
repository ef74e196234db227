package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// TestThreat10NoTextBecomesAFilterOrAPath is row 10 of the threats: whatever an id or a key
// holds, it stays one segment of a path, or one literal of a filter.
func TestThreat10NoTextBecomesAFilterOrAPath(t *testing.T) {
	evil := []string{"o'brien", "x' or 1 eq 1", "x') or startswith(subject,'a", "%2f", "..%2fusers", "../users/boss", "a/b", "a?$select=body", "a#b", "a&$filter=true", "a b", "{event}", "é日", "$batch", "a;b=c", "\\"}
	for _, text := range evil {
		var asked []request
		tenant := newTenant(t, func(r request, w http.ResponseWriter) {
			asked = append(asked, r)
			say(w, 200, `{"value":[]}`)
		})
		c := tenant.client(t)
		_, _, _ = c.Calendar(service).Find(t.Context(), text)
		_ = c.Calendar(service).Cancel(t.Context(), text, "no")
		_, _ = c.Directory().Members(t.Context(), text)
		_, _ = c.Apps("").Installed(t.Context(), roster.ID(text))
		if len(asked) < 4 {
			t.Fatalf("%q: only %d requests", text, len(asked))
		}
		for _, r := range asked {
			parts := strings.Split(r.Path, "/")
			in := 0
			for _, p := range parts {
				if got, err := url.PathUnescape(p); err != nil {
					t.Errorf("%q: %s is no path", text, r.Path)
				} else if got == text {
					in++
				}
			}
			query, err := url.ParseQuery(r.Query)
			if err != nil {
				t.Errorf("%q: %s is no query", text, r.Query)
			}
			for name := range query {
				switch name {
				case "$filter", "$expand", "$select", "$top", "$count":
				default:
					t.Errorf("%q asks for %q", text, name)
				}
			}
			if filter := query.Get("$filter"); strings.Contains(filter, strings.ReplaceAll(text, "'", "''")) {
				in++
				if strings.Contains(strings.ReplaceAll(filter, "''", ""), text) && strings.Contains(text, "'") {
					t.Errorf("%q ends its literal: %s", text, filter)
				}
			}
			if in != 1 {
				t.Errorf("%q stands %d times in %s?%s", text, in, r.Path, r.Query)
			}
		}
	}
}
