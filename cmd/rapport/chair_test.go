package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/rapport-dev/rapport/integrations/web/browsertest"
)

// look is the window somebody looks at the page through.
type look struct {
	width, height int64 // CSS pixels
	scheme        string
}

var (
	deskByDay    = look{1440, 900, "light"}
	deskByNight  = look{1440, 900, "dark"}
	phoneByDay   = look{400, 800, "light"}
	phoneByNight = look{400, 800, "dark"}
)

// chromium starts a browser for one test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		browsertest.Missing(t, "chromium", "no program of that name")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(alloc)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); leave() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return ctx
}

// chair is a tab in which one person of the pretend company sits. Anything the page complains
// about, and any request to another host, fails the test.
type chair struct {
	t        *testing.T
	ctx      context.Context
	who, url string
	look     look
}

// sit opens the page and picks somebody from its list.
func sit(t *testing.T, browser context.Context, w *world, name string, l look) *chair {
	t.Helper()
	ctx, leave := chromedp.NewContext(browser)
	t.Cleanup(leave)
	c := &chair{t: t, ctx: ctx, who: firstName(name), url: w.url, look: l}
	c.must(chromedp.Listen(ctx, c.listen))
	c.must(call(ctx, network.Enable, network.EnableParams{}))
	c.must(call(ctx, log.Enable, cdp.Empty{}))
	c.must(call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	c.through(l)
	c.must(chromedp.Do(ctx, chromedp.Navigate(w.url+"/")))
	c.click(name+" in the list", `[...document.querySelectorAll('#people a')].find((a) => a.textContent.includes(`+quoted(name)+`))`)
	c.wait(name+"'s chair", `document.querySelector('#who h1')?.textContent === `+quoted(name))
	return c
}

func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

func (c *chair) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *chair) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		c.t.Errorf("%s's page throws: %s", c.who, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			c.t.Errorf("%s's page complains: %s %s", c.who, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, c.url+"/") && !strings.HasPrefix(u, "data:") {
			c.t.Errorf("%s's page asks another host: %s", c.who, u)
		}
	}
}

// through changes the window one looks through.
func (c *chair) through(l look) {
	c.t.Helper()
	c.must(call(c.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
	}))
	c.must(chromedp.Do(c.ctx, chromedp.EmulateViewport(l.width, l.height)))
}

// eyes are what a person makes of the page: all answers are elements, or nothing.
const eyes = `
	const says = (e) => e.textContent.replaceAll('\u200b', '').replace(/\s+/g, ' ').trim();
	const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
	const bubbles = () => [...document.querySelectorAll('.message')];
	const card = (title) => bubbles().flatMap((m) => [...m.querySelectorAll('.card')]).filter((e) => says(e).includes(title)).at(-1);
	const button = (title, name) => [...(title ? card(title) : document)?.querySelectorAll('button, [role=button]') ?? []]
		.filter(seen).find((e) => says(e) === name || e.getAttribute('aria-label') === name);
	const field = (title, label) => [...card(title)?.querySelectorAll('.ac-input-container') ?? []].find((e) => says(e.parentElement).startsWith(label));
	const choices = (title, label) => [...field(title, label)?.querySelectorAll('input') ?? []];
	const clock = () => {
		const [, day, month, hour, minute] = /(\d+) (\w+), (\d+):(\d+)/.exec(document.querySelector('.clock-time').textContent);
		return Date.UTC(2026, 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month) / 3, day, hour, minute);
	};
	const choice = (title, label, name) => choices(title, label).find((e) => [...e.labels].some((l) => says(l) === name));
`

// ask answers what an expression, or a promise, comes to.
func ask[T any](c *chair, expression string) T {
	c.t.Helper()
	out, err := chromedp.Run(c.ctx, chromedp.Evaluate[T](`(async () => {`+eyes+`return await (`+expression+`); })()`, chromedp.EvalAwaitPromise))
	c.must(err)
	return out
}

// patienceWithThePage is for a slow machine; a quick one needs a hundredth of it.
const patienceWithThePage = 60 * time.Second

