package jobs

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/curation"
)

// EditionNoun is what published playbooks are stored under, one document a file, by its name
// without ".md".
const EditionNoun = "edition"

// Editions is the history of one file of the library, the latest edition last. What an offer
// became is found by its id; nothing is ever taken out, so that it can be undone and explained.
type Editions struct {
	List    []Edition `json:"list"`
	Retired bool      `json:"retired,omitempty"` // the playbook was new, and its publication was undone
}

// Edition is the text of a file from some moment on.
type Edition struct {
	Version int       `json:"version"`
	Text    string    `json:"text"`             // Markdown
	Offer   string    `json:"offer,omitempty"`  // the contribution it came from; "" for a former text that was brought back
	Credit  string    `json:"credit,omitempty"` // the name that its author asked for
	Undone  bool      `json:"undone,omitempty"` // a later edition brought the former text back
	At      time.Time `json:"at"`               // UTC
}

func (e Editions) of(offer string) int {
	return slices.IndexFunc(e.List, func(x Edition) bool { return x.Offer == offer })
}

func noSteps(Editions) []cadence.Step { return nil }

// Editor keeps the living library: the playbooks that rapport or the organisation brought, and
// over them what was published since.
type Editor struct {
	Base  playbooks.Library // what the program started with
	Store Store
	Clock Clock
	Log   *slog.Logger

	renewing sync.Mutex
	living   atomic.Pointer[playbooks.Library]
	looked   atomic.Int64 // when the editions were read last, unix milliseconds of Clock
}

// LibraryRenewed is how long another copy of rapport takes at most until it shows what was
// published.
const LibraryRenewed = time.Minute

// renewWithin bounds one look at the editions, on the wall.
const renewWithin = 5 * time.Second

// Library answers the library as it was LibraryRenewed ago at most. While the editions cannot
// be read it answers the one before.
func (e *Editor) Library() playbooks.Library {
	now := e.Clock.Now().UnixMilli()
	if now-e.looked.Load() >= LibraryRenewed.Milliseconds() || e.living.Load() == nil {
		ctx, cancel := context.WithTimeout(context.Background(), renewWithin)
		defer cancel()
		if err := e.Renew(ctx); err != nil {
			e.Log.Warn("the published playbooks cannot be read; the library stays as it was", "error", err)
		}
	}
	if l := e.living.Load(); l != nil {
		return *l
	}
	return e.Base
}

// Renew reads the editions at once. One that no longer fits, because what rapport itself brings
// has changed, is left out and said in the log, by file and line and without its words.
func (e *Editor) Renew(ctx context.Context) error {
	e.renewing.Lock()
	defer e.renewing.Unlock()
	e.looked.Store(e.Clock.Now().UnixMilli())
	names, err := e.Store.IDs(ctx, EditionNoun)
	if err != nil {
		return err
	}
	var files []playbooks.File
	var retired []string
	for _, name := range names {
		var x Editions
		if _, err := e.Store.Load(ctx, EditionNoun, name, &x); err != nil {
			return err
		}
		if len(x.List) > 0 {
			files = append(files, playbooks.File{Name: name + ".md", Data: []byte(x.List[len(x.List)-1].Text)})
		}
		if x.Retired {
			retired = append(retired, name)
		}
	}
	l, err := e.Base.Join(files...)
	var problems playbooks.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			e.Log.Warn("a published playbook no longer fits the library", "file", p.File, "line", p.Line)
		}
	}
	if len(retired) > 0 {
		l = l.Without(retired...)
	}
	e.living.Store(&l)
	return nil
}

// files are the names under which an offer can have been published.
func files(d curation.Draft) []string {
	if d.Language == "" {
		return []string{d.Playbook}
	}
	return []string{d.Playbook, d.Playbook + "." + d.Language}
}

// edition finds what an offer became: the file, its history, and the place in it, -1 for nothing.
func (c *Crew) edition(ctx context.Context, o curation.Contribution) (name string, x Editions, i int, err error) {
	for _, name := range files(o.Draft) {
		var x Editions
		if _, err := c.Store.Load(ctx, EditionNoun, name, &x); err != nil {
			return "", x, -1, err
		}
		if i := x.of(o.ID); i >= 0 {
			return name, x, i, nil
		}
	}
	return "", Editions{}, -1, nil
}

