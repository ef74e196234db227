package desk

import (
	"context"
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
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// missing skips a test whose component is not on this machine, or fails it where
// RAPPORT_TEST_REQUIRE says that the component must be.
func missing(t *testing.T, component, why string) {
	t.Helper()
	for _, must := range strings.Split(os.Getenv("RAPPORT_TEST_REQUIRE"), ",") {
		if strings.TrimSpace(must) == component {
			t.Fatalf("%s is required here: %s", component, why)
		}
	}
	t.Skipf("%s is missing: %s", component, why)
}

// browser is one Chromium for all tests of this package; every test gets a tab of its own.
var browser struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.stop != nil {
		browser.stop()
	}
	os.Exit(code)
}

func launch() {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
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

// tab is one page open on a tenant. Anything the page complains about and any request to
// another host fails the test.
type tab struct {
	t        *testing.T
	ctx      context.Context
	tenant   *tenant
	base     string
	expected string // part of a complaint that this test provokes
}

type look struct {
	width, height int64
	dark          bool
}

var wide = look{1440, 900, false}

func open(t *testing.T, address string, l look) *tab {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		missing(t, "chromium", "no program of that name")
	}
	t.Parallel() // every test has its own tenant and its own tab
	browser.once.Do(launch)
	if browser.err != nil {
		t.Fatalf("chromium does not start: %v", browser.err)
	}
	tenant := newTenant(t)
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(browser.ctx)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx, tenant: tenant, base: server.URL}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	p.must(chromedp.Listen(ctx, p.listen))
	p.must(call(ctx, network.Enable, network.EnableParams{}))
	p.must(call(ctx, log.Enable, cdp.Empty{}))
	p.must(call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	p.must(call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Pacific/Auckland"})) // never the person's own
	p.must(call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
	p.run(chromedp.EmulateViewport(l.width, l.height), chromedp.Navigate(server.URL+address))
	return p
}

func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

func (p *tab) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		what := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			what += " " + x.Description
		}
		p.t.Errorf("the page throws: %s", what)
	case *log.EventEntryAdded:
		provoked := p.expected != "" && strings.Contains(e.Entry.Text, p.expected)
		if !provoked && e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			p.t.Errorf("the page complains: %s %s", e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, p.base+"/") && !strings.HasPrefix(u, "data:") {
			p.t.Errorf("the page asks another host: %s", u)
		}
	}
}

func (p *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.must(chromedp.Do(p.ctx, steps...))
}

// js answers what an expression, or a promise, comes to.
func js[T any](p *tab, expression string) T {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	p.must(err)
	return out
}

// until waits for an expression to become true and says what was hoped for when it does not.
func (p *tab) until(hope, expression string) {
	p.t.Helper()
	for range 100 {
		if js[bool](p, "Boolean("+expression+")") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("never happened: %s", hope)
}

// press clicks the first visible button, link or tab with this text or label.
func (p *tab) press(name string) {
	p.t.Helper()
	p.until("a button called "+name, `(() => {
		const el = [...document.querySelectorAll('button, a, [role=button], label')].filter((e) => e.checkVisibility())
			.find((e) => e.textContent.trim() === `+quote(name)+` || e.getAttribute('aria-label') === `+quote(name)+`);
		el?.click();
		return el;
	})()`)
}

func quote(s string) string { return "`" + s + "`" }

// picture saves what the page looks like to RAPPORT_DESK_SHOTS, when that is set.
func (p *tab) picture(name string) {
	dir := os.Getenv("RAPPORT_DESK_SHOTS")
	if dir == "" {
		return
	}
	p.run(chromedp.Sleep(300 * time.Millisecond)) // let transitions end
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	p.must(err)
	p.must(os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}
