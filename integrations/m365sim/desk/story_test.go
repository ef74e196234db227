package desk

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const anasChat = "/desk/#person=ana&tab=chat"

func cardOf(id string) string { return `document.querySelector('[data-id="` + id + `"] .card')` }

func TestAPressedButtonCarriesItsDataAndTheInputs(t *testing.T) {
	p := open(t, anasChat, wide)
	p.until("the follow-up card", cardOf("m5")+"?.querySelector('input[type=radio]')")
	js[bool](p, `(() => {
		const card = `+cardOf("m5")+`;
		card.querySelectorAll('input[type=radio]')[1].click();
		const area = card.querySelector('textarea');
		area.value = 'It went *well* <b>enough</b>';
		area.dispatchEvent(new Event('input', { bubbles: true }));
		[...card.querySelectorAll('button')].find((b) => b.textContent === 'Save').click();
		return true;
	})()`)
	p.until("the replacement card", cardOf("m5")+"?.textContent.includes('Thank you')")
	acts := p.tenant.done()
	if len(acts) != 1 {
		t.Fatalf("one press makes %d acts: %v", len(acts), acts)
	}
	a := acts[0]
	data, inputs := a["data"].(object), a["inputs"].(object)
	if a["person"] != "ana" || a["do"] != "press" || a["activity"] != "m5" {
		t.Errorf("the act is not Ana's press of this card: %v", a)
	}
	if data["verb"] != "followup:answer" || data["ref"] != "session/s5" || data["version"] != 4.0 || len(data) != 3 {
		t.Errorf("the button's data is not what the card says: %v", data)
	}
	if inputs["happened"] != "partly" || inputs["reflection"] != "It went *well* <b>enough</b>" || len(inputs) != 2 {
		t.Errorf("the inputs are not what was filled in: %v", inputs)
	}
}

func TestASkipButtonSendsNoInputsAndARequiredFieldIsAskedFor(t *testing.T) {
	p := open(t, anasChat, wide)
	p.until("the follow-up card", cardOf("m5")+"?.querySelector('input[type=radio]')")
	js[bool](p, `([...`+cardOf("m5")+`.querySelectorAll('button')].find((b) => b.textContent === 'Save').click(), true)`)
	p.until("the field's own complaint", cardOf("m5")+".textContent.includes('Please choose one')")
	if n := len(p.tenant.done()); n != 0 {
		t.Fatalf("an unfinished form was sent %d times", n)
	}
	js[bool](p, `([...`+cardOf("m5")+`.querySelectorAll('button')].find((b) => b.textContent === 'Ask me tomorrow').click(), true)`)
	p.until("the replacement card", cardOf("m5")+"?.textContent.includes('Thank you')")
	a := p.tenant.done()[0]
	if len(a["inputs"].(object)) != 0 || a["data"].(object)["verb"] != "followup:snooze" {
		t.Errorf("snooze sends %v", a)
	}
}

func TestARefusalIsSaidUnderTheCardAndNothingTypedIsLost(t *testing.T) {
	p := open(t, anasChat, wide)
	p.tenant.change(func() { p.tenant.refuse = "The bot did not answer in ten seconds." })
	p.until("the closing card", cardOf("m2")+"?.querySelector('input[type=text]')")
	js[bool](p, `(() => {
		const card = `+cardOf("m2")+`;
		card.querySelector('input[type=radio]').click();
		const line = card.querySelector('input[type=text]');
		line.value = 'My 1:1 with Dana';
		line.dispatchEvent(new Event('input', { bubbles: true }));
		[...card.querySelectorAll('button')].find((b) => b.textContent === 'Save').click();
		return true;
	})()`)
	p.until("the refusal", cardOf("m2")+".querySelector('[role=alert]').textContent === 'The bot did not answer in ten seconds.'")
	p.tenant.change(func() { // a new message arrives and the page looks again
		p.tenant.chat = append(p.tenant.chat, object{"id": "m9", "at": "2026-11-24T14:00:00Z", "from": "bot", "text": "Five minutes for you"})
	})
	p.until("the new message", `document.querySelector('[data-id="m9"]')`)
	if v := js[string](p, cardOf("m2")+".querySelector('input[type=text]').value"); v != "My 1:1 with Dana" {
		t.Errorf("the half-filled card now says %q", v)
	}
}

