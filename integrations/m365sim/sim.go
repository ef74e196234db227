package m365sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Command turns the virtual clock: one of the fields is set. An empty one only asks how the
// clock stands.
type Command struct {
	Step    time.Duration // forward by this much
	To      time.Time     // forward to this moment
	Running *bool         // let it run, or stop it
}

// ClockState is how the clock stands.
type ClockState struct {
	Now     time.Time `json:"now"` // UTC
	Running bool      `json:"running"`
	Speed   float64   `json:"speed"`   // virtual seconds a real second
	Control bool      `json:"control"` // whether a Command can turn it
}

// serveSim answers /sim/*: looking into the tenant, acting as a person, breaking things.
// Nothing here needs a token; cmd serves it on loopback only.
func (t *Tenant) serveSim(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	type handler = func(http.ResponseWriter, *http.Request)
	ways := map[string]handler{
		"GET /sim/journal": t.serveJournal,
		"GET /sim/state":   t.serveState,
		"GET /sim/acts":    func(w http.ResponseWriter, _ *http.Request) { send(w, ok(t.Acts())) },
		"GET /sim/counts":  func(w http.ResponseWriter, _ *http.Request) { send(w, ok(t.Counts())) },
		"POST /sim/act":    t.serveAct,
		"GET /sim/faults":  func(w http.ResponseWriter, _ *http.Request) { send(w, ok(t.Faults())) },
		"POST /sim/faults": t.serveFaults,
		"POST /sim/bot":    t.serveBot,
		"GET /sim/clock":   t.serveClock,
		"POST /sim/clock":  t.turnClock,

		"GET /sim/subscriptions": t.serveSubscriptions,
		"POST /sim/lifecycle":    t.serveLifecycle,
	}
	way, known := ways[r.Method+" "+r.URL.Path]
	if !known {
		send(w, simError(http.StatusNotFound, "there is no such page in the simulated tenant"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if r.Method == http.MethodPost && foreign(r) {
		send(w, simError(http.StatusForbidden, "another site may not do this"))
		return
	}
	way(w, r)
}

// foreign tells whether a browser sends this from a page of another site.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site != "" && site != "same-origin" && site != "none"
}

func simError(status int, sentence string) reply {
	return reply{status: status, body: object{"error": sentence}}
}

// serveJournal writes the journal as JSON lines; with follow=1 it goes on until the reader
// leaves.
func (t *Tenant) serveJournal(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w)
	for n := 0; ; {
		entries, wake := t.journal.since(n)
		for _, e := range entries {
			if _, err := w.Write(encode(e)); err != nil {
				return
			}
		}
		n += len(entries)
		_ = flush.Flush() // a writer that cannot flush writes at the end
		if r.URL.Query().Get("follow") != "1" {
			return
		}
		select {
		case <-wake:
		case <-r.Context().Done():
			return
		}
	}
}

func (t *Tenant) serveFaults(w http.ResponseWriter, r *http.Request) {
	var rules []Fault
	if err := json.NewDecoder(r.Body).Decode(&rules); err != nil {
		send(w, simError(http.StatusBadRequest, "the rules must be a JSON list"))
		return
	}
	if err := t.SetFaults(rules...); err != nil {
		send(w, simError(http.StatusBadRequest, err.Error()))
		return
	}
	send(w, ok(t.Faults()))
}

func (t *Tenant) serveBot(w http.ResponseWriter, r *http.Request) {
	var in struct{ Endpoint string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		send(w, simError(http.StatusBadRequest, "the endpoint is missing"))
		return
	}
	t.Connect(in.Endpoint)
	send(w, ok(object{"ok": true, "endpoint": in.Endpoint}))
}

func (t *Tenant) clock() ClockState {
	if t.opts.Control != nil {
		if s, err := t.opts.Control(Command{}); err == nil {
			return s
		}
	}
	return ClockState{Now: t.now(), Running: true, Speed: 1}
}

func (t *Tenant) serveClock(w http.ResponseWriter, _ *http.Request) { send(w, ok(t.clock())) }

func (t *Tenant) turnClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Step    string
		To      time.Time
		Running *bool
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		send(w, simError(http.StatusBadRequest, `say {"step":"1h"}, {"to":"2026-12-01T09:00:00Z"} or {"running":true}`))
		return
	}
	cmd := Command{To: in.To, Running: in.Running}
	if in.Step != "" {
		d, err := time.ParseDuration(in.Step)
		if err != nil || d < 0 {
			send(w, simError(http.StatusBadRequest, "the step must be a duration like 1h or 30m"))
			return
		}
		cmd.Step = d
	}
	if t.opts.Control == nil {
		send(w, simError(http.StatusConflict, "this clock cannot be turned"))
		return
	}
	s, err := t.opts.Control(cmd)
	if err != nil {
		send(w, simError(http.StatusConflict, err.Error()))
		return
	}
	t.mu.Lock()
	t.nudge() // whoever waits for the next act has to look again
	t.mu.Unlock()
	send(w, ok(s))
}

