package m365sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// act is something that somebody is going to do.
type act struct {
	at      time.Time
	who     *person
	do      string // press, say, accept, decline, tentative, propose, install, notify
	key     string // with do and who, the identity of the act
	message *message
	verb    string
	text    string
	nth     int
	meeting *meeting
	note    *notice
	try     int
}

// Act is something that a pretend person did, for tests that ask whether an answer was lost.
type Act struct {
	At     time.Time         `json:"at"`
	Person string            `json:"person"` // Entra id
	Do     string            `json:"do"`
	Verb   string            `json:"verb,omitempty"`
	Ref    string            `json:"ref,omitempty"`
	Card   string            `json:"card,omitempty"` // "rp-..."
	Inputs map[string]string `json:"inputs,omitempty"`
	Text   string            `json:"text,omitempty"`
	Event  string            `json:"event,omitempty"` // the event's key
	Heard  bool              `json:"heard"`           // the bot took it (2xx and a well-formed answer)
	Why    string            `json:"why,omitempty"`   // it did not
}

// Acts answers a copy of everything people did so far, by themselves or by hand.
func (t *Tenant) Acts() []Act {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.acts)
}

// plan puts the act on the agenda, in order of time; ties are broken by who and what, never
// by who came first. t is locked.
func (t *Tenant) plan(a *act) {
	at, _ := slices.BinarySearchFunc(t.agenda, a, func(x, y *act) int {
		if c := x.at.Compare(y.at); c != 0 {
			return c
		}
		return strings.Compare(x.who.ID+x.do+x.key, y.who.ID+y.do+y.key)
	})
	t.agenda = slices.Insert(t.agenda, at, a)
	t.nudge()
}

// nudge tells whoever waits on Changed.
func (t *Tenant) nudge() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// dropPlans forgets what the person meant to do about a message or an invite.
func (t *Tenant) dropPlans(p *person, about string) {
	t.agenda = slices.DeleteFunc(t.agenda, func(a *act) bool {
		return a.who == p && (a.message != nil && a.message.ID == about || a.meeting != nil && "invite/"+a.meeting.UID == about)
	})
}

// Next answers when a simulated person will do something next; false when nobody will.
func (t *Tenant) Next() (time.Time, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.agenda) == 0 {
		return time.Time{}, false
	}
	return t.agenda[0].at, true
}

// Changed receives when the answer of Next may have changed, so that a loop that waits for
// it can look again.
func (t *Tenant) Changed() <-chan struct{} { return t.changed }

// Step lets everybody act who is due by Now, one after the other in order of time, and
// answers how many acts that were. It returns when the bot has answered all of them (or has
// not, within Options.Patience each). Its error is the context's.
func (t *Tenant) Step(ctx context.Context) (int, error) {
	t.stepping.Lock()
	defer t.stepping.Unlock()
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		t.mu.Lock()
		if len(t.agenda) == 0 || t.agenda[0].at.After(t.now()) {
			t.mu.Unlock()
			return n, nil
		}
		a := t.agenda[0]
		t.agenda = t.agenda[1:]
		t.mu.Unlock()
		t.perform(ctx, a)
	}
}

// Run lets people act as time goes by until the context ends: real answers how long a
// stretch of the tenant's time takes on the wall.
func (t *Tenant) Run(ctx context.Context, real func(time.Duration) time.Duration) error {
	for {
		if _, err := t.Step(ctx); err != nil {
			return err
		}
		wait := time.Hour
		if next, any := t.Next(); any {
			wait = max(real(next.Sub(t.now())), time.Millisecond)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-t.changed:
		}
		timer.Stop()
	}
}

// perform does one act. A press or a sentence the bot did not take is tried again later, as
// people do when an app cannot be reached.
func (t *Tenant) perform(ctx context.Context, a *act) {
	var err error
	switch a.do {
	case "press":
		err = t.pressPlanned(ctx, a)
	case "say":
		t.mu.Lock()
		silent := a.who.chat == nil // nobody talks to a bot that never wrote
		t.mu.Unlock()
		if silent {
			return
		}
		_, err = t.saySomething(ctx, a.who, a.text)
	case "install":
		err = t.tellInstalled(ctx, a.who, "add")
	case "notify":
		t.notify(ctx, a)
	default:
		t.mu.Lock()
		t.respondPlanned(a)
		t.mu.Unlock()
	}
	if errors.Is(err, errUnheard) && a.try < len(patience) {
		a.at, a.try = t.now().Add(patience[a.try]), a.try+1
		t.mu.Lock()
		t.plan(a)
		t.mu.Unlock()
	}
}