func TestNightfallLeavesAHalfFilledCardAsItIs(t *testing.T) {
	p := open(t, anasChat, wide)
	p.until("the closing card", cardOf("m2")+"?.querySelector('input[type=text]')")
	js[bool](p, `(() => {
		const card = `+cardOf("m2")+`;
		globalThis.byDay = card;
		card.querySelector('input[type=radio]').click();
		const line = card.querySelector('input[type=text]');
		line.value = 'My 1:1 with Dana';
		line.dispatchEvent(new Event('input', { bubbles: true }));
		return true;
	})()`)
	p.press("Switch between light and dark")
	p.until("the card in the other colours", cardOf("m2")+" !== globalThis.byDay")
	js[bool](p, `([...`+cardOf("m2")+`.querySelectorAll('button')].find((b) => b.textContent === 'Save').click(), true)`)
	p.until("the replacement card", cardOf("m2")+"?.textContent.includes('Thank you')")
	if in := p.tenant.done()[0]["inputs"].(object); in["met"] == nil || in["conversation"] != "My 1:1 with Dana" {
		t.Errorf("what was filled in by day arrives by night as %v", in)
	}
}

func TestTimesInCardsAreThePersonsOwnAndNoBackslashShows(t *testing.T) {
	p := open(t, anasChat, wide)
	p.until("the preparation card", cardOf("m6"))
	for id, want := range map[string][]string{
		"m6": {"25 November 2026 at 10:00", "(about 5 minutes long)"},
		"m5": {`roadmap _v2_ & budget <draft> *final*`},
	} {
		text := js[string](p, cardOf(id)+".textContent")
		for _, w := range want {
			if !contains(text, w) {
				t.Errorf("card %s lacks %q: %s", id, w, text)
			}
		}
	}
	if text := js[string](p, "document.querySelector('.log').textContent"); contains(text, `\`) || contains(text, "{{") {
		t.Errorf("markup shows: %s", text)
	}
	if n := js[int](p, cardOf("m6")+".querySelectorAll('ol li').length"); n != 3 {
		t.Errorf("the list has %d items", n)
	}
}

func TestWhatIsTypedReachesTheBot(t *testing.T) {
	p := open(t, anasChat, wide)
	p.until("the box", "document.getElementById('say')")
	p.run(chromedp.SendKeys(chromedp.CSS("#say"), "pause"+kb.Enter))
	p.until("the answer", `document.querySelector('[data-id="reply"]')?.textContent.includes('You are paused')`)
	if a := p.tenant.done()[0]; a["do"] != "say" || a["text"] != "pause" || a["person"] != "ana" {
		t.Errorf("the bot hears %v", a)
	}
}

func TestASessionCanBeAnsweredAndMoved(t *testing.T) {
	p := open(t, "/desk/#person=ana&tab=calendar&event=s7", wide)
	p.press("Accept")
	p.until("the pressed answer", `[...document.querySelectorAll('.reply [aria-pressed=true]')].some((b) => b.textContent === 'Accept')`)
	p.press("Propose a new time")
	js[bool](p, `(() => {
		const [day, time] = document.querySelectorAll('.propose input');
		day.value = '2026-12-01';
		time.value = '15:30';
		return true;
	})()`)
	p.press("Send proposal")
	p.until("the sentence", "document.getElementById('toast').textContent.includes('Tue 1 Dec, 15:30 to 16:00')")
	acts := p.tenant.done()
	if a := acts[0]; a["do"] != "accept" || a["event"] != "s7" || a["person"] != "ana" {
		t.Errorf("accepting sends %v", a)
	}
	if a := acts[len(acts)-1]; a["do"] != "propose" || a["start"] != "2026-12-01T15:30:00.000Z" || a["end"] != "2026-12-01T16:00:00.000Z" {
		t.Errorf("proposing sends %v", a)
	}
}

// hostile is what an invite's body could hold in a real mailbox.
const hostile = `<p onclick="document.title='owned'">Hello</p><script>document.title='owned'</script>` +
	`<img src="x" onerror="document.title='owned'"><iframe src="https://evil.example/"></iframe><style>body{display:none}</style>` +
	`<a href="javascript:document.title='owned'">Press</a><a href=" JaVaScRiPt:alert(1)">me</a><form action="https://evil.example/"><input></form>`

func TestAnInviteCannotRunItsOwnCode(t *testing.T) {
	p := open(t, "/desk/#person=ana&tab=chat", wide)
	p.expected = "Content Security Policy" // the browser names the handlers it refuses
	p.tenant.change(func() { p.tenant.events[8]["body"] = hostile })
	p.until("the chat", cardOf("m6"))
	js[bool](p, `(location.hash = 'person=ana&tab=calendar&event=s7', true)`)
	p.until("the body", `document.querySelector('.invite .body')?.textContent.includes('Hello')`)
	if kept := js[string](p, "document.querySelector('.invite .body').innerHTML"); kept != "<p>Hello</p>Pressme" {
		t.Errorf("the page keeps %s", kept)
	}
	if title := js[string](p, "document.title"); title == "owned" {
		t.Error("the invite's script ran")
	}
}

func TestAMailLeadsToItsEvent(t *testing.T) {
	p := open(t, "/desk/#person=ana&tab=mail", wide)
	p.until("the letters", "document.querySelectorAll('.letter').length === 3")
	js[bool](p, "(document.querySelector('.letter').click(), true)")
	p.picture("mail-open-wide")
	p.press("Open in the calendar")
	p.until("the event", `document.querySelector('.invite h3')?.textContent === 'Active listening sprint: Ana and Ben'`)
}

func TestTheClockIsSteppedAndMovesToTheNextSession(t *testing.T) {
	p := open(t, anasChat, wide)
	p.until("the clock", "document.querySelector('.clock-time').textContent === 'Tue 24 Nov, 14:20'")
	p.press("Step 1 hour")
	p.until("an hour later", "document.querySelector('.clock-time').textContent === 'Tue 24 Nov, 15:20'")
	p.press("Next session")
	p.until("the session", "document.querySelector('.clock-time').textContent === 'Wed 25 Nov, 10:00'")
	p.press("Run")
	p.until("the running clock", "document.querySelector('.dot.running')")
	p.press("Pause")
	p.until("the stopped clock", "!document.querySelector('.dot.running')")
	p.tenant.change(func() { p.tenant.control = false })
	p.until("no buttons where the clock is not ours", "document.querySelector('.clock-buttons').hidden")
}

func TestTheKeyboardIsEnough(t *testing.T) {
	p := open(t, "/", wide)
	p.until("the people", "document.querySelectorAll('#people li').length === 9")
	p.run(chromedp.KeyEvent("/"), chromedp.KeyEvent("buenos"), chromedp.KeyEvent(kb.Enter))
	p.until("Gustavo's chair", "document.querySelector('#who h1')?.textContent.startsWith('Gustavo')")
	js[bool](p, "(document.getElementById('tab-chat').focus(), true)")
	p.run(chromedp.KeyEvent(kb.ArrowRight))
	p.until("the calendar", "!document.getElementById('pane-calendar').hidden && document.activeElement.id === 'tab-calendar'")
}

func TestASilentTenantIsSaidAloudAndForgivenLater(t *testing.T) {
	p := open(t, anasChat, wide)
	p.until("the chat", cardOf("m6"))
	js[bool](p, `(() => { globalThis.real = fetch; globalThis.fetch = () => Promise.reject(new Error('gone')); return true; })()`)
	p.until("the banner", "document.getElementById('banner').textContent.includes('does not answer')")
	js[bool](p, `(() => { globalThis.fetch = globalThis.real; return true; })()`)
	p.until("no banner", "document.getElementById('banner').hidden")
}

func TestAnUnknownZoneIsSaidNotHidden(t *testing.T) {
	p := open(t, "/desk/#person=odd&tab=chat", wide)
	p.until("the zone", "document.querySelector('#who .soft')?.textContent.includes('Nowhere Standard Time (times in UTC)')")
}

func TestAStrangerInTheAddressLeadsBackToTheList(t *testing.T) {
	p := open(t, "/desk/#person=nobody&tab=mail", wide)
	p.until("the sentence", "document.getElementById('toast').textContent === 'There is no such person.'")
	p.until("the people", "document.querySelectorAll('#people li').length === 9 && !document.getElementById('welcome').hidden")
}

func TestThePictureShowsACardBesideItsInvite(t *testing.T) {
	for name, theme := range map[string]string{"shot": "light", "shot-dark": "dark"} {
		t.Run(theme, func(t *testing.T) {
			p := open(t, "/desk/shot#person=ana&theme="+theme, look{1200, 760, false})
			p.until("the picture", "document.body.dataset.ready && document.querySelector('.shot .card') && document.querySelector('.shot .invite')")
			p.picture(name)
		})
	}
}
