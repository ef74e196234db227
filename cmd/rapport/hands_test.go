package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// What people of a story see and do.

var berlin = place("Europe/Berlin")

func place(zone string) *time.Location {
	l, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return l
}

// on reads "Wed 7 Oct 10:00" of 2026, Berlin time.
func on(text string) time.Time {
	at, err := time.ParseInLocation("Mon 2 Jan 15:04 2006", text+" 2026", berlin)
	if err != nil || at.Format("Mon") != text[:3] {
		panic(fmt.Sprint("no such moment: ", text))
	}
	return at
}

// At lets time pass until a moment such as "Wed 7 Oct 10:00", Berlin time.
func (w *town) At(text string) { w.Helper(); w.until(on(text)) }

// After lets this much time pass.
func (w *town) After(d time.Duration) { w.Helper(); w.until(w.clock.Now().Add(d)) }

// words are what rapport says in English, by key: stories name the key, so that better words
// do not break them.
var words = func() map[string]string {
	data, err := os.ReadFile("../../playbooks/prompt/words/en.json")
	if err != nil {
		panic(err)
	}
	var all map[string]string
	if err := json.Unmarshal(data, &all); err != nil {
		panic(err)
	}
	return all
}()

var hole = regexp.MustCompile(`{[a-z]+}`)

// says is a sentence of rapport with its holes filled in order; it ends at the first hole that
// nobody fills, or begins after it.
func says(key string, fill ...string) string {
	text, ok := words[key]
	if !ok {
		panic("rapport has no words for " + key)
	}
	for _, f := range fill {
		text = strings.Replace(text, hole.FindString(text), f, 1)
	}
	parts := hole.Split(text, 2)
	if parts[0] == "" && len(parts) > 1 {
		return parts[1]
	}
	return parts[0]
}

func (w *town) id(who string) roster.ID {
	w.Helper()
	id, ok := w.ids[who]
	if !ok {
		w.Fatalf("nobody is called %s", who)
	}
	return id
}

func (w *town) desk(who string) m365sim.Desk {
	w.Helper()
	d, ok := w.tenant.Desk(string(w.id(who)))
	if !ok {
		w.Fatalf("%s has no desk", who)
	}
	return d
}

// cards are the cards in somebody's chat that hold all the words, oldest first.
func (w *town) cards(who string, words ...string) []m365sim.ChatView {
	w.Helper()
	var found []m365sim.ChatView
	for _, c := range w.desk(who).Chat {
		if c.From == "bot" && c.Card != nil && holds(read(c), words) {
			found = append(found, c)
		}
	}
	return found
}

func holds(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// read is everything a card says, in the order of its keys, without what only keeps Teams
// from making links.
func read(c m365sim.ChatView) string {
	var b strings.Builder
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, k := range []string{"title", "label", "text", "value", "body", "items", "inlines", "columns", "facts", "choices", "actions"} {
				if s, ok := v[k].(string); ok {
					b.WriteString(strings.NewReplacer("\\", "", "\u200b", "").Replace(s) + "\n")
				} else {
					walk(v[k])
				}
			}
		}
	}
	walk(c.Card)
	return b.String()
}

// Sees expects a card with all these words in somebody's chat and answers the newest one.
func (w *town) Sees(who string, words ...string) m365sim.ChatView {
	w.Helper()
	found := w.cards(who, words...)
	if len(found) == 0 {
		var have []string
		for _, c := range w.desk(who).Chat {
			title, _, _ := strings.Cut(read(c), "\n")
			have = append(have, title)
		}
		w.Fatalf("%s: %s sees no card with %q; the chat is %q", w.clock.Now().In(berlin).Format("Mon 2 Jan 15:04"), who, words, have)
	}
	return found[len(found)-1]
}

// SeesTimes expects so many cards with these words.
func (w *town) SeesTimes(n int, who string, words ...string) {
	w.Helper()
	if got := len(w.cards(who, words...)); got != n {
		w.Errorf("%s: %s sees %d cards with %q, expected are %d", w.clock.Now().In(berlin).Format("Mon 2 Jan 15:04"), who, got, words, n)
	}
}

// SeesNot expects no card with these words.
func (w *town) SeesNot(who string, words ...string) { w.Helper(); w.SeesTimes(0, who, words...) }

// Got counts how often a card with this title was ever sent to somebody, whatever became of it.
func (w *town) Got(who, title string) int {
	w.Helper()
	return len(w.sent(who, title))
}

// sent are the journal's lines about cards with this title to somebody.
func (w *town) sent(who, title string) []m365sim.Entry {
	w.Helper()
	var all []m365sim.Entry
	for _, e := range w.tenant.Journal() {
		if e.What == "card.sent" && slices.Contains(e.To, string(w.id(who))) && strings.Contains(e.Summary, title) {
			all = append(all, e)
		}
	}
	return all
}

// GotAt expects that exactly one card with this title was sent to somebody, and when.
func (w *town) GotAt(at time.Time, who, title string) {
	w.Helper()
	got := w.sent(who, title)
	if len(got) != 1 || !got[0].At.Equal(at) {
		w.Errorf("%s got %q %v, expected is once, at %s", who, title, times(got), at.UTC())
	}
}

