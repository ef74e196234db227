package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// remembered is a document as the model has it.
type remembered struct {
	version int64
	body    string
	due     map[cadence.Step]bool
}

// model is a Store in a map.
type model map[string]*remembered

func (m model) due(now time.Time) []cadence.Step {
	var steps []cadence.Step
	for _, d := range m {
		for s := range d.due {
			if !s.At.After(now) {
				steps = append(steps, s)
			}
		}
	}
	return sorted(steps)
}

// sorted orders steps fully; Due promises only the order of moments.
func sorted(steps []cadence.Step) []cadence.Step {
	slices.SortFunc(steps, func(a, b cadence.Step) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Who, b.Who))
	})
	return steps
}

func TestTheStoreBehavesLikeAMap(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			s.tenant = fmt.Sprint("run", run) // a fresh corner of the same Redis
			likeAMap(t, rt, s)
		})
	})
}

func likeAMap(t *testing.T, rt *rapid.T, s *Store) {
	ctx, m := t.Context(), model{}
	id := rapid.SampledFrom([]string{"a", "b", "c:1", "d/2"})
	moment := rapid.Map(rapid.IntRange(0, 50), func(ms int) time.Time { return noon.Add(time.Duration(ms) * time.Millisecond) })
	rt.Repeat(map[string]func(*rapid.T){
		"save": func(rt *rapid.T) {
			id := id.Draw(rt, "id")
			was := m[id]
			if was == nil {
				was = &remembered{}
			}
			version := max(0, was.version+int64(rapid.SampledFrom([]int{0, 0, 0, 0, 1, -1}).Draw(rt, "off")))
			body, due := rapid.String().Draw(rt, "body"), map[cadence.Step]bool{}
			for range rapid.IntRange(0, 3).Draw(rt, "steps") {
				due[cadence.Step{
					Kind: rapid.SampledFrom([]string{"session:book", "card:close"}).Draw(rt, "kind"), Noun: "pair", ID: id,
					Who: rapid.SampledFrom([]roster.ID{"", "ana", "ben"}).Draw(rt, "who"), At: moment.Draw(rt, "at"),
				}] = true
			}
			ok, err := s.Save(ctx, "pair", id, version, body, slices.Collect(maps.Keys(due)))
			if want := version == was.version; err != nil || ok != want {
				rt.Fatalf("save at %d of %d: %v %v", version, was.version, ok, err)
			}
			if ok {
				m[id] = &remembered{version + 1, body, due}
			}
		},
		"delete": func(rt *rapid.T) {
			id := id.Draw(rt, "id")
			var version int64
			if was := m[id]; was != nil {
				version = was.version
			}
			if ok, err := s.Save(ctx, "pair", id, version, nil, nil); !ok || err != nil {
				rt.Fatal(ok, err)
			}
			delete(m, id)
		},
		"due": func(rt *rapid.T) {
			now, limit := moment.Draw(rt, "now"), rapid.IntRange(1, 12).Draw(rt, "limit")
			all, want := must[[]cadence.Step](t)(s.Due(ctx, now, 1000)), m.due(now)
			if !slices.Equal(sorted(slices.Clone(all)), want) {
				rt.Fatalf("due %v, want %v", all, want)
			}
			some := must[[]cadence.Step](t)(s.Due(ctx, now, limit))
			if !slices.Equal(some, all[:min(limit, len(all))]) {
				rt.Fatalf("the first %d are %v of %v", limit, some, all)
			}
		},
		"": func(rt *rapid.T) {
			ids := must[[]string](t)(s.IDs(ctx, "pair"))
			if !slices.Equal(ids, slices.Sorted(maps.Keys(m))) {
				rt.Fatalf("ids %v, want %v", ids, m)
			}
			for id, want := range m {
				var body string
				if v := must[int64](t)(s.Load(ctx, "pair", id, &body)); v != want.version || body != want.body {
					rt.Fatalf("%s: %d %q, want %d %q", id, v, body, want.version, want.body)
				}
			}
		},
	})
}

func TestStepsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		token := rapid.StringMatching(`[!-?A-Z\[-z|~]{1,12}`)
		noun := rapid.StringMatching(`[a-z]{1,8}`)
		want := cadence.Step{
			Kind: token.Draw(rt, "kind"), Noun: noun.Draw(rt, "noun"), ID: token.Draw(rt, "id"),
			At: time.UnixMilli(rapid.Int64Range(-1<<45, 1<<45).Draw(rt, "at")).UTC(),
		}
		if rapid.Bool().Draw(rt, "personal") {
			want.Who = roster.ID(token.Draw(rt, "who"))
		}
		member, ok := formatStep(want, noun.Draw(rt, "owner noun"), token.Draw(rt, "owner"))
		if got, read := parseStep(member); !ok || !read || got != want {
			rt.Fatalf("%+v became %q became %+v", want, member, got)
		}
	})
}

func FuzzAMemberIsReadExactlyOrNotAtAll(f *testing.F) {
	f.Add("session:book pair p1  1740000000000")
	f.Add("session:book pair p1 ana 1740000000000 round r1")
	f.Add("a b c d 01")
	f.Add("a pair p1  1 pair p1")
	f.Fuzz(func(t *testing.T, member string) {
		step, ok := parseStep(member)
		if !ok {
			return
		}
		again, ok := formatStep(step, step.Noun, step.ID)
		if !ok || len(member) < len(again) || member[:len(again)] != again {
			t.Fatalf("%q was read as %+v, which is written %q", member, step, again)
		}
	})
}
