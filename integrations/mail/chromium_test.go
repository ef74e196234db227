package mail

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/integrations/web/browsertest"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// looks are a phone and a reading pane, by day and by night.
var looks = []browsertest.Look{{Width: 320, Height: 640}, {Width: 640, Height: 800}, {Width: 320, Height: 640, Dark: true}, {Width: 640, Height: 800, Dark: true}}

func named(l browsertest.Look) string {
	if l.Dark {
		return fmt.Sprintf("%d-dark", l.Width)
	}
	return fmt.Sprintf("%d-light", l.Width)
}

func TestEveryMailCanBeReadByEverybody(t *testing.T) {
	all := samples()
	for name := range all {
		l, err := Render(all[name], options(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, look := range looks {
			t.Run(name+"/"+named(look), func(t *testing.T) {
				p := browsertest.Show(t, l.HTML, look)
				if n := p.TooWide(); n > 0 && name != "hostile.en" {
					t.Errorf("%d pixels too wide", n)
				}
				p.Picture("mail-" + name + "-" + named(look))
				for _, f := range p.Findings() {
					t.Error(f)
				}
			})
		}
	}
}

// TestAnUnreadableMailIsFound shows that the check above can fail.
func TestAnUnreadableMailIsFound(t *testing.T) {
	p := browsertest.Show(t, `<!DOCTYPE html><html><head><title>x</title></head><body><p style="color:#ccc;background:#fff">pale</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><div style="width:900px">wide</div></body></html>`, looks[0])
	found := p.Findings()
	if p.TooWide() <= 0 {
		t.Error("a page of 900 pixels fits a phone")
	}
	for _, rule := range []string{"color-contrast", "image-alt", "html-has-lang"} {
		if !slices.ContainsFunc(found, func(f string) bool { return len(f) > len(rule) && f[:len(rule)] == rule }) {
			t.Errorf("%s was not found in %q", rule, found)
		}
	}
}