func times(entries []m365sim.Entry) (all []time.Time) {
	for _, e := range entries {
		all = append(all, e.At)
	}
	return all
}

// Presses lets somebody press the newest button with this verb; inputs are id, value, id, value.
func (w *town) Presses(who, verb string, inputs ...string) m365sim.Answer {
	w.Helper()
	for _, c := range slices.Backward(w.desk(who).Chat) {
		if data := button(c.Card, verb); c.From == "bot" && data != nil {
			return w.press(who, c, data, inputs...)
		}
	}
	w.Fatalf("%s: %s has no button %s", w.clock.Now(), who, verb)
	return m365sim.Answer{}
}

func (w *town) press(who string, c m365sim.ChatView, data map[string]any, inputs ...string) m365sim.Answer {
	w.Helper()
	in := map[string]string{}
	for i := 0; i+1 < len(inputs); i += 2 {
		in[inputs[i]] = inputs[i+1]
	}
	got, err := w.tenant.Act(w.Context(), m365sim.Do{Person: string(w.id(who)), Do: "press", Activity: c.ID, Data: data, Inputs: in})
	w.must(err)
	w.settle()
	return got
}

// button is the data behind the button of this verb, nil when the card has none.
func button(card map[string]any, verb string) map[string]any {
	actions, _ := card["actions"].([]any)
	for _, a := range actions {
		if o, _ := a.(map[string]any); o["verb"] == verb {
			data, _ := o["data"].(map[string]any)
			return data
		}
	}
	return nil
}

// Types lets somebody write to the bot.
func (w *town) Types(who, text string) {
	w.Helper()
	_, err := w.tenant.Act(w.Context(), m365sim.Do{Person: string(w.id(who)), Do: "say", Text: text})
	w.must(err)
	w.settle()
}

// Join lets these people say yes to the invitation.
func (w *town) Join(who ...string) {
	w.Helper()
	for _, p := range who {
		w.Presses(p, "consent:yes")
	}
}

// meetings are the meetings of the programme in somebody's calendar that still stand.
func (w *town) meetings(who string) []m365sim.EventView {
	w.Helper()
	var all []m365sim.EventView
	for _, e := range w.desk(who).Calendar {
		if e.Ours && !e.Cancelled {
			all = append(all, e)
		}
	}
	return all
}

// Meeting expects exactly one meeting of the programme ahead of somebody and answers it.
func (w *town) Meeting(who string) m365sim.EventView {
	w.Helper()
	ahead := slices.DeleteFunc(w.meetings(who), func(e m365sim.EventView) bool { return !e.End.After(w.clock.Now()) })
	if len(ahead) != 1 {
		w.Fatalf("%s has %d meetings ahead, expected is one", who, len(ahead))
	}
	return ahead[0]
}

// NoMeeting expects none.
func (w *town) NoMeeting(who string) {
	w.Helper()
	for _, e := range w.meetings(who) {
		if e.End.After(w.clock.Now()) {
			w.Errorf("%s still has a meeting on %s", who, e.Start)
		}
	}
}

// Responds lets somebody answer the invite in the calendar: accept, decline, tentative.
func (w *town) Responds(who, do string) {
	w.Helper()
	_, err := w.tenant.Act(w.Context(), m365sim.Do{Person: string(w.id(who)), Do: do, Event: w.Meeting(who).ID})
	w.must(err)
}

// Proposes lets somebody propose another time for the meeting ahead.
func (w *town) Proposes(who string, start time.Time) {
	w.Helper()
	e := w.Meeting(who)
	_, err := w.tenant.Act(w.Context(), m365sim.Do{Person: string(w.id(who)), Do: "propose", Event: e.ID, Start: start, End: start.Add(e.End.Sub(e.Start))})
	w.must(err)
}

// member is what is kept about somebody.
func (w *town) member(who string) (m roster.Member) {
	w.Helper()
	_, err := w.store.Load(w.Context(), jobs.MemberNoun, "peers."+string(w.id(who)), &m)
	w.must(err)
	return m
}

// sessions are all sessions somebody is or was part of, oldest round first.
func (w *town) sessions(who string) (all []session.Session) {
	w.Helper()
	w.must(each(w.Context(), w.store, session.Noun, func(x session.Session) {
		if x.Parts[w.id(who)] != nil {
			all = append(all, x)
		}
	}))
	return all
}

// shelf keeps what was logged.
type shelf struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *shelf) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *shelf) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// busy is an appointment from and until, Berlin time.
func busy(from, until string) []m365sim.Appointment {
	return []m365sim.Appointment{{Start: on(from), End: on(until)}}
}

// block is an appointment on a day between two minutes of it.
func block(day time.Time, from, until int) m365sim.Appointment {
	at := func(m int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), 0, m, 0, 0, day.Location())
	}
	return m365sim.Appointment{Start: at(from), End: at(until)}
}