// publish makes an offer the next edition of its file, once. lost says that it no longer fits,
// because the playbook changed in the same moment: then a curator has to look again.
func (c *Crew) publish(ctx context.Context, o curation.Contribution) (lost bool, err error) {
	if _, _, i, err := c.edition(ctx, o); err != nil || i >= 0 {
		return false, err
	}
	if err := c.Editor.Renew(ctx); err != nil {
		return false, err
	}
	f, err := o.Draft.Result(c.Editor.Library())
	if err != nil {
		return true, nil
	}
	p, err := playbooks.Parse(f.Name, f.Data)
	if err != nil {
		return true, nil
	}
	name := strings.TrimSuffix(f.Name, ".md")
	_, err = change(ctx, c, EditionNoun, name, noSteps, func(x Editions, _ int64) (Editions, bool, error) {
		lost = false
		if x.of(o.ID) >= 0 {
			return x, false, nil
		}
		if n := len(x.List); n > 0 && name == o.Draft.Playbook && x.List[n-1].Version >= p.Version {
			lost = true
			return x, false, nil
		}
		x.List = append(x.List, Edition{Version: p.Version, Text: string(f.Data), Offer: o.ID, Credit: o.Draft.Credit, At: c.now()})
		x.Retired = false
		return x, true, nil
	})
	if err != nil || lost {
		return lost, err
	}
	return false, c.Editor.Renew(ctx)
}

// covered says whether a later edition builds on the one an offer became: then that one has to
// be undone first.
func (c *Crew) covered(ctx context.Context, o curation.Contribution) (bool, error) {
	_, x, i, err := c.edition(ctx, o)
	return err == nil && i >= 0 && i < len(x.List)-1 && !x.List[i].Undone, err
}

// unpublish brings back, as a newer edition, what was there before an offer was published; a
// playbook that was new is retired: whoever has it in hand still finds it.
func (c *Crew) unpublish(ctx context.Context, o curation.Contribution) error {
	name, _, i, err := c.edition(ctx, o)
	if err != nil || i < 0 {
		return err
	}
	_, err = change(ctx, c, EditionNoun, name, noSteps, func(x Editions, _ int64) (Editions, bool, error) {
		i := x.of(o.ID)
		if i < 0 || x.List[i].Undone {
			return x, false, nil
		}
		before, there := c.before(name, x, i)
		x.List = slices.Clone(x.List)
		x.List[i].Undone = true
		if !there {
			x.Retired = true
			return x, true, nil
		}
		if name == o.Draft.Playbook { // a translation stays in step with its original
			before.Version = x.List[len(x.List)-1].Version + 1
		}
		x.List = append(x.List, Edition{Version: before.Version, Text: string(before.Markdown()), At: c.now()})
		return x, true, nil
	})
	if err != nil {
		return err
	}
	return c.Editor.Renew(ctx)
}

// before is the text in front of an edition: the former one, or what the program started with.
func (c *Crew) before(name string, x Editions, i int) (playbooks.Playbook, bool) {
	if i > 0 {
		p, err := playbooks.Parse(name+".md", []byte(x.List[i-1].Text))
		return p, err == nil
	}
	id, language, translated := strings.Cut(name, ".")
	if translated {
		return c.Editor.Base.In(id, language)
	}
	return c.Editor.Base.Find(id)
}

// uncredit takes a name out of everything that an offer brought into the library.
func (c *Crew) uncredit(ctx context.Context, o curation.Contribution) error {
	name, _, i, err := c.edition(ctx, o)
	if err != nil || i < 0 || o.Draft.Credit == "" {
		return err
	}
	_, err = change(ctx, c, EditionNoun, name, noSteps, func(x Editions, _ int64) (Editions, bool, error) {
		x.List = slices.Clone(x.List)
		for j, e := range x.List {
			f, err := curation.Uncredited(playbooks.File{Name: name + ".md", Data: []byte(e.Text)}, o.Draft.Credit)
			if err != nil {
				return x, false, errors.New("jobs: an edition of " + name + " cannot be read") // its problems may quote its words
			}
			x.List[j].Text = string(f.Data)
			if e.Offer == o.ID {
				x.List[j].Credit = ""
			}
		}
		return x, true, nil
	})
	if err != nil {
		return err
	}
	return c.Editor.Renew(ctx)
}
