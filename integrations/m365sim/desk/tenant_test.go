package desk

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"sync"
	"testing"
	"time"
)

//go:embed testdata
var testdata embed.FS

// start is the virtual Tuesday on which every story here begins.
var start = time.Date(2026, 11, 24, 14, 20, 0, 0, time.UTC)

type object = map[string]any

// tenant is a pretend simulated tenant: a few people, one of them with a full day, and a
// record of what the page asked it to do.
type tenant struct {
	mu      sync.Mutex
	now     time.Time
	running bool
	control bool
	refuse  string // an error sentence for the next act
	acts    []object
	clock   []object
	chat    []object
	events  []object
}

func newTenant(t testing.TB) *tenant {
	return &tenant{now: start, control: true, chat: chatOfAna(t), events: calendarOfAna()}
}

// ServeHTTP answers what the page may ask, and the page itself.
func (s *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case "/sim/state":
		s.state(w, r.URL.Query().Get("person"))
	case "/sim/act":
		s.act(w, r)
	case "/sim/clock":
		s.tick(w, r)
	default:
		Handler().ServeHTTP(w, r)
	}
}

func (s *tenant) state(w http.ResponseWriter, person string) {
	answer := object{"now": s.now.Format(time.RFC3339), "people": people}
	for _, p := range people {
		if p["id"] != person {
			continue
		}
		one := object{"id": p["id"], "name": p["name"], "calendar": []object{}, "chat": []object{}, "mail": []object{}}
		if person == "ana" {
			one["calendar"], one["chat"], one["mail"] = s.events, s.chat, mailOfAna
		}
		answer["person"] = one
	}
	if person != "" && answer["person"] == nil {
		write(w, http.StatusNotFound, object{"error": "there is no such person"})
		return
	}
	write(w, http.StatusOK, answer)
}

func (s *tenant) act(w http.ResponseWriter, r *http.Request) {
	var what object
	if err := json.NewDecoder(r.Body).Decode(&what); err != nil {
		write(w, http.StatusBadRequest, object{"error": "That is not JSON."})
		return
	}
	s.acts = append(s.acts, what)
	if s.refuse != "" {
		write(w, http.StatusConflict, object{"error": s.refuse})
		s.refuse = ""
		return
	}
	answer := object{"ok": true}
	switch what["do"] {
	case "press":
		answer["card"] = card("thanks")
	case "say":
		s.chat = append(s.chat, object{"id": "said", "at": s.now.Format(time.RFC3339), "from": "me", "text": what["text"]},
			object{"id": "reply", "at": s.now.Format(time.RFC3339), "from": "bot", "text": "You are paused. Say resume when you want to come back."})
	case "accept":
		s.respond(what["event"], "accepted")
	case "decline":
		s.respond(what["event"], "declined")
	}
	write(w, http.StatusOK, answer)
}

func (s *tenant) respond(event any, response string) {
	for _, e := range s.events {
		if e["id"] == event {
			e["response"] = response
		}
	}
}

func (s *tenant) tick(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var change object
		_ = json.NewDecoder(r.Body).Decode(&change)
		s.clock = append(s.clock, change)
		if step, ok := change["step"].(string); ok {
			d, _ := time.ParseDuration(step)
			s.now = s.now.Add(d)
		}
		if to, ok := change["to"].(string); ok {
			s.now, _ = time.Parse(time.RFC3339, to)
		}
		if running, ok := change["running"].(bool); ok {
			s.running = running
		}
	}
	write(w, http.StatusOK, object{"now": s.now.Format(time.RFC3339), "running": s.running, "speed": 3600, "control": s.control})
}

func write(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// done answers what the page has asked the tenant to do so far.
func (s *tenant) done() []object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]object(nil), s.acts...)
}

func (s *tenant) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func card(name string) json.RawMessage {
	raw, err := fs.ReadFile(testdata, "testdata/card_"+name+".json")
	if err != nil {
		panic(err)
	}
	return raw
}

var people = []object{
	{"id": "ana", "name": "Ana Sousa", "mail": "ana@example.com", "zone": "Europe/Lisbon", "title": "Product designer", "cards": 4, "unread": 2},
	{"id": "ben", "name": "Ben Okafor", "mail": "ben@example.com", "zone": "Africa/Lagos", "title": "Backend engineer, Payments", "cards": 2, "unread": 1},
	{"id": "chi", "name": "Chioma Eze", "mail": "chi@example.com", "zone": "Europe/London", "title": "Customer success lead", "cards": 1, "unread": 0},
	{"id": "dan", "name": "Dana Whitfield", "mail": "dan@example.com", "zone": "America/New_York", "title": "Engineering manager", "cards": 0, "unread": 0},
	{"id": "ela", "name": "Elif Aydın", "mail": "ela@example.com", "zone": "Europe/Istanbul", "title": "Data analyst", "cards": 0, "unread": 12},
	{"id": "fen", "name": "Feng Li", "mail": "fen@example.com", "zone": "Asia/Singapore", "title": "Site reliability engineer", "cards": 0, "unread": 0},
	{"id": "gus", "name": "Gustavo Ibáñez de la Torre", "mail": "gus@example.com", "zone": "America/Argentina/Buenos_Aires", "title": "Finance partner", "cards": 0, "unread": 0},
	{"id": "han", "name": "Hana Kobayashi", "mail": "han@example.com", "zone": "Asia/Kolkata", "title": "Recruiter", "cards": 0, "unread": 0},
	{"id": "odd", "name": "Oddny Berg", "mail": "odd@example.com", "zone": "Nowhere Standard Time", "title": "Legal counsel", "cards": 0, "unread": 0},
}

