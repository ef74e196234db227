// Package browsertest looks at pages and mails through a real Chromium.
//
// From an address or a piece of HTML it makes a tab of a given width, light or dark, and
// answers what stands there, what axe-core finds, and a picture. It never reaches another
// host than the one it was pointed at. Tests of integrations/web and integrations/mail use
// it; the program does not.
package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Look is how a tab is looked at.
type Look struct {
	Width, Height int64 // CSS pixels
	Dark          bool
}

// Tab is one page. Anything it complains about, and any request to another host, fails the
// test.
type Tab struct {
	T    *testing.T
	Ctx  context.Context
	host string
}

// browser is one Chromium for all tests of a package; every test gets a tab of its own.
var browser struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// Main runs a package's tests and then ends the browser, if one was started. Call it from
// TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if browser.stop != nil {
		browser.stop()
	}
	os.Exit(code)
}

// Missing skips a test whose component is not on this machine, or fails it where
// RAPPORT_TEST_REQUIRE says that the component must be.
func Missing(t *testing.T, component, why string) {
	t.Helper()
	for _, must := range strings.Split(os.Getenv("RAPPORT_TEST_REQUIRE"), ",") {
		if strings.TrimSpace(must) == component {
			t.Fatalf("%s is required here: %s", component, why)
		}
	}
	t.Skipf("%s is missing: %s", component, why)
}

func launch() {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	browser.ctx = ctx
	browser.stop = func() {
		_ = chromedp.Cancel(ctx)
		stop()
		stopAlloc()
	}
	browser.err = chromedp.Do(ctx)
}

// Open opens a tab on an address. Pages of this program need no script, so the tab runs none.
func Open(t *testing.T, address string, l Look) *Tab {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		Missing(t, "chromium", "no program of that name")
	}
	browser.once.Do(launch)
	if browser.err != nil {
		t.Fatalf("chromium does not start: %v", browser.err)
	}
	ctx, cancel := chromedp.NewContext(browser.ctx)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(stop)
	p := &Tab{T: t, Ctx: ctx}
	p.host, _, _ = strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	p.must(chromedp.Listen(ctx, p.listen))
	p.must(call(ctx, network.Enable, network.EnableParams{}))
	p.must(call(ctx, log.Enable, cdp.Empty{}))
	p.scripts(false)
	p.must(call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
	p.Do(chromedp.EmulateViewport(l.Width, l.Height), chromedp.Navigate(address))
	return p
}

// Show opens a tab on a piece of HTML.
func Show(t *testing.T, html string, l Look) *Tab {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(html))
	}))
	t.Cleanup(server.Close)
	return Open(t, server.URL+"/", l)
}

func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

func (p *Tab) scripts(run bool) {
	p.must(call(p.Ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}))
}

func (p *Tab) must(err error) {
	p.T.Helper()
	if err != nil {
		p.T.Fatal(err)
	}
}

func (p *Tab) listen(event any) {
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			p.T.Errorf("the page complains: %s", e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, "http://"+p.host+"/") && !strings.HasPrefix(u, "data:") {
			p.T.Errorf("the page asks another host: %s", u)
		}
	}
}

// Do runs steps in the tab.
func (p *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.T.Helper()
	p.must(chromedp.Do(p.Ctx, steps...))
}

// Ask answers what an expression, or a promise, comes to.
func Ask[T any](p *Tab, expression string) T {
	p.T.Helper()
	out, err := chromedp.Run(p.Ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	p.must(err)
	return out
}

// Press clicks the first element that a selector finds and waits for the page that follows.
func (p *Tab) Press(selector string) {
	p.T.Helper()
	_, err := chromedp.RunResponse(p.Ctx, chromedp.Click(selector))
	p.must(err)
}

// TooWide answers how many pixels the page is wider than the tab.
func (p *Tab) TooWide() int {
	p.T.Helper()
	return Ask[int](p, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

// Picture keeps what the whole page looks like: in RAPPORT_PICTURES when that is set, else
// among the test's artifacts.
func (p *Tab) Picture(name string) {
	p.T.Helper()
	dir := os.Getenv("RAPPORT_PICTURES")
	if dir == "" {
		dir = p.T.ArtifactDir()
	}
	png, err := chromedp.Run(p.Ctx, chromedp.FullScreenshot(100))
	p.must(err)
	p.must(os.MkdirAll(dir, 0o755))
	p.must(os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}
