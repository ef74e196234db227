package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// pair is a document as jobs has them.
type pair struct {
	A, B  string
	State string
	Score float64 `json:"score,omitempty"`
}

var noon = time.Date(2025, 3, 3, 12, 0, 0, 0, time.UTC)

// step is a step of document pair/id, minutes after noon.
func step(id, kind string, minutes int) cadence.Step {
	return cadence.Step{Kind: kind, Noun: "pair", ID: id, At: noon.Add(time.Duration(minutes) * time.Minute)}
}

// everywhere runs the promise on a real Redis and on the embedded one.
func everywhere(t *testing.T, promise func(t *testing.T, open func(Options) *Store)) {
	t.Run("redis", func(t *testing.T) {
		server := redistest.Start(t)
		promise(t, func(o Options) *Store { return opened(t, server, o) })
	})
	t.Run("embedded", func(t *testing.T) {
		promise(t, func(o Options) *Store {
			if o.Tenant == "" {
				o.Tenant = "acme"
			}
			s, err := OpenEmbedded(o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		})
	})
}

// opened opens a store on the server.
func opened(tb testing.TB, server *redistest.Server, o Options) *Store {
	tb.Helper()
	o.URL = server.URL()
	if o.Tenant == "" {
		o.Tenant = "acme"
	}
	s, err := Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestADocumentIsFoundAsItWasSaved(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		var none pair
		if v := must[int64](t)(s.Load(ctx, "pair", "p1", &none)); v != 0 || none != (pair{}) {
			t.Fatalf("nothing saved, yet found version %d %+v", v, none)
		}
		want := pair{A: "a", B: "b ö \n \"x\"", State: "proposed", Score: 0.25}
		if !must[bool](t)(s.Save(ctx, "pair", "p1", 0, want, nil)) {
			t.Fatal("the first save was refused")
		}
		var got pair
		if v := must[int64](t)(s.Load(ctx, "pair", "p1", &got)); v != 1 || got != want {
			t.Fatalf("version %d %+v, want 1 %+v", v, got, want)
		}
		if v := must[int64](t)(s.Load(ctx, "pair", "p1", nil)); v != 1 {
			t.Fatalf("without a document: version %d", v)
		}
		if v := must[int64](t)(s.Load(ctx, "round", "p1", nil)); v != 0 {
			t.Fatal("another noun sees the document")
		}
	})
}

func TestOnlyTheFirstOfTwoSavesCounts(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		save := func(version int64, state string, due ...cadence.Step) bool {
			return must[bool](t)(s.Save(ctx, "pair", "p1", version, pair{State: state}, due))
		}
		if !save(0, "first", step("p1", "session:book", 1)) || save(0, "second") || save(2, "ahead", step("p1", "other", 1)) {
			t.Fatal("a wrong version was accepted, or the right one refused")
		}
		var got pair
		s.Load(ctx, "pair", "p1", &got)
		if due := must[[]cadence.Step](t)(s.Due(ctx, noon.Add(time.Hour), 9)); got.State != "first" || len(due) != 1 || due[0].Kind != "session:book" {
			t.Fatalf("a refused save left traces: %+v %+v", got, due)
		}
		if deleted := must[bool](t)(s.Save(ctx, "pair", "p1", 9, nil, nil)); deleted {
			t.Fatal("deleted at a wrong version")
		}
	})
}

func TestOfManyWritersAtOnceExactlyOneWinsEachVersion(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		var wins atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					var n int
					v, err := s.Load(ctx, "counter", "c", &n)
					if err != nil {
						t.Error(err)
						return
					}
					ok, err := s.Save(ctx, "counter", "c", v, n+1, nil)
					if err != nil {
						t.Error(err)
					}
					if ok {
						wins.Add(1)
					}
				}
			})
		}
		wg.Wait()
		var n int64
		if v := must[int64](t)(s.Load(ctx, "counter", "c", &n)); v != wins.Load() || n != wins.Load() {
			t.Fatalf("%d wins, yet version %d and count %d", wins.Load(), v, n)
		}
	})
}

