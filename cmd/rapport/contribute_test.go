package main

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
)

// Stories about a library that evolves.

// workshopTown is Ana and Ben, who takes part and is the only curator.
func workshopTown(t *testing.T) (w *town, ana, ben *visitor) {
	t.Helper()
	w = newTown(t, two(), reachable)
	w.start(actWithin, func(c *config.Config) { c.Web.Curators = []string{string(w.id("Ben"))} })
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	return w, w.browser(), w.browser()
}

func (w *town) book(id string) playbooks.Playbook {
	w.Helper()
	b, there := w.app.crew.Library().Find(id)
	if !there {
		w.Fatalf("there is no playbook %s", id)
	}
	return b
}

// offers are what somebody offered.
func (w *town) offers(who string) []curation.Contribution {
	w.Helper()
	all, err := jobs.Workshop{Crew: w.app.crew}.Mine(w.Context(), w.id(who))
	w.must(err)
	return all
}

var textarea = regexp.MustCompile(`(?s)<textarea id="text"[^>]*>\n(.*?)</textarea>`)

func TestAnImprovementIsAskedAboutPublishedUsedAndUndone(t *testing.T) {
	t.Parallel()
	w, ana, ben := workshopTown(t)
	before := w.book("listening-sprint")
	const better = "What did you hear that was never said?"
	page := ana.signIn("Ana", "/contribute/new?kind=improvement&playbook=listening-sprint")
	text := strings.Replace(html.UnescapeString(textarea.FindStringSubmatch(page)[1]), before.Debrief[0], better, 1)
	form := []string{"kind", "improvement", "playbook", before.ID, "base", strconv.Itoa(before.Version), "text", text, "credit", "yes"}
	if code, shown := ana.post("/contribute/new", page, append(form, "do", "preview")...); code != 200 || !strings.Contains(shown, better) || len(w.offers("Ana")) != 0 {
		t.Fatalf("the preview answers %d and keeps %d", code, len(w.offers("Ana")))
	}
	if code, said := ana.post("/contribute/new", page, append(form, "do", "send")...); code != 303 {
		t.Fatalf("%d: %s", code, said)
	}
	path := "/contribute/" + w.offers("Ana")[0].ID
	desk := ben.signIn("Ben", "/curate")
	if !strings.Contains(desk, path) {
		t.Fatalf("the curator does not see it: %s", desk)
	}
	_, page = ben.get(path)
	if !strings.Contains(page, "<ins>+ ") || !strings.Contains(page, better) {
		t.Errorf("the curator does not see what changes")
	}
	ben.post(path, page, "act", "ask", "words", "Why this question?")
	w.After(2 * time.Hour)
	w.Sees("Ana", says("offer.ask.title", before.Title), "Why this question?")
	_, mine := ana.get(path)
	ana.post(path, mine, "act", "reply", "words", "It made my partner think.")
	for _, file := range []string{"/me/export.json", "/me/export.html"} {
		if _, taken := ana.get(file); !strings.Contains(taken, "It made my partner think.") || !strings.Contains(taken, better) || !strings.Contains(taken, "Why this question?") {
			t.Errorf("%s lacks what she offered, or what was said about it", file)
		}
	}
	if said := w.offers("Ana")[0].Notes[0]; !said.Curator || said.By != "" {
		t.Errorf("Ana is told which curator asked: %+v", said)
	}
	_, page = ben.get(path)
	if !strings.Contains(page, "It made my partner think.") {
		t.Errorf("the curator does not read the answer")
	}
	ben.post(path, page, "act", "accept")
	w.After(2 * time.Hour)
	w.Sees("Ana", says("offer.accept.title", before.Title))
	now := w.book(before.ID)
	if now.Version != before.Version+1 || now.Debrief[0] != better || !slices.Contains(now.Authors, "Ana Alves") {
		t.Errorf("version %d by %v asks %q", now.Version, now.Authors, now.Debrief[0])
	}
	w.At("Wed 7 Oct 10:01")
	if b := w.guideOf("Ben"); b.ID != before.ID || b.Debrief[0] != better {
		t.Errorf("Ben is guided by %s, %q", b.ID, b.Debrief[0])
	}
	w.Types("Ana", "forget me")
	w.Presses("Ana", "member:forget-yes")
	w.After(time.Hour)
	if b := w.book(before.ID); slices.Contains(b.Authors, "Ana Alves") || b.Debrief[0] != better {
		t.Errorf("after she was forgotten it is by %v and asks %q", b.Authors, b.Debrief[0])
	}
	if strings.Contains(w.everything(), "It made my partner think.") {
		t.Error("what Ana wrote to the curator is still kept")
	}
	_, page = ben.get(path)
	if code, _ := ben.post(path, page, "act", "undo"); code != 303 {
		t.Fatalf("undo: %d", code)
	}
	if b := w.book(before.ID); b.Version != before.Version+2 || b.Debrief[0] != before.Debrief[0] {
		t.Errorf("undone, version %d asks %q", b.Version, b.Debrief[0])
	}
	w.audit()
}

