package store

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
)

var backupDay = time.Date(2026, time.October, 5, 6, 0, 0, 0, time.UTC)

// furnish gives a store some of everything, and answers what it now holds.
func furnish(t *testing.T, s *Store, n int) {
	t.Helper()
	for i := range n {
		id := fmt.Sprintf("p.%d:x", i)
		due := []cadence.Step{{Kind: "member:invite", Noun: "member", ID: id, Who: "w", At: backupDay.Add(time.Duration(i) * time.Second)},
			{Kind: "session:book", Noun: "session", ID: "other", At: backupDay}}[:i%3]
		for v := range int64(1 + i%4) {
			if ok, err := s.Save(t.Context(), "member", id, v, map[string]any{"name": fmt.Sprint("Ä\n\"", i), "v": v}, due); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
	}
	for key, keep := range map[string]time.Duration{"a@b.example": 0, "soon": time.Hour} {
		if err := s.Remember(t.Context(), key, []byte{0, 1, 255}, keep); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := s.Save(t.Context(), "finished", "f", 0, 1, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := s.Save(t.Context(), "finished", "gone", 0, 1, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := s.Save(t.Context(), "finished", "gone", 1, nil, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, err := s.Grip(t.Context(), "task", "me", time.Minute); err != nil {
		t.Fatal(err)
	}
}

// told is everything a store says about what furnish put into it.
func told(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	for _, noun := range []string{"member", "finished"} {
		ids, err := s.IDs(t.Context(), noun)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			var doc any
			v, err := s.Load(t.Context(), noun, id, &doc)
			fmt.Fprintln(&b, noun, id, v, doc, err)
		}
	}
	due, err := s.Due(t.Context(), backupDay.AddDate(1, 0, 0), 100_000)
	fmt.Fprintln(&b, due, err)
	for _, key := range []string{"a@b.example", "soon"} {
		note, err := s.Recall(t.Context(), key)
		fmt.Fprintln(&b, key, note, err)
	}
	return b.String()
}

var keepFinished = Options{Keep: map[string]time.Duration{"finished": time.Hour}}

func TestABackupBringsEverythingBackIntoAnEmptyRedis(t *testing.T) {
	from, to := opened(t, redistest.Start(t), keepFinished), opened(t, redistest.Start(t), keepFinished)
	furnish(t, from, 1300)
	var backup bytes.Buffer
	kept, err := from.Backup(t.Context(), &backup)
	if err != nil || kept != (Kept{1301, 2}) {
		t.Fatal(kept, err)
	}
	if at, seen, err := to.Verify(bytes.NewReader(backup.Bytes())); err != nil || seen != kept || time.Since(at) > time.Minute {
		t.Fatal(at, seen, err)
	}
	if back, err := to.Restore(t.Context(), bytes.NewReader(backup.Bytes())); err != nil || back != kept {
		t.Fatal(back, err)
	}
	if a, b := told(t, from), told(t, to); a != b {
		t.Errorf("restored differs:\n%.2000s\n%.2000s", a, b)
	}
	for key, most := range map[string]time.Duration{to.docKey("finished", "f"): time.Hour, to.hidden("note", "soon"): time.Hour, to.docKey("member", "p.1:x"): -1} {
		if left := to.client.PTTL(t.Context(), key).Val(); most > 0 && (left <= 0 || left > most) || most < 0 && left > 0 {
			t.Errorf("%s is kept for %s", key, left)
		}
	}
	// It goes on as if nothing had been: versions hold, old steps go.
	if ok, err := to.Save(t.Context(), "member", "p.1:x", 2, map[string]any{}, nil); !ok || err != nil {
		t.Error("the next save after a restore:", ok, err)
	}
	due, err := to.Due(t.Context(), backupDay.AddDate(1, 0, 0), 100_000)
	for _, d := range due {
		if d.ID == "p.1:x" {
			t.Error("a step of the old version is still due", err)
		}
	}
	if note, _ := to.Recall(t.Context(), RestoredKey); note == nil {
		t.Error("nobody remembers that this was restored")
	}
}

func TestARestoreRefusesARedisInUseAndADamagedBackup(t *testing.T) {
	from := opened(t, redistest.Start(t), keepFinished)
	furnish(t, from, 30)
	var backup bytes.Buffer
	if _, err := from.Backup(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Restore(t.Context(), bytes.NewReader(backup.Bytes())); err == nil || !strings.Contains(err.Error(), "empty one") {
		t.Error("restored over what is there:", err)
	}
	text := backup.String()
	lines := strings.SplitAfter(text, "\n")
	for name, bad := range map[string]string{
		"empty": "", "no backup": "hello", "cut in a line": text[:len(text)/2], "cut between lines": strings.Join(lines[:20], ""),
		"a line too few": strings.Join(append(append([]string{}, lines[:5]...), lines[6:]...), ""),
		"of the future":  strings.Replace(text, `"rapport_backup":1`, `"rapport_backup":2`, 1),
		"of another":     strings.Replace(text, `"tenant":"acme"`, `"tenant":"other"`, 1),
	} {
		if _, _, err := from.Verify(strings.NewReader(bad)); err == nil || !asError(t, err).Permanent() {
			t.Errorf("%s is taken for a backup: %v", name, err)
		}
	}
}

func TestWhatExpiredSinceTheBackupStaysAway(t *testing.T) {
	from, to := opened(t, redistest.Start(t), Options{}), opened(t, redistest.Start(t), Options{})
	if err := from.Remember(t.Context(), "soon", []byte("x"), 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if _, err := from.Backup(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	time.Sleep(60 * time.Millisecond)
	if _, err := to.Restore(context.Background(), &backup); err != nil {
		t.Fatal(err)
	}
	if note, err := to.Recall(t.Context(), "soon"); note != nil || err != nil {
		t.Error("it is back", err)
	}
}

func FuzzABackupThatIsNone(f *testing.F) {
	s, err := OpenEmbedded(Options{Tenant: "acme"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Add([]byte(`{"rapport_backup":1,"tenant":"acme"}` + "\n" + `{"doc":"a:b","v":"1","steps":"x y","body":"{}"}` + "\n" + `{"end":{"documents":1,"notes":0}}`))
	f.Add([]byte(`{"rapport_backup":1,"tenant":"acme"}{"end":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, _, err := s.Verify(bytes.NewReader(data)); err != nil {
			return
		}
		_ = s.client.FlushAll(t.Context()).Err()
		_, _ = s.Restore(t.Context(), bytes.NewReader(data)) // must not panic
	})
}