// patience are the pauses after which a person tries again when the app does not answer.
var patience = []time.Duration{2 * time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 8 * time.Hour, day, day, day}

// errUnheard is in every error of an act the bot did not take.
var errUnheard = errors.New("the app cannot be reached")

func (t *Tenant) pressPlanned(ctx context.Context, a *act) error {
	t.mu.Lock()
	if a.message.Deleted || a.message.Card == nil {
		t.mu.Unlock()
		return nil
	}
	buttons, fields := read(a.message.Card)
	i := slices.IndexFunc(buttons, func(b button) bool { return b.Verb == a.verb })
	if i < 0 { // the card changed meanwhile
		t.mu.Unlock()
		return nil
	}
	dice := t.dice("inputs", a.who.ID, a.key, fmt.Sprint(a.nth))
	inputs := map[string]string{}
	if !buttons[i].Skip {
		inputs = fill(fields, dice, t.now())
	}
	twice := a.try == 0 && dice.IntN(40) == 0 // slow networks deliver some clicks twice
	t.mu.Unlock()
	_, err := t.pressButton(ctx, a.who, a.message, buttons[i], inputs, twice)
	return err
}

func (t *Tenant) respondPlanned(a *act) {
	m := a.meeting
	if m.Cancelled || !t.now().Before(m.Start) {
		return
	}
	response, proposed := map[string]string{"accept": "accepted", "decline": "declined", "tentative": "tentativelyAccepted", "propose": "tentativelyAccepted"}[a.do], (*span)(nil)
	if a.do == "propose" {
		if w, found := a.who.betterTime(m, t.now()); found {
			proposed = &w
		} else {
			response = "declined"
		}
	}
	err := t.respond(a.who, m, response, proposed)
	t.acts = append(t.acts, Act{At: t.now(), Person: a.who.ID, Do: a.do, Event: m.key(), Heard: err == nil})
}

// said is what the bot answered to a person's act.
type said struct {
	Card object
	Text string
}