// wait lets the page look until an expression is true, and says what was hoped for when it
// never is.
func (c *chair) wait(hope, expression string) {
	c.t.Helper()
	became := ask[bool](c, fmt.Sprintf(`new Promise((done) => {
		const end = performance.now() + %d;
		const look = () => %s ? done(true) : performance.now() > end ? done(false) : setTimeout(look, 25);
		look();
	})`, patienceWithThePage.Milliseconds(), `(`+expression+`)`))
	if !became {
		c.keep("never-happened")
		c.t.Fatalf("%s at %s: never happened: %s; the chat ends with %q", c.who,
			ask[string](c, `document.querySelector('.clock-time').textContent`), hope, ask[string](c, `says(bubbles().at(-1) ?? document.body)`))
	}
}

// click presses an element that can be seen and is not covered by another one.
func (c *chair) click(name, element string) {
	c.t.Helper()
	c.wait("a click on "+name, `(() => {
		const e = `+element+`;
		if (!e || !seen(e) || e.disabled) return false;
		e.scrollIntoView({ block: 'center', behavior: 'instant' });
		const r = e.getBoundingClientRect();
		const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
		if (top !== e && !e.contains(top)) return false;
		e.focus();
		e.click();
		return true;
	})()`)
}

// quoted writes a text into a script.
func quoted(texts ...string) string {
	var all []string
	for _, s := range texts {
		b, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		all = append(all, string(b))
	}
	return strings.Join(all, ", ")
}

// reads waits for a card with this title, or any part of its text, that says all these words.
func (c *chair) reads(title string, words ...string) {
	c.t.Helper()
	c.wait(fmt.Sprintf("a card %q that says %q", title, words),
		`[`+quoted(words...)+`].every((word) => says(card(`+quoted(title)+`) ?? document.createElement('i')).includes(word.trim()))&& card(`+quoted(title)+`)`)
}

// readsNot expects that no message says this.
func (c *chair) readsNot(word string) {
	c.t.Helper()
	if ask[bool](c, `bubbles().some((m) => says(m).includes(`+quoted(word)+`))`) {
		c.t.Errorf("%s reads %q too soon, or should never", c.who, word)
	}
}

// press presses a button of the newest card with this title; without a title, one of the page.
func (c *chair) press(title, name string) {
	c.t.Helper()
	c.click(name, `button(`+quoted(title, name)+`)`)
}

// choose ticks a choice of a field.
func (c *chair) choose(title, label, name string) {
	c.t.Helper()
	c.click(name, `choice(`+quoted(title, label, name)+`)`)
	c.wait(name+" is chosen", `choice(`+quoted(title, label, name)+`).checked`)
}

// chooseLast ticks the last choice of a field.
func (c *chair) chooseLast(title, label string) {
	c.t.Helper()
	c.click("the last choice", `choices(`+quoted(title, label)+`).at(-1)`)
	c.wait("the last one is chosen", `choices(`+quoted(title, label)+`).at(-1).checked`)
}

// write types into a field.
func (c *chair) write(title, label, text string) {
	c.t.Helper()
	box := `field(` + quoted(title, label) + `)?.querySelector('input, textarea')`
	c.click(label, box)
	c.must(chromedp.Do(c.ctx, chromedp.KeyEvent(text)))
	c.wait("the written text", box+`.value === `+quoted(text))
}

// say types into the chat.
func (c *chair) say(text string) {
	c.t.Helper()
	c.click("the line to type in", `document.getElementById('say')`)
	c.must(chromedp.Do(c.ctx, chromedp.KeyEvent(text)))
	c.press("", "Send")
	c.wait("one's own words in the chat", `bubbles().some((m) => m.matches('.mine') && says(m).includes(`+quoted(text)+`))`)
}

// turn turns the clock with its buttons to a moment such as "Wed 7 Oct 10:00", Berlin time.
func (c *chair) turn(text string) { c.t.Helper(); c.until(on(text)) }

// until turns the clock with its buttons until the moment is there: by hours when that is an
// hour away, else by days, so that it may become a day later.
func (c *chair) until(at time.Time) {
	c.t.Helper()
	for {
		now := on(strings.ReplaceAll(ask[string](c, `document.querySelector('.clock-time').textContent`), ",", ""))
		left := at.Sub(now)
		switch {
		case left <= 0:
			return
		case left > time.Hour:
			c.press("", "Step 1 day")
			c.tells(now.AddDate(0, 0, 1))
		default:
			c.press("", "Step 1 hour")
			c.tells(now.Add(time.Hour))
		}
	}
}

