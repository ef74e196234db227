package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// saved is a backup of a town's store.
func (w *town) saved() []byte {
	w.Helper()
	var b bytes.Buffer
	_, err := w.store.Backup(w.Context(), &b)
	w.must(err)
	return b.Bytes()
}

// moved lets rapport begin again with what a backup held, and with nothing else.
func (w *town) moved(backup []byte) {
	w.Helper()
	w.must(w.store.Close())
	var err error
	w.store, err = store.OpenEmbedded(store.Options{Tenant: "story", Keep: keepFor})
	w.must(err)
	w.Cleanup(func() { _ = w.store.Close() })
	_, err = w.store.Restore(w.Context(), bytes.NewReader(backup))
	w.must(err)
	w.start(actWithin)
	w.app.crew.Ledger.Restored, err = restored(w.Context(), w.store)
	w.must(err)
	if !w.app.crew.Ledger.Restored {
		w.Error("nobody remembers the restore")
	}
}

func TestARoundGoesOnAfterARestoreAndNothingHappensTwice(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]time.Duration{"at once": 0, "after a day that nobody remembers": day} {
		w := busyTown(t, 5, 8)
		w.At("Wed 7 Oct 12:00")
		backup := w.saved()
		before, err := count(w.Context(), w.store, w.tenant)
		w.must(err)
		w.After(lost)
		w.moved(backup)
		w.At("Fri 23 Oct 12:00")
		after, err := count(w.Context(), w.store, w.tenant)
		w.must(err)
		if after.EffectsDoubled != 0 || after.EffectsLost != 0 || after.inDoubt != 0 || after.Booked <= before.Booked || before.Pairs == 0 || after.Pairs <= before.Pairs {
			t.Errorf("%s: before %+v, after %+v", name, before, after)
		}
		t.Logf("%s: %d effects, %d twice", name, after.effects, after.EffectsDoubled)
	}
}

func TestABackupIsReadByItsKeyAloneAndComesBackOnce(t *testing.T) {
	t.Parallel()
	from, to := redistest.Start(t), redistest.Start(t)
	c := newClinic(t, from.URL())
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	env := func(url string) func(string) string {
		return func(k string) string {
			if k == "RAPPORT_REDIS_URL" {
				return url
			}
			return c.env[k]
		}
	}
	var said bytes.Buffer
	for _, name := range []string{"key", "other"} {
		if err := backup0("--make-key", at(name), &said); err != nil {
			t.Fatal(err)
		}
	}
	public := regexp.MustCompile(`age1\S+`).FindString(said.String())
	st, err := store.Open(t.Context(), store.Options{URL: from.URL(), Tenant: c.tenant.Credentials().TenantID})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	if ok, err := st.Save(t.Context(), "member", "m", 0, map[string]string{"name": "Ana Alves"}, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	o := backupOptions{config: c.file, out: at("b.age"), to: []string{public}}
	if err := backup(t.Context(), o, env(from.URL()), &said); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(at("b.age"))
	if err != nil || bytes.Contains(file, []byte("Ana")) || bytes.Contains(file, []byte("member")) {
		t.Fatal("the backup can be read by anybody", err)
	}
	if info, err := os.Stat(at("b.age")); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if err := backup(t.Context(), o, env(from.URL()), &said); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Error("a backup was written over:", err)
	}
	for name, broken := range map[string][]byte{"cut": file[:len(file)-20], "changed": append(append([]byte{}, file[:len(file)-5]...), "wrong"...), "plain": []byte("hello")} {
		if err := os.WriteFile(at(name), broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := restore(t.Context(), restoreOptions{c.file, at("key"), at(name)}, env(to.URL()), &said); err == nil {
			t.Errorf("a backup that is %s came back", name)
		}
	}
	if err := restore(t.Context(), restoreOptions{c.file, at("other"), at("b.age")}, env(to.URL()), &said); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Error("read with another key:", err)
	}
	if keys := to.Do("DBSIZE"); keys != ":0" && keys != ":1" { // what looking at it wrote
		t.Error("what was refused left something behind:", keys)
	}
	said.Reset()
	if err := restore(t.Context(), restoreOptions{c.file, at("key"), at("b.age")}, env(to.URL()), &said); err != nil || !strings.Contains(said.String(), "1 documents") {
		t.Error(said.String(), err)
	}
	if err := restore(t.Context(), restoreOptions{c.file, at("key"), at("b.age")}, env(to.URL()), &said); err == nil || !strings.Contains(err.Error(), "empty one") {
		t.Error("restored twice:", err)
	}
}

// backup0 is the command as it is typed.
func backup0(flag, value string, out *bytes.Buffer) error {
	c := backupCommand()
	c.SetOut(out)
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetArgs([]string{flag, value})
	return c.Execute()
}