func TestStepsReplaceTheDocumentsEarlierOnes(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		due := func(minutes, limit int) []string {
			var kinds []string
			for _, d := range must[[]cadence.Step](t)(s.Due(ctx, noon.Add(time.Duration(minutes)*time.Minute), limit)) {
				kinds = append(kinds, d.ID+"/"+d.Kind+"/"+string(d.Who))
			}
			return kinds
		}
		expect := func(got []string, want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Fatalf("due %v, want %v", got, want)
			}
		}
		forAna := step("p1", "card:prepare", 2)
		forAna.Who = "ana-object-id"
		later := step("p1", "card:prepare", 7)
		later.Who = "ana-object-id"
		s.Save(ctx, "pair", "p1", 0, pair{}, []cadence.Step{step("p1", "session:book", 5), forAna, later})
		s.Save(ctx, "pair", "p2", 0, pair{}, []cadence.Step{step("p2", "session:book", 1)})
		expect(due(0, 9))
		expect(due(2, 9), "p2/session:book/", "p1/card:prepare/ana-object-id")
		expect(due(60, 2), "p2/session:book/", "p1/card:prepare/ana-object-id")
		expect(due(60, 9), "p2/session:book/", "p1/card:prepare/ana-object-id", "p1/session:book/", "p1/card:prepare/ana-object-id")
		expect(due(60, 0))
		s.Save(ctx, "pair", "p1", 1, pair{}, []cadence.Step{step("p1", "follow:ask", 3)})
		expect(due(60, 9), "p2/session:book/", "p1/follow:ask/")
		s.Save(ctx, "pair", "p2", 1, nil, nil)
		expect(due(60, 9), "p1/follow:ask/")
		s.Save(ctx, "pair", "p1", 2, pair{}, nil)
		expect(due(60, 9))
	})
}

func TestAStepComesBackExactlyToTheMillisecond(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		want := cadence.Step{Kind: "a:b", Noun: "pair", ID: "x:y/z+1", Who: "w:1", At: noon.Add(123 * time.Millisecond)}
		local := want
		local.At = want.At.In(time.FixedZone("there", 3600)).Add(400 * time.Microsecond)
		s.Save(ctx, "pair", want.ID, 0, pair{}, []cadence.Step{local, local})
		if early := must[[]cadence.Step](t)(s.Due(ctx, want.At.Add(-time.Millisecond), 9)); len(early) != 0 {
			t.Fatalf("a millisecond too early: %+v", early)
		}
		if got := must[[]cadence.Step](t)(s.Due(ctx, want.At, 9)); !slices.Equal(got, []cadence.Step{want}) {
			t.Fatalf("got %+v, want once %+v", got, want)
		}
	})
}

func TestADocumentMayPlanStepsForAnother(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		shared := []cadence.Step{step("p1", "session:book", 1)}
		s.Save(ctx, "round", "r1", 0, "a round", shared)
		s.Save(ctx, "pair", "p1", 0, pair{}, shared)
		s.Save(ctx, "pair", "p1", 1, pair{}, nil)
		if got := must[[]cadence.Step](t)(s.Due(ctx, noon.Add(time.Hour), 9)); !slices.Equal(got, shared) {
			t.Fatalf("the round's own step is gone with the pair's: %+v", got)
		}
	})
}

func TestIDsAreSortedAndDeletedOnesAreGone(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		for _, id := range []string{"c", "a", "b"} {
			s.Save(ctx, "pair", id, 0, pair{}, nil)
		}
		s.Save(ctx, "round", "z", 0, 1, nil)
		s.Save(ctx, "pair", "b", 1, nil, nil)
		if n := s.client.SCard(ctx, s.idsKey("pair")).Val(); n != 2 {
			t.Fatalf("%d ids are remembered of two documents", n)
		}
		if ids := must[[]string](t)(s.IDs(ctx, "pair")); !slices.Equal(ids, []string{"a", "c"}) {
			t.Fatalf("ids %v", ids)
		}
		if ids := must[[]string](t)(s.IDs(ctx, "nothing")); len(ids) != 0 {
			t.Fatalf("ids of nothing: %v", ids)
		}
		if !must[bool](t)(s.Save(ctx, "pair", "b", 0, pair{}, nil)) {
			t.Fatal("a deleted document cannot be created again")
		}
		if ids := must[[]string](t)(s.IDs(ctx, "pair")); !slices.Equal(ids, []string{"a", "b", "c"}) {
			t.Fatalf("ids %v", ids)
		}
	})
}

func TestManyIDs(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		for i := range 2*idsAtOnce + 3 {
			s.Save(ctx, "pair", fmt.Sprintf("%06d", i), 0, i, nil)
		}
		ids := must[[]string](t)(s.IDs(ctx, "pair"))
		if len(ids) != 2*idsAtOnce+3 || !slices.IsSorted(ids) {
			t.Fatalf("%d ids, sorted %v", len(ids), slices.IsSorted(ids))
		}
	})
}