// tells waits until the page's clock shows this moment, or a later one: when a moment does not
// become quiet on a slow machine, the conductor lets a minute go by.
func (c *chair) tells(at time.Time) {
	c.t.Helper()
	_, ahead := at.In(berlin).Zone()
	c.wait("the clock shows "+at.In(berlin).Format("Mon 2 Jan, 15:04"), fmt.Sprintf(`clock() >= %d`, at.Add(time.Duration(ahead)*time.Second).UnixMilli()))
}

// meeting is when the next session begins, as the button says that goes there.
func (c *chair) meeting() time.Time {
	c.t.Helper()
	c.wait("a session ahead", `button('', 'Next session')?.title.includes(':')`)
	return on(strings.ReplaceAll(ask[string](c, `button('', 'Next session').title`), ",", ""))
}

// picture keeps what one sees of the newest card: in every window for whoever sits at a desk
// by day, in the person's own for others.
func (c *chair) picture(name string) {
	c.t.Helper()
	looks := []look{c.look}
	if c.look == deskByDay {
		looks = []look{deskByDay, deskByNight, phoneByDay, phoneByNight}
	}
	for _, l := range looks {
		c.through(l)
		c.shoot(name, l)
	}
	c.through(c.look)
	c.wait("the own look again", lit(c.look))
}

// lit is true once the page has taken a look's colours.
func lit(l look) string { return `document.documentElement.dataset.theme === ` + quoted(l.scheme) }

// filled keeps what one sees of a card that is filled in, which must not be drawn again.
func (c *chair) filled(name string) { c.t.Helper(); c.shoot(name, c.look) }

// shoot keeps a picture of the newest card, from its first line to its last.
func (c *chair) shoot(name string, l look) {
	c.t.Helper()
	c.wait("the look "+l.scheme, lit(l))
	high := ask[int64](c, `Math.ceil(bubbles().at(-1).getBoundingClientRect().height)`) + 420 // and what stands above and below the chat
	c.must(chromedp.Do(c.ctx, chromedp.EmulateViewport(l.width, max(l.height, high))))
	ask[bool](c, `(async () => {
		const log = document.querySelector('.log');
		log.scrollTop = log.scrollHeight;
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		await Promise.allSettled(document.getAnimations().map((a) => a.finished)); // one whose message is drawn again is called off
		return true;
	})()`)
	if over := ask[[]string](c, `[...bubbles().at(-1).querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className)`); len(over) > 0 {
		c.t.Errorf("%s, %d pixels wide: %q stick out of the window", name, l.width, over)
	}
	if uneven := ask[[]string](c, `[...bubbles().at(-1).querySelectorAll('.ac-textBlock, .ac-richTextBlock')].filter((e) => {
		const leading = parseFloat(getComputedStyle(e).lineHeight) / parseFloat(getComputedStyle(e.querySelector('.ac-textRun') ?? e).fontSize);
		return !(leading > 1.4 && leading < 1.5);
	}).map(says)`); len(uneven) > 0 {
		c.t.Errorf("%s: lines too close or too far apart: %q", name, uneven)
	}
	c.keep(fmt.Sprintf("stay-%s-%s-%d-%s", name, strings.ToLower(c.who), l.width, l.scheme))
	c.must(chromedp.Do(c.ctx, chromedp.EmulateViewport(c.look.width, c.look.height)))
}

// keep saves what the window shows: in RAPPORT_PICTURES when that is set, else among the
// test's artifacts.
func (c *chair) keep(name string) {
	c.t.Helper()
	dir := os.Getenv("RAPPORT_PICTURES")
	if dir == "" {
		dir = c.t.ArtifactDir()
	}
	png, err := chromedp.Run(c.ctx, chromedp.CaptureScreenshot())
	c.must(err)
	c.must(os.MkdirAll(dir, 0o755))
	c.must(os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}
