package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// table is a desk with one question about one session and one button to pause.
type table struct {
	mu       sync.Mutex
	message  func(a prompt.Answer) prompt.Message
	said     func(a prompt.Answer) prompt.Message
	answers  map[string]prompt.Answer // by key: the same press twice is the same answer
	pressed  int
	shown    int
	down     error // why nothing can be read or written just now
	downSave error // why nothing can be written
}

func (d *table) Show(_ context.Context, a prompt.Answer) (prompt.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown++
	return d.message(a), d.down
}

func (d *table) Answer(_ context.Context, a prompt.Answer) (prompt.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pressed++
	if err := errors.Join(d.down, d.downSave); err != nil {
		return prompt.Message{}, d.downSave
	}
	d.answers[a.Key] = a
	return d.said(a), nil
}

func question(prompt.Answer) prompt.Message {
	ref, v := closing.Ref, closing.Version
	return prompt.Message{To: "ana", Kind: prompt.KindClosing, Lang: "en", Title: "How was it with Ben?", Summary: "One minute",
		Blocks: []prompt.Block{
			{When: &prompt.When{Label: "You met", Start: noon.Add(-2 * time.Hour), End: noon.Add(-time.Hour)}},
			{Text: "A text.\n\nAnd another."}, {Head: "A heading"}, {List: []string{"one", "two"}}, {Facts: []prompt.Fact{{Label: "Guide", Value: "Tea"}}},
			{Steps: []prompt.Step{{Minutes: 5, Title: "Boil", Who: "Both of you", Text: "The water boils.", Say: []string{"Say when."}}}},
			{Input: &prompt.Input{ID: "met", Label: "Did you meet?", Form: prompt.Choose, Required: true, Error: "Please say whether it took place.", Choices: []prompt.Choice{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}}},
			{Input: &prompt.Input{ID: "understood", Label: "How well did you feel understood?", Form: prompt.Choose, Choices: []prompt.Choice{{Value: "1", Label: "1 - not at all"}, {Value: "2", Label: "2"}, {Value: "3", Label: "3 - partly"}, {Value: "4", Label: "4"}, {Value: "5", Label: "5 - completely"}}}},
			{Input: &prompt.Input{ID: "conversation", Label: "Which real conversation will you have?", Form: prompt.Line, Max: 30, Hint: "With whom, about what"}},
			{Input: &prompt.Input{ID: "reflection", Label: "Anything to remember?", Form: prompt.Lines}},
			{Input: &prompt.Input{ID: "micro", Label: "Which small habit will you try?", Form: prompt.ChooseMany, Value: "a", Choices: []prompt.Choice{{Value: "a", Label: "I ask first."}, {Value: "b", Label: "I wait three seconds."}}}},
			{Input: &prompt.Input{ID: "practised", Label: "Minutes practised", Form: prompt.Number, Max: 600}},
			{Input: &prompt.Input{ID: "day", Label: "Which day?", Form: prompt.Choose, Choices: many(9)}},
			{Note: "Only you see this."},
		},
		Actions: []prompt.Action{{Verb: prompt.Close, Title: "Send", Ref: ref, Version: v}, {Verb: prompt.Snooze, Title: "Ask me tomorrow", Ref: ref, Skip: true},
			{Verb: prompt.Leave, Title: "Leave", Ref: ref}, {Title: "Join the call", URL: "https://teams.example/j"}, {Title: "Trap", URL: "javascript:alert(1)"}},
	}
}

func many(n int) (cs []prompt.Choice) {
	for i := range n {
		cs = append(cs, prompt.Choice{Value: string(rune('a' + i)), Label: "Day " + string(rune('A'+i))})
	}
	return cs
}

func thanks(a prompt.Answer) prompt.Message {
	if a.Verb == prompt.Pause {
		return prompt.Message{To: a.From, Lang: "en", Title: "You are on a break", Summary: "You are on a break", Actions: []prompt.Action{{Verb: prompt.Resume, Title: "Come back", Ref: a.Ref}}}
	}
	return prompt.Message{To: a.From, Lang: "en", Title: "Thank you", Summary: "Thank you", Blocks: []prompt.Block{{Text: "We ask again on Thursday."}}}
}

// site is a desk with its pages.
type site struct {
	t     testing.TB
	desk  *table
	links *Links
	now   time.Time
	log   *bytes.Buffer
	http.Handler
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, desk: &table{message: question, said: thanks, answers: map[string]prompt.Answer{}}, links: links(t, "contoso", autumn), now: noon, log: &bytes.Buffer{}}
	library, err := playbooks.Embedded()
	if err != nil && len(library.All()) == 0 {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	p := Pages{Links: s.links, Desk: s.desk, Library: func() playbooks.Library { return library }, Now: func() time.Time { return s.now }, Log: slog.New(slog.NewJSONHandler(s.log, nil)),
		Zone: func(context.Context, roster.ID) (*time.Location, error) { return berlin, nil }}
	s.Handler = Handler(Options{Routes: p.Routes()})
	return s
}

func (s *site) do(method, path string, form url.Values, head ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

var (
	marks   = regexp.MustCompile(`name="once" value="([^"]+)"`)
	buttons = regexp.MustCompile(`name="do" value="([^"]+)"[^>]*>([^<]+)<`)
)

// open follows a link and answers its page, its mark and its buttons by title.
func (s *site) open(c Claim) (page, once string, do map[string]string) {
	s.t.Helper()
	w := s.do("GET", "/a/"+sign(s.t, s.links, c), nil)
	if w.Code != 200 {
		s.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return s.read(w.Body.String())
}

func (s *site) read(page string) (string, string, map[string]string) {
	s.t.Helper()
	do := map[string]string{}
	for _, b := range buttons.FindAllStringSubmatch(page, -1) {
		do[b[2]] = b[1]
	}
	once := marks.FindStringSubmatch(page)
	if once == nil {
		s.t.Fatalf("no mark in %s", page)
	}
	return page, once[1], do
}