func chatOfAna(t testing.TB) []object {
	t.Helper()
	return []object{
		{"id": "m1", "at": "2026-11-16T09:00:00Z", "from": "bot", "text": "", "card": card("consent"), "updated": false},
		{"id": "m2", "at": "2026-11-20T11:32:00Z", "from": "bot", "card": card("closing"), "updated": false},
		{"id": "m3", "at": "2026-11-22T10:15:00Z", "from": "me", "text": "what do you know about me?"},
		{"id": "m4", "at": "2026-11-22T10:15:02Z", "from": "bot", "text": "Your name, your working hours, two strengths and one stretch goal. Type \"forget me\" and it is gone."},
		{"id": "m5", "at": "2026-11-24T09:00:00Z", "from": "bot", "card": card("followup"), "updated": false},
		{"id": "m6", "at": "2026-11-24T10:00:00Z", "from": "bot", "card": card("prepare"), "updated": true},
	}
}

const agenda = `<div><p>Half an hour, the two of you, cameras as you like.</p><h3>How it goes</h3><ol><li>Arrive: one word each (3 min)</li>` +
	`<li>Ana talks, Ben only listens (8 min)</li><li>Ben says back what he heard (4 min)</li><li>Swap roles (12 min)</li><li>One commitment each (3 min)</li></ol>` +
	`<p>Read it <a href="https://example.com/playbooks/1">here</a>.</p></div>`

func calendarOfAna() []object {
	ev := func(id, subject, from, to, status string) object {
		return object{"id": id, "subject": subject, "start": from, "end": to, "status": status, "ours": false, "organizer": "Dana Whitfield", "response": "accepted", "join": "", "body": "", "attendees": []object{}, "cancelled": false}
	}
	session := func(id, subject, from, to, response string, cancelled bool) object {
		e := ev(id, subject, from, to, "busy")
		e["ours"], e["organizer"], e["response"], e["cancelled"] = true, "Peer coaching", response, cancelled
		e["join"], e["body"] = "https://teams.example.com/join/"+id, agenda
		e["attendees"] = []object{{"id": "ana", "name": "Ana Sousa", "response": response}, {"id": "ben", "name": "Ben Okafor", "response": "accepted"}}
		return e
	}
	return []object{
		ev("e1", "Stand-up", "2026-11-23T09:30:00Z", "2026-11-23T09:45:00Z", "busy"),
		ev("e2", "Design critique", "2026-11-24T10:00:00Z", "2026-11-24T11:30:00Z", "busy"),
		ev("e3", "Roadmap review", "2026-11-24T11:00:00Z", "2026-11-24T12:00:00Z", "tentative"),
		ev("e4", "Focus time", "2026-11-26T14:00:00Z", "2026-11-26T17:00:00Z", "busy"),
		ev("e5", "Stand-up", "2026-11-25T09:30:00Z", "2026-11-25T09:45:00Z", "busy"),
		ev("e6", "Public holiday", "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z", "oof"),
		ev("e7", "Dentist", "2026-11-23T16:00:00Z", "2026-11-23T17:00:00Z", "oof"),
		ev("e8", "Night release", "2026-11-25T22:30:00Z", "2026-11-26T00:30:00Z", "busy"),
		session("s7", "Active listening sprint: Ana and Ben", "2026-11-25T10:00:00Z", "2026-11-25T10:30:00Z", "none", false),
		session("s6", "Feedback that lands: Ana and Chioma", "2026-11-23T11:00:00Z", "2026-11-23T11:45:00Z", "accepted", false),
		session("s5", "Role-play: pause and rewind", "2026-11-26T10:00:00Z", "2026-11-26T11:00:00Z", "none", true),
	}
}

var mailOfAna = []object{
	{"id": "i1", "at": "2026-11-24T10:00:30Z", "from": "Peer coaching <coaching@example.com>", "subject": "Active listening sprint: Ana and Ben", "text": agenda, "event": "s7"},
	{"id": "i2", "at": "2026-11-23T08:10:00Z", "from": "Peer coaching <coaching@example.com>", "subject": "Cancelled: Role-play: pause and rewind", "text": "Your partner is away that day.\n\nWe look for a new time and write again. Nothing for you to do.", "event": "s5"},
	{"id": "i3", "at": "2026-11-16T09:00:00Z", "from": "Peer coaching <coaching@example.com>", "subject": "Welcome: what happens next", "text": "Hello Ana,\n\nyou are in. Every second Tuesday you hear whom you meet and when.\nThe library is at https://example.com/library and grows every week.\n\nYour coaching programme", "event": ""},
}
