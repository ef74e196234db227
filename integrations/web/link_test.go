package web

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

var (
	noon    = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	autumn  = Key{"2026-09", bytes.Repeat([]byte{1}, 32)}
	winter  = Key{"2026-12", bytes.Repeat([]byte{2}, 32)}
	closing = Claim{Person: "ana", Verb: prompt.Close, Ref: "session/team.1.4b52", Version: 4, Card: "closing/team.1.4b52/ana", Until: noon.Add(LinkLives)}
)

func links(t testing.TB, tenant string, keys ...Key) *Links {
	t.Helper()
	l, err := NewLinks(tenant, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func sign(t testing.TB, l *Links, c Claim) string {
	t.Helper()
	token, err := l.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestALinkSaysWhatWasSigned(t *testing.T) {
	l := links(t, "contoso", autumn)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringN(1, 40, mostField)
		c := Claim{
			Person: roster.ID(word.Draw(t, "person")), Verb: rapid.SampledFrom(LowPower).Draw(t, "verb"), Ref: word.Draw(t, "ref"),
			Version: rapid.Int64().Draw(t, "version"), Card: rapid.StringN(0, 40, mostField).Draw(t, "card"),
			Until: time.Unix(rapid.Int64Range(1, 1<<40).Draw(t, "until"), 0).UTC(),
		}
		token, err := l.Sign(c)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := l.Open(token, c.Until); err != nil || got != c {
			t.Fatalf("%+v %v, want %+v", got, err, c)
		}
		if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" || len(token) > mostLink {
			t.Fatalf("not a word for an address: %q", token)
		}
	})
}

