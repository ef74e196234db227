package graph

import "testing"

// What Teams wrote into an invite outlives a new agenda; ours does not.
func TestTheTeamsPartOfAnInviteIsKept(t *testing.T) {
	const join = "https://teams.microsoft.com/l/meetup-join/19%3ameeting/0?a=1&b=2"
	const link = `<div id="meeting-blob"><a href="https://teams.microsoft.com/l/meetup-join/19%3ameeting/0?a=1&amp;b=2">Join</a></div>`
	for name, c := range map[string]struct{ content, join, want string }{
		"a fence":              {"<html><body><p>Ours</p><div>____________________</div>" + link + "</body></html>", join, "<div>____________________</div>" + link},
		"no fence":             {"<html><body><p>Ours</p>" + link + "</body></html>", join, link},
		"nothing of ours":      {"<html><body>" + link + "</body></html>", join, link},
		"bare words":           {"<p>Ours</p>" + link, join, link},
		"a link nobody named":  {"<p>Ours</p>" + link, "", link},
		"no meeting on Teams":  {"<p>Ours</p>", "", ""},
		"an empty invite":      {"", join, ""},
		"our second paragraph": {"<p>One</p><p>Two</p>" + link, join, link},
	} {
		if got := teamsPart(c.content, c.join); got != c.want {
			t.Errorf("%s: kept %q, want %q", name, got, c.want)
		}
	}
}
