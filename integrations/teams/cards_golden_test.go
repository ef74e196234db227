package teams

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// everyCard draws each sample in each language, by "card.lang".
func everyCard(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, lang := range prompt.Languages() {
		for _, s := range prompt.Samples(lang) {
			raw, err := Card(s.Message)
			if err != nil {
				t.Fatalf("%s in %s: %v", s.Name, lang, err)
			}
			all[s.Name+"."+lang] = raw
		}
	}
	return all
}

func TestEveryCardInEveryLanguageAsItIsDrawn(t *testing.T) {
	all := everyCard(t)
	for name, raw := range all {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, raw, "", " "); err != nil {
			t.Fatal(err)
		}
		pretty.WriteByte('\n')
		file := filepath.Join("testdata", "cards", name+".golden.json")
		if *update {
			if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, pretty.Bytes()) {
			t.Errorf("%s changed (%v); read what is different and run the test with -update", name, err)
		}
	}
	files, _ := filepath.Glob("testdata/cards/*.golden.json")
	for _, f := range files {
		if all[strings.TrimSuffix(filepath.Base(f), ".golden.json")] == nil {
			t.Errorf("%s is of no card; delete it", f)
		}
	}
}

func TestEveryCardSaysItsLanguageAndDirection(t *testing.T) {
	for name, raw := range everyCard(t) {
		var card struct {
			Lang         string
			RTL          bool
			FallbackText string
		}
		if err := json.Unmarshal(raw, &card); err != nil {
			t.Fatal(err)
		}
		lang := name[strings.LastIndex(name, ".")+1:]
		if card.Lang != lang || card.RTL != (lang == "ar") || card.FallbackText == "" {
			t.Errorf("%s: %+v", name, card)
		}
	}
}

// TestATimeIsWorkedOutOnTheDevice: whatever shows a session's time leaves zone and writing to
// the reader's own client.
func TestATimeIsWorkedOutOnTheDevice(t *testing.T) {
	moment := regexp.MustCompile(`\{\{DATE\(2026-11-2\dT\d\d:\d\d:00Z,LONG\)\}\}.*\{\{TIME\(2026-11-2\dT\d\d:\d\d:00Z\)\}\} – \{\{TIME\(`)
	for _, lang := range prompt.Languages() {
		for _, s := range prompt.Samples(lang) {
			if !slices.ContainsFunc(s.Message.Blocks, func(b prompt.Block) bool { return b.When != nil }) {
				continue
			}
			raw, err := Card(s.Message)
			if err != nil || !moment.Match(raw) {
				t.Errorf("%s in %s names no time for the device to work out (%v)", s.Name, lang, err)
			}
		}
	}
}

// trap is what somebody might call themselves or write to make a card do something.
const trap = "[Ben](https://evil.example) www.evil.example **x** {{DATE(2026-11-24T09:00:00Z,LONG)}} \u202e"

// trapped are cards in which every word of other people is a trap.
func trapped(t *testing.T) map[string][]byte {
	t.Helper()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	all := map[string][]byte{}
	for _, lang := range prompt.Languages() {
		x := session.Session{ID: "team.1.x", People: []roster.ID{"me", "ben"}, State: session.Booked, Minutes: 45, Slot: &slots.Window{Start: start, End: start.Add(45 * time.Minute)},
			Parts: map[roster.ID]*session.Part{"me": {Closing: &session.Closing{Met: true, Conversation: trap}, FollowUp: &session.FollowUp{Reflection: trap}}}}
		book := playbooks.Playbook{ID: "x", Title: trap, Purpose: trap, Bring: []string{trap}, Steps: []playbooks.Step{{Minutes: 5, Title: trap, Text: trap, Say: []string{trap}}}}
		me := roster.Person{ID: "me", Name: trap, Mail: "me@evil.example", Department: trap}
		scene := prompt.Scene{Session: x, Me: me, Partners: []roster.Person{{ID: "ben", Name: trap}}, Playbook: book, Zone: time.UTC}
		say := prompt.In(lang)
		messages := map[string]prompt.Message{"data": say.Knows(prompt.Known{Member: roster.Member{Person: me, Standing: roster.In}, Zone: time.UTC, Sessions: []prompt.Scene{scene}}),
			"result": say.PulseResult(prompt.Pulse{Programme: trap}, prompt.Result{Answers: 12, Band: "3-5", Texts: []string{trap}}, me)}
		for _, tag := range []string{session.Pairing, session.Moved + "-1", session.Prepare + "-0", session.Guide + "-0", session.CloseUp, session.Ask + "-0"} {
			messages[tag] = say.Prompt(scene, tag)
		}
		for name, m := range messages {
			raw, err := Card(m)
			if err != nil {
				t.Fatalf("%s in %s: %v", name, lang, err)
			}
			all["trap-"+name+"."+lang] = raw
		}
	}
	return all
}