func TestANewPlaybookThatIsUndoneStaysWithWhoHasIt(t *testing.T) {
	t.Parallel()
	w, ana, ben := workshopTown(t)
	fresh := w.book("listening-sprint")
	fresh.ID, fresh.Title, fresh.Version = "listening-at-work", "Listening at work", 1
	page := ana.signIn("Ana", "/contribute/new?kind=playbook")
	if code, said := ana.post("/contribute/new", page, "kind", "playbook", "text", string(fresh.Markdown()), "do", "send"); code != 303 {
		t.Fatalf("%d: %s", code, said)
	}
	path := "/contribute/" + w.offers("Ana")[0].ID
	ben.signIn("Ben", "/curate")
	_, page = ben.get(path)
	ben.post(path, page, "act", "accept")
	if b := w.book(fresh.ID); !slices.Equal(b.Authors, []string{curation.Nobody}) {
		t.Errorf("she did not ask to be named: %v", b.Authors)
	}
	_, page = ben.get(path)
	ben.post(path, page, "act", "undo")
	lib := w.app.crew.Library()
	if _, there := lib.Find(fresh.ID); !there || slices.ContainsFunc(lib.All(), func(p playbooks.Playbook) bool { return p.ID == fresh.ID }) {
		t.Errorf("found by its id: %v; the library lists %d", there, len(lib.All()))
	}
	w.audit()
}

func TestAHostileTextIsRefusedAndSaysWhy(t *testing.T) {
	t.Parallel()
	w, ana, _ := workshopTown(t)
	page := ana.signIn("Ana", "/contribute/new?kind=story&playbook=rehearse-it")
	for text, why := range map[string]string{
		"I saw <script>alert(1)</script> there": "text",
		"Look at [this](https://evil.example)":  "text",
		strings.Repeat("far too much ", 200):    "1500",
		"What I heard \u202e backwards":         "text",
	} {
		code, said := ana.post("/contribute/new", page, "kind", "story", "playbook", "rehearse-it", "text", text, "share", "yes", "do", "send")
		if code != 422 || !strings.Contains(said, why) || strings.Contains(said, "<script") {
			t.Errorf("%.30q: %d", text, code)
		}
	}
	if code, said := ana.post("/contribute/new", page, "kind", "story", "playbook", "rehearse-it", "text", "It went well.", "do", "send"); code != 422 || !strings.Contains(said, "consent") {
		t.Errorf("a story without consent to share it: %d", code)
	}
	if n := len(w.offers("Ana")); n != 0 {
		t.Errorf("%d were kept", n)
	}
}

func TestAStoryIsToldByConsentAndTakenBack(t *testing.T) {
	t.Parallel()
	w, ana, ben := workshopTown(t)
	page := ana.signIn("Ana", "/contribute/new?kind=story&playbook=rehearse-it")
	ana.post("/contribute/new", page, "kind", "story", "playbook", "rehearse-it", "text", "We laughed, and then it was easy.", "share", "yes", "do", "send")
	path := "/contribute/" + w.offers("Ana")[0].ID
	ben.signIn("Ben", "/curate")
	_, page = ben.get(path)
	ben.post(path, page, "act", "accept")
	if _, book := ben.get("/library/rehearse-it"); !strings.Contains(book, "We laughed") || strings.Contains(book, "Ana Alves") {
		t.Error("the story is not told, or names her though she did not ask for it")
	}
	if _, public := w.browser().get("/library/rehearse-it"); strings.Contains(public, "We laughed") {
		t.Error("a stranger reads it")
	}
	_, mine := ana.get(path)
	ana.post(path, mine, "act", "withdraw")
	if _, book := ben.get("/library/rehearse-it"); strings.Contains(book, "We laughed") {
		t.Error("taken back, and still told")
	}
	w.audit()
}

func TestAWordForAPlaybookThatMovedOnIsNotWrittenOverIt(t *testing.T) {
	t.Parallel()
	w, ana, ben := workshopTown(t)
	book := w.book("rehearse-it")
	page := ana.signIn("Ana", "/contribute/new?kind=improvement&playbook=rehearse-it")
	text := strings.Replace(string(book.Markdown()), book.Debrief[0], "What was harder than you thought?", 1)
	ana.post("/contribute/new", page, "kind", "improvement", "playbook", book.ID, "base", strconv.Itoa(book.Version), "text", text, "do", "send")
	path := "/contribute/" + w.offers("Ana")[0].ID
	ben.signIn("Ben", "/curate")
	_, desk := ben.get(path)
	ben.post(path, desk, "act", "ask", "words", "Why?")
	ben.post("/contribute/new", desk, "kind", "prompt", "playbook", book.ID, "text", "What would a friend say to that?", "do", "send")
	other := "/contribute/" + w.offers("Ben")[0].ID
	_, desk = ben.get(other)
	ben.post(other, desk, "act", "accept") // the only curator decides about their own, too
	if w.book(book.ID).Version != book.Version+1 {
		t.Fatal("the playbook did not move on")
	}
	_, mine := ana.get(path)
	same := html.UnescapeString(textarea.FindStringSubmatch(mine)[1])
	if code, _ := ana.post(path, mine, "act", "reply", "text", same, "words", "It helped us."); code != 303 {
		t.Errorf("an answer without a new text: %d", code)
	}
	if code, said := ana.post(path, mine, "act", "reply", "text", same+"\n", "words", "And again."); code != 303 {
		t.Errorf("a line end is no new text: %d %s", code, said)
	}
	changed := strings.Replace(same, "What was harder than you thought?", "What was easier than you thought?", 1)
	if code, said := ana.post(path, mine, "act", "reply", "text", changed); code != 422 || !strings.Contains(said, "by now") {
		t.Errorf("new words for an old version: %d", code)
	}
	_, desk = ben.get(path)
	if code, said := ben.post(path, desk, "act", "accept"); code != 422 || !strings.Contains(said, "by now") {
		t.Errorf("an old version is published: %d", code)
	}
}
