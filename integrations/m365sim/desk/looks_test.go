package desk

import "testing"

// looks are the windows people use: a desk, a small laptop at night, a phone.
var looks = map[string]look{
	"wide":       wide,
	"wide-dark":  {1440, 900, true},
	"small":      {1024, 720, false},
	"phone":      {400, 800, false},
	"phone-dark": {400, 800, true},
}

var places = map[string]string{
	"welcome":  "/",
	"chat":     "/desk/#person=ana&tab=chat",
	"calendar": "/desk/#person=ana&tab=calendar",
	"event":    "/desk/#person=ana&tab=calendar&event=s7",
	"mail":     "/desk/#person=ana&tab=mail",
}

func TestEveryPlaceInEveryWindow(t *testing.T) {
	for name, l := range looks {
		for place, address := range places {
			t.Run(name+"/"+place, func(t *testing.T) {
				p := open(t, address, l)
				p.until("the people", "document.querySelectorAll('#people li').length === 9")
				if place != "welcome" {
					p.until("the chair", "!document.getElementById('desk').hidden")
				}
				if place == "event" {
					p.until("the event", "document.querySelector('.invite h3')")
				}
				p.picture(place + "-" + name)
				if over := js[[]string](p, wider); len(over) > 0 {
					t.Errorf("wider than the window: %q", over)
				}
				if nameless := js[[]string](p, unnamed); len(nameless) > 0 {
					t.Errorf("nobody can tell what these are: %q", nameless)
				}
				if faint := js[[]string](p, contrast); len(faint) > 0 {
					t.Errorf("hard to read: %q", faint)
				}
			})
		}
	}
}

// wider lists what sticks out of the window, but for rows that scroll by themselves.
const wider = `[...document.querySelectorAll('body *')]
	.filter((e) => e.checkVisibility({ opacityProperty: true }) && !e.closest('.hints, .clock-buttons, .unseen, .skip'))
	.filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
	.map((e) => e.tagName + '.' + e.className).concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : []).slice(0, 5)`

// unnamed lists controls that a screen reader could not name.
const unnamed = `[...document.querySelectorAll('button, a, input, textarea, select, [role=tab], [role=tabpanel]')].filter((e) => e.checkVisibility()).filter((e) => {
	const by = e.getAttribute('aria-labelledby')?.split(' ').some((id) => document.getElementById(id)?.textContent.trim());
	return !(by || e.getAttribute('aria-label') || e.textContent.trim() || [...(e.labels ?? [])].some((l) => l.textContent.trim()));
}).map((e) => e.outerHTML.slice(0, 120))`

// contrast lists texts with less than 4.5 to 1 (WCAG 2.2, 1.4.3), leaving out what is off
// on purpose: cancelled events and disabled buttons.
const contrast = `(() => {
	const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	const rgba = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
	const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
	const light = (c) => { const l = c.slice(0, 3).map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * l[0] + .7152 * l[1] + .0722 * l[2]; };
	const behind = (e) => { const stack = []; for (let n = e; n; n = n.parentElement) stack.push(rgba(getComputedStyle(n).backgroundColor)); return stack.reverse().reduce((u, c) => over(c, u), [255, 255, 255, 1]); };
	const faint = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (!walk.currentNode.data.trim() || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
		if (walk.currentNode.data.trim() === '*') continue; // the renderer's own mark for aria-required
		if (e.closest('.cancelled, .declined, :disabled, .skip, .toast, script, noscript')) continue;
		const back = behind(e);
		const fore = over(rgba(getComputedStyle(e).color), back);
		const [a, b] = [light(fore), light(back)].sort((x, y) => y - x);
		const ratio = (a + .05) / (b + .05);
		if (ratio < 4.5) faint.add(e.className + ' "' + walk.currentNode.data.trim().slice(0, 30) + '" ' + ratio.toFixed(2));
	}
	return [...faint].slice(0, 8);
})()`