// Do is one deed of a person, done by hand.
type Do struct {
	Person   string            `json:"person"` // Entra id
	Do       string            `json:"do"`     // press, say, accept, decline, tentative, propose, block, unblock, install, uninstall, forget-chat
	Activity string            `json:"activity"`
	Data     map[string]any    `json:"data"` // of the pressed action; its verb finds the button
	Inputs   map[string]string `json:"inputs"`
	Event    string            `json:"event"` // the person's own event id
	Start    time.Time         `json:"start"` // of a proposal
	End      time.Time         `json:"end"`
	Text     string            `json:"text"`
}

// Answer is what came of a deed.
type Answer struct {
	OK   bool           `json:"ok"`
	Card map[string]any `json:"card"` // the replacement, null when there is none
	Text string         `json:"text"`
}

// Act does the deed at once and answers what the bot replied. Whatever the person meant to
// do about the same card or invite by themselves is dropped. Its error is a sentence.
func (t *Tenant) Act(ctx context.Context, d Do) (Answer, error) {
	t.mu.Lock()
	p := t.byID[d.Person]
	t.mu.Unlock()
	if p == nil {
		return Answer{}, errors.New("there is no such person; GET /sim/state lists them")
	}
	var got said
	var err error
	switch d.Do {
	case "press":
		got, err = t.pressByHand(ctx, p, d)
	case "say":
		if d.Text == "" {
			return Answer{}, errors.New("there is no text to say")
		}
		got, err = t.saySomething(ctx, p, d.Text)
	case "accept", "decline", "tentative", "propose":
		err = t.respondByHand(p, d)
	case "block", "unblock", "install", "uninstall", "forget-chat":
		err = t.changeApp(ctx, p, d.Do)
	default:
		err = fmt.Errorf("nobody can %q; choose press, say, accept, decline, tentative, propose, block, unblock, install, uninstall or forget-chat", d.Do)
	}
	if err != nil {
		return Answer{}, err
	}
	return Answer{OK: true, Card: got.Card, Text: got.Text}, nil
}

func (t *Tenant) pressByHand(ctx context.Context, p *person, d Do) (said, error) {
	t.mu.Lock()
	var m *message
	if p.chat != nil {
		m = p.chat.message(d.Activity)
	}
	if m == nil || m.Card == nil || m.Deleted {
		t.mu.Unlock()
		return said{}, errors.New("this card is not in the person's chat")
	}
	buttons, _ := read(m.Card)
	var found *button
	for i, b := range buttons {
		if b.Verb == text(d.Data["verb"]) && (text(d.Data["ref"]) == "" || b.ref() == text(d.Data["ref"])) {
			found = &buttons[i]
			break
		}
	}
	if found == nil {
		t.mu.Unlock()
		return said{}, errors.New("the card has no such button")
	}
	t.dropPlans(p, m.ID)
	t.mu.Unlock()
	found.Data = d.Data
	if found.Submit != nil {
		found.Submit = d.Data
	}
	return t.pressButton(ctx, p, m, *found, d.Inputs, false)
}

func (t *Tenant) respondByHand(p *person, d Do) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := p.mailbox.byID[d.Event]
	if e == nil || e.Deleted {
		return errors.New("this event is not in the person's calendar")
	}
	response := map[string]string{"accept": "accepted", "decline": "declined", "tentative": "tentativelyAccepted", "propose": "tentativelyAccepted"}[d.Do]
	var proposed *span
	if d.Do == "propose" {
		if !d.End.After(d.Start) || d.Start.IsZero() {
			return errors.New("a proposal needs a start and a later end")
		}
		proposed = &span{d.Start.UTC(), d.End.UTC()}
	}
	t.dropPlans(p, "invite/"+e.Of.UID)
	err := t.respond(p, e.Of, response, proposed)
	t.acts = append(t.acts, Act{At: t.now(), Person: p.ID, Do: d.Do, Event: e.Of.key(), Heard: err == nil})
	return err
}

// changeApp is what a person does to the app itself. "forget-chat" is Teams' "Remove chat
// history": the conversation's id is worth nothing afterwards.
func (t *Tenant) changeApp(ctx context.Context, p *person, do string) error {
	t.mu.Lock()
	tell := ""
	switch do {
	case "block", "unblock":
		p.Blocked = do == "block"
	case "install", "uninstall":
		p.Installed = do == "install"
		tell = map[bool]string{true: "add", false: "remove"}[p.Installed]
	case "forget-chat":
		p.chat = nil
	}
	t.mu.Unlock()
	if tell == "" {
		return nil
	}
	return t.tellInstalled(ctx, p, tell)
}

func (t *Tenant) serveAct(w http.ResponseWriter, r *http.Request) {
	var d Do
	if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
		send(w, simError(http.StatusBadRequest, "the act must be a JSON object"))
		return
	}
	got, err := t.Act(r.Context(), d)
	switch {
	case errors.Is(err, errUnheard):
		send(w, simError(http.StatusFailedDependency, err.Error()))
	case err != nil:
		send(w, simError(http.StatusUnprocessableEntity, err.Error()))
	default:
		send(w, ok(got))
	}
}