func TestWhatPeopleWriteStaysText(t *testing.T) {
	link, ours := regexp.MustCompile(`(^|[^\\])\]\(https:`), regexp.MustCompile(`^\{\{(DATE|TIME)\([-0-9T:Z,LONG]*\)\}\}( – \{\{TIME\([-0-9T:Z]*\)\}\})?$`)
	for name, raw := range trapped(t) {
		var card any
		if err := json.Unmarshal(raw, &card); err != nil {
			t.Fatal(err)
		}
		var walk func(v any)
		walk = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				for _, key := range []string{"text", "title", "value", "label"} {
					s, _ := v[key].(string)
					marked := v["type"] == "TextBlock" || v["type"] == nil // text runs, labels and buttons know no Markdown
					if marked && link.MatchString(s) || strings.Contains(s, "https://") || strings.Contains(s, "www.evil") || strings.Contains(s, "\u202e") || strings.Contains(s, "{{") && !ours.MatchString(s) {
						t.Errorf("%s: %q", name, s)
					}
				}
				for _, child := range v {
					walk(child)
				}
			case []any:
				for _, child := range v {
					walk(child)
				}
			}
		}
		walk(card.(map[string]any)["body"])
	}
}

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

// modules answers the folder with the linter's npm packages, installed once a machine and
// version; see testdata/cardlint/package-lock.json.
func modules(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node", "no program of that name")
	}
	lock, err := os.ReadFile("testdata/cardlint/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		missing(t, "node", err.Error())
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, "rapport-cardlint", hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(filepath.Join(dir, "done")); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := os.ReadFile(filepath.Join("testdata", "cardlint", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if said, err := install.CombinedOutput(); err != nil {
		missing(t, "node", fmt.Sprintf("npm ci: %v: %s", err, said))
	}
	if err := os.WriteFile(filepath.Join(dir, "done"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

type finding struct{ Card, View, What string }

// lint draws cards as Teams does and answers how many drawings were looked at and what is
// wrong with them. With RAPPORT_SHOTS it keeps the pictures in that folder.
func lint(t *testing.T, cards map[string][]byte) (views int, found []finding) {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "chromium", "no program of that name")
	}
	type card struct {
		Name string          `json:"name"`
		Card json.RawMessage `json:"card"`
	}
	job := struct {
		Modules  string `json:"modules"`
		Chromium string `json:"chromium"`
		Shots    string `json:"shots"`
		Cards    []card `json:"cards"`
	}{Modules: modules(t), Chromium: chromium, Shots: os.Getenv("RAPPORT_SHOTS")}
	for name, raw := range cards {
		job.Cards = append(job.Cards, card{name, raw})
	}
	slices.SortFunc(job.Cards, func(a, b card) int { return strings.Compare(a.Name, b.Name) })
	input, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	node := exec.CommandContext(ctx, "node", "testdata/cardlint/lint.mjs")
	node.Stdin = bytes.NewReader(input)
	output, err := node.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("lint: %v: %s", err, exit.Stderr)
		}
		t.Fatalf("lint: %v", err)
	}
	var report struct {
		Views    int
		Findings []finding
	}
	if err := json.Unmarshal(output, &report); err != nil {
		t.Fatal(err)
	}
	return report.Views, report.Findings
}

// TestEveryCardCanBeReadByEverybody draws every card at 300 and 600 pixels, light and dark.
func TestEveryCardCanBeReadByEverybody(t *testing.T) {
	cards := everyCard(t)
	for name, raw := range trapped(t) {
		cards[name] = raw
	}
	views, found := lint(t, cards)
	if views != 4*len(cards) {
		t.Errorf("%d views of %d cards", views, len(cards))
	}
	for _, f := range found {
		t.Errorf("%s, %s: %s", f.Card, f.View, f.What)
	}
}

// TestTheLintFindsWhatIsWrong shows it one card for each kind of fault.
func TestTheLintFindsWhatIsWrong(t *testing.T) {
	wide := strings.Repeat("Donaudampfschiffahrt", 8)
	faults := map[string]struct{ body, what string }{
		"schema":   {`{"type": "TextBlock", "txt": "x"}`, "/body/0"},
		"unknown":  {`{"type": "Blink", "text": "x"}`, "Blink"},
		"unnamed":  {`{"type": "Input.Text", "id": "a"}`, "label"},
		"link":     {`{"type": "TextBlock", "text": "[us](https://evil.example)", "wrap": true}`, "became a link"},
		"faint":    {`{"type": "TextBlock", "text": "Read me", "color": "Warning", "wrap": true}`, "color-contrast"},
		"wide":     {`{"type": "ColumnSet", "columns": [{"type": "Column", "width": "700px", "items": [{"type": "TextBlock", "text": "x"}]}]}`, "past the edge"},
		"cut":      {`{"type": "TextBlock", "text": "` + wide + `"}`, "cut off"},
		"straight": {`{"type": "TextBlock", "text": "fine", "wrap": true}`, ""},
	}
	cards := map[string][]byte{}
	for name, f := range faults {
		cards[name] = []byte(`{"type": "AdaptiveCard", "version": "1.5", "lang": "en", "body": [` + f.body + `]}`)
	}
	_, found := lint(t, cards)
	for name, f := range faults {
		said := ""
		for _, x := range found {
			if x.Card == name {
				said += x.What + "\n"
			}
		}
		if f.what == "" && said != "" || !strings.Contains(said, f.what) {
			t.Errorf("%s: it says %q, want %q", name, said, f.what)
		}
	}
}