// pressButton presses a button of a card the way the person's client does.
func (t *Tenant) pressButton(ctx context.Context, p *person, m *message, b button, inputs map[string]string, twice bool) (said, error) {
	t.mu.Lock()
	a := t.activityFrom(p)
	a["replyToId"] = m.ID
	old := p.OldClient && b.Submit != nil || !b.Execute
	if old {
		a["type"], a["value"] = "message", joined(b.submitted(), inputs)
	} else {
		a["type"], a["name"] = "invoke", "adaptiveCard/action"
		a["value"] = object{"action": object{"type": "Action.Execute", "id": b.ID, "verb": b.Verb, "data": joined(b.Data, inputs)}, "trigger": "manual"}
	}
	record := Act{At: t.now(), Person: p.ID, Do: "press", Verb: b.Verb, Ref: b.ref(), Card: cardID(m.Card), Inputs: inputs}
	t.look(p)
	t.mu.Unlock()
	answer, err := t.post(ctx, a)
	if err == nil && !old {
		_, err = readInvoke(answer)
	}
	if twice || err != nil && ctx.Err() == nil && errors.Is(err, errUnheard) {
		if again, err2 := t.post(ctx, a); err2 == nil { // the same activity once more
			answer, err = again, nil
		}
	}
	var got said
	if err == nil && !old {
		got, err = readInvoke(answer)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	record.Heard = err == nil
	if err != nil {
		record.Why = err.Error()
	} else {
		m.Used[b.Verb] = true
		if got.Card != nil {
			m.Card, m.Updated = got.Card, true
			t.replaced(p, m)
		}
	}
	t.acts = append(t.acts, record)
	return got, err
}

// replaced lets the person look at the card that took the place of the one they pressed:
// they go on only if it asks for something new.
func (t *Tenant) replaced(p *person, m *message) {
	buttons, fields := read(m.Card)
	if len(fields) == 0 || len(m.Used) >= 3 || slices.ContainsFunc(buttons, func(b button) bool { return m.Used[b.Verb] }) {
		return
	}
	t.spoken(p, m)
}

// readInvoke reads the body of an invoke's answer.
func readInvoke(body []byte) (said, error) {
	var in struct {
		StatusCode int
		Type       string
		Value      json.RawMessage
	}
	if json.Unmarshal(body, &in) != nil || in.Type == "" {
		return said{}, fmt.Errorf("%w: the answer to the click is empty or malformed", errUnheard)
	}
	var out said
	switch in.Type {
	case cardType:
		if json.Unmarshal(in.Value, &out.Card) != nil || out.Card["type"] != "AdaptiveCard" {
			return said{}, fmt.Errorf("%w: the replacement is not an adaptive card", errUnheard)
		}
		return out, nil
	case "application/vnd.microsoft.activity.message":
		if json.Unmarshal(in.Value, &out.Text) != nil {
			return said{}, fmt.Errorf("%w: the message is not a text", errUnheard)
		}
		return out, nil
	case "application/vnd.microsoft.error":
		var e struct{ Code, Message string }
		_ = json.Unmarshal(in.Value, &e) // an error without words is still an error
		if in.StatusCode >= 500 {
			return said{}, fmt.Errorf("%w: the bot answered %d", errUnheard, in.StatusCode)
		}
		return said{}, fmt.Errorf("the bot refused the click with %d %s", in.StatusCode, e.Code)
	}
	return said{}, fmt.Errorf("%w: an answer of type %q", errUnheard, in.Type)
}

// saySomething types a text into the chat.
func (t *Tenant) saySomething(ctx context.Context, p *person, words string) (said, error) {
	t.mu.Lock()
	ch := t.chatWith(p)
	m := t.say(ch, &message{Text: words})
	a := t.activityFrom(p)
	a["type"], a["text"], a["id"], a["textFormat"] = "message", words, m.ID, "plain"
	p.Blocked = false // whoever speaks wants to be spoken to
	t.look(p)
	t.mu.Unlock()
	_, err := t.post(ctx, a)
	t.mu.Lock()
	defer t.mu.Unlock()
	record := Act{At: t.now(), Person: p.ID, Do: "say", Text: words, Heard: err == nil}
	if err != nil {
		record.Why = err.Error()
		ch.Messages = slices.DeleteFunc(ch.Messages, func(o *message) bool { return o == m })
	}
	t.acts = append(t.acts, record)
	return said{}, err
}

// look marks the chat as read.
func (t *Tenant) look(p *person) {
	if p.chat != nil {
		p.chat.seen = len(p.chat.Messages)
	}
}

// activityFrom answers an activity as the channel makes it, without its type. t is locked.
func (t *Tenant) activityFrom(p *person) object {
	now := t.now()
	return object{"id": "f:" + t.digest("activity", p.ID, fmt.Sprint(t.serial()))[:24], "channelId": "msteams", "serviceUrl": t.base + "/",
		"timestamp": now.Format(time.RFC3339Nano), "localTimestamp": now.In(p.Zone).Format(time.RFC3339Nano), "localTimezone": p.Zone.String(),
		"from":         object{"id": "29:" + p.ID, "name": p.Name, "aadObjectId": p.ID},
		"recipient":    object{"id": "28:" + t.creds.BotID, "name": "rapport"},
		"conversation": object{"id": t.chatWith(p).ID, "conversationType": "personal", "tenantId": t.creds.TenantID},
		"entities":     []object{{"type": "clientInfo", "locale": or(p.Language, "en-US"), "country": p.Country, "platform": "Web", "timezone": p.Zone.String()}},
		"channelData":  object{"tenant": object{"id": t.creds.TenantID}, "source": object{"name": "message"}}, "locale": or(p.Language, "en-US")}
}

// post carries an activity to the bot, signed, and answers the body of a 2xx.
func (t *Tenant) post(ctx context.Context, a object) ([]byte, error) {
	t.mu.Lock()
	endpoint, token := t.bot, t.channelToken(a["serviceUrl"].(string))
	t.mu.Unlock()
	if endpoint == "" {
		return nil, fmt.Errorf("%w: no bot is connected", errUnheard)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(encode(a)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnheard, err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := t.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnheard, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnheard, err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%w: the bot answered %d", errUnheard, resp.StatusCode)
	}
	return body, nil
}