func TestAKeyCanBeChangedWithoutBreakingLinks(t *testing.T) {
	old, both, after := links(t, "contoso", autumn), links(t, "contoso", winter, autumn), links(t, "contoso", winter)
	before, now := sign(t, old, closing), sign(t, both, closing)
	for name, c := range map[string]struct {
		l     *Links
		token string
		want  error
	}{
		"an old link, both keys":   {both, before, nil},
		"a new link, both keys":    {both, now, nil},
		"a new link, the new key":  {after, now, nil},
		"an old link, the new key": {after, before, ErrUnknownKey},
		"a new link, the old key":  {old, now, ErrUnknownKey},
	} {
		if _, err := c.l.Open(c.token, noon); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, keys := range [][]Key{nil, {{"", autumn.Secret}}, {{"short", []byte("secret")}}, {autumn, autumn}, {{"a-name-of-17-chars", autumn.Secret}}} {
		if _, err := NewLinks("contoso", keys...); err == nil {
			t.Errorf("%d keys were taken", len(keys))
		} else if strings.Contains(err.Error(), "secret") {
			t.Error("the error tells the secret")
		}
	}
}

// TestThreat6AChangedLinkDoesNotOpen is row 6 of the threats, as far as the token goes.
func TestThreat6AChangedLinkDoesNotOpen(t *testing.T) {
	l := links(t, "contoso", autumn)
	token := sign(t, l, closing)
	raw, _ := linkText.DecodeString(token)
	for i := range raw {
		for bit := range 8 {
			bent := bytes.Clone(raw)
			bent[i] ^= 1 << bit
			if c, err := l.Open(linkText.EncodeToString(bent), noon); err == nil || c != (Claim{}) {
				t.Fatalf("bit %d of byte %d changes nothing: %v", bit, i, err)
			}
		}
	}
	for n := range token {
		if _, err := l.Open(token[:n], noon); err == nil {
			t.Fatalf("cut off after %d letters, it opens", n)
		}
	}
	for _, card := range []string{"", "x", "xx"} { // of all three lengths that base64 knows
		c := closing
		c.Card = card
		token := sign(t, l, c)
		for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
			other := token[:len(token)-1] + string(last)
			if _, err := l.Open(other, noon); err == nil && other != token {
				t.Errorf("a link has two spellings: %q and %q", token, other)
			}
		}
	}
	stranger := sign(t, links(t, "contoso", Key{autumn.ID, winter.Secret}), closing)
	for name, bad := range map[string]string{"longer": token + "A", "another spelling": token + "=", "blank": token + " ", "somebody else's key": stranger, "huge": strings.Repeat("A", 1<<20), "": ""} {
		if _, err := l.Open(bad, noon); !errors.Is(err, ErrBadLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := l.Open(token, closing.Until.Add(time.Second)); !errors.Is(err, ErrOldLink) || c != closing {
		t.Errorf("after a week: %+v %v", c, err)
	}
}

// TestThreat3ALinkOfAnotherTenantDoesNotOpen is row 3 of the threats.
func TestThreat3ALinkOfAnotherTenantDoesNotOpen(t *testing.T) {
	token := sign(t, links(t, "contoso", autumn), closing)
	if _, err := links(t, "fabrikam", autumn).Open(token, noon); !errors.Is(err, ErrBadLink) {
		t.Errorf("%v", err)
	}
}

func TestNoLinkHasMuchPower(t *testing.T) {
	l := links(t, "contoso", autumn)
	for _, verb := range []string{prompt.Leave, prompt.Forget, prompt.ForgetYes, prompt.Data, prompt.Join, prompt.Settings, prompt.SetProfile, prompt.Help, "", "session:end"} {
		c := closing
		c.Verb = verb
		if _, err := l.Sign(c); !errors.Is(err, ErrNoLink) {
			t.Errorf("%q was signed: %v", verb, err)
		}
	}
	long := strings.Repeat("x", mostField+1)
	for name, bend := range map[string]func(*Claim){
		"nobody": func(c *Claim) { c.Person = "" }, "nothing": func(c *Claim) { c.Ref = "" }, "for ever": func(c *Claim) { c.Until = time.Time{} },
		"a novel": func(c *Claim) { c.Ref = long }, "a long card": func(c *Claim) { c.Card = long }, "broken letters": func(c *Claim) { c.Ref = "\xff" },
	} {
		c := closing
		bend(&c)
		if _, err := l.Sign(c); !errors.Is(err, ErrNoLink) {
			t.Errorf("%s was signed: %v", name, err)
		}
	}
	// a signature alone is not enough: what is signed must still be allowed
	c := closing
	c.Verb = prompt.Leave
	b := []byte{linkForm, byte(len(autumn.ID))}
	b = append(b, autumn.ID...)
	token := sign(t, l, closing)
	raw, _ := linkText.DecodeString(token)
	body := bytes.Replace(raw[len(b):len(raw)-macLength], []byte(prompt.Close), []byte("member:forgetx")[:len(prompt.Close)], 1)
	b = append(b, body...)
	if _, err := l.Open(linkText.EncodeToString(append(b, l.mac(autumn, "link", b)...)), noon); !errors.Is(err, ErrBadLink) {
		t.Errorf("a verb that no longer has a link opens: %v", err)
	}
}

func TestAPressHasOneNameForOnePerson(t *testing.T) {
	l := links(t, "contoso", winter, autumn)
	mark := l.once("ana")
	name, ours := l.pressed(mark, "ana")
	again, _ := l.pressed(mark, "ana")
	if !ours || name == "" || name != again {
		t.Errorf("%q, then %q", name, again)
	}
	other, _ := l.pressed(l.once("ana"), "ana")
	if other == name {
		t.Error("two pages have the same press")
	}
	if _, ours := l.pressed(mark, "ben"); ours {
		t.Error("Ana's page presses for Ben")
	}
	if _, ours := links(t, "contoso", winter).pressed(links(t, "contoso", autumn).once("ana"), "ana"); ours {
		t.Error("a key that is no longer in use signs a press")
	}
	for _, bad := range []string{"", "x", mark[1:], mark + "A", sign(t, l, closing)} {
		if _, ours := l.pressed(bad, "ana"); ours {
			t.Errorf("%q is a press", bad)
		}
	}
	if _, err := l.Open(mark, noon); err == nil {
		t.Error("a press opens as a link")
	}
}

func FuzzOpen(f *testing.F) {
	l, _ := NewLinks("contoso", winter, autumn)
	token, _ := l.Sign(closing)
	f.Add(token)
	f.Add(token[:40])
	f.Add("")
	f.Add("AQcyMDI2LTEy")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := l.Open(s, noon); err == nil {
			if again, _ := l.Sign(c); again != s {
				t.Errorf("%q opens, and is spelt %q", s, again)
			}
		}
		l.pressed(s, "ana")
	})
}

// FuzzParse looks at what stands behind a right signature: an older version of ours may have
// written it.
func FuzzParse(f *testing.F) {
	f.Add([]byte{2, 4, 3, 'a', 'n', 'a', 0, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, ok := parse(b); ok && len(c.Ref)+len(c.Card)+len(c.Person)+len(c.Verb) > len(b) {
			t.Errorf("%d bytes hold %+v", len(b), c)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	l := links(b, "contoso", winter, autumn)
	token := sign(b, l, closing)
	for b.Loop() {
		if _, err := l.Open(token, noon); err != nil {
			b.Fatal(err)
		}
	}
}