func TestFinishedDocumentsExpireAndUnfinishedOnesDoNot(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{Keep: map[string]time.Duration{"pair": time.Second}}), t.Context()
		s.Save(ctx, "pair", "finished", 0, pair{}, nil)
		s.Save(ctx, "pair", "waiting", 0, pair{}, nil)
		s.Save(ctx, "pair", "waiting", 1, pair{}, []cadence.Step{step("waiting", "a:b", 1)})
		s.Save(ctx, "round", "kept", 0, pair{}, nil)
		eventually(t, func() bool { return must[int64](t)(s.Load(ctx, "pair", "finished", nil)) == 0 })
		if ids := must[[]string](t)(s.IDs(ctx, "pair")); !slices.Equal(ids, []string{"waiting"}) {
			t.Fatalf("ids %v", ids)
		}
		if n := s.client.SCard(ctx, s.idsKey("pair")).Val(); n != 1 {
			t.Fatalf("the expired id is still remembered: %d", n)
		}
		if v := must[int64](t)(s.Load(ctx, "round", "kept", nil)); v != 1 {
			t.Fatal("a noun without a limit expired")
		}
		if !must[bool](t)(s.Save(ctx, "pair", "finished", 0, pair{}, nil)) {
			t.Fatal("an expired document cannot be created again")
		}
	})
}

func TestTenantsDoNotSeeEachOther(t *testing.T) {
	server := redistest.Start(t)
	ours, theirs := opened(t, server, Options{Tenant: "ours"}), opened(t, server, Options{Tenant: "theirs"})
	ctx := t.Context()
	ours.Save(ctx, "pair", "p", 0, pair{}, []cadence.Step{step("p", "a:b", 0)})
	if err := ours.Remember(ctx, "k", []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	leave, err := ours.Enter(ctx, "gate", 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	v, _ := theirs.Load(ctx, "pair", "p", nil)
	due, _ := theirs.Due(ctx, noon.Add(time.Hour), 9)
	ids, _ := theirs.IDs(ctx, "pair")
	note, _ := theirs.Recall(ctx, "k")
	if v != 0 || len(due)+len(ids)+len(note) != 0 {
		t.Fatal("the other tenant sees ours")
	}
	go2, err := theirs.Enter(ctx, "gate", 1, time.Minute)
	if err != nil {
		t.Fatal("our gate stops theirs: ", err)
	}
	go2()
}

func TestWhatIsHandedInWrongIsRefusedForGood(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		bad := func(e error) bool {
			var it interface{ Permanent() bool }
			return errors.As(e, &it) && it.Permanent()
		}
		var nobody *pair
		save := func(noun, id string, v int64, doc any, due ...cadence.Step) error {
			ok, err := s.Save(ctx, noun, id, v, doc, due)
			if ok {
				t.Error("saved: ", noun, id, doc)
			}
			return err
		}
		for name, err := range map[string]error{
			"empty noun":        save("", "a", 0, 1),
			"noun with a colon": save("pa:ir", "a", 0, 1),
			"id with a space":   save("pair", "a b", 0, 1),
			"id with a brace":   save("pair", "a}b", 0, 1),
			"id is an address":  save("pair", "ana@acme.test", 0, 1),
			"id with a newline": save("pair", "a\nb", 0, 1),
			"id not ASCII":      save("pair", "jörg", 0, 1),
			"long id":           save("pair", strings.Repeat("x", maxToken+1), 0, 1),
			"version below 0":   save("pair", "a", -1, 1),
			"nil pointer":       save("pair", "a", 0, nobody),
			"not JSON":          save("pair", "a", 0, func() {}),
			"deleted with step": save("pair", "a", 0, nil, step("a", "a:b", 0)),
			"step without kind": save("pair", "a", 0, 1, step("a", "", 0)),
			"step about nobody": save("pair", "a", 0, 1, step("", "a:b", 0)),
			"ids of no noun":    second(s.IDs(ctx, "a:b")),
			"load without id":   second(s.Load(ctx, "pair", "", nil)),
			"gate without room": second(s.Enter(ctx, "g", 0, time.Second)),
			"note without key":  s.Remember(ctx, "", nil, 0),
		} {
			if !bad(err) {
				t.Errorf("%s: not refused for good: %v", name, err)
			} else if strings.Contains(err.Error(), "acme.test") {
				t.Errorf("%s: the error repeats what was handed in: %v", name, err)
			}
		}
		if ids := must[[]string](t)(s.IDs(ctx, "pair")); len(ids) != 0 {
			t.Fatalf("something was written: %v", ids)
		}
		must[bool](t)(s.Save(ctx, "pair", "text", 0, "just a text", nil))
		if _, err := s.Load(ctx, "pair", "text", &pair{}); !bad(err) {
			t.Fatalf("a document that does not fit: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// eventually waits a few seconds for what Redis does by itself.
func eventually(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatal("did not happen in five seconds")
}
