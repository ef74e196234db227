package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

func TestAnAdministratorExportsExplainsAndErasesOnePerson(t *testing.T) {
	t.Parallel()
	w := newTown(t, three())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	mails := map[string]string{}
	for _, p := range w.tenant.People() {
		mails[firstName(p.Name)] = p.Mail
	}
	ana, err := w.app.named(t.Context(), strings.ToUpper(mails["Ana"]))
	if err != nil || ana != w.id("Ana") {
		t.Fatal(ana, err)
	}

	var out bytes.Buffer
	w.must(exportPerson(t.Context(), w.app, ana, &out))
	var records []jobs.Record
	w.must(json.Unmarshal(out.Bytes(), &records))
	if len(records) != 1 || records[0].Member.Person.ID != ana || len(records[0].Sessions) != 1 {
		t.Errorf("%s", out.String())
	}
	if strings.Contains(out.String(), mails["Ben"]) {
		t.Error("the export says more of Ben than his name")
	}

	out.Reset()
	w.must(whyPerson(t.Context(), w.app, ana, &out))
	if text := out.String(); !strings.Contains(text, "peers: in\n") || !strings.Contains(text, "round 1: paired (") || strings.Contains(text, "Ben") || strings.Contains(text, string(w.id("Ben"))) {
		t.Error(text)
	}
	out.Reset()
	w.must(whyPerson(t.Context(), w.app, w.id("Cleo"), &out))
	if text := out.String(); !strings.Contains(text, "peers: invited\n") || !strings.Contains(text, "took no part") {
		t.Error(text)
	}
	out.Reset()
	w.must(whyPerson(t.Context(), w.app, "nobody", &out))
	if !strings.Contains(out.String(), "in no programme") {
		t.Error(out.String())
	}

	if n, err := erasePerson(t.Context(), w.app, ana); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := erasePerson(t.Context(), w.app, ana); n != 0 || err != nil {
		t.Error("erased again:", n, err)
	}
	if _, err := erasePerson(t.Context(), w.app, "nobody"); err == nil {
		t.Error("nobody was erased")
	}
	w.At("Wed 7 Oct 12:00")
	if m := w.member("Ana"); m.Standing != roster.Forgotten || m.Person.Name != "" || m.Person.Mail != "" {
		t.Errorf("%+v", m)
	}
	if _, err := w.app.named(t.Context(), mails["Ana"]); err == nil {
		t.Error("she can still be found by her address")
	}
}

func TestThePersonCommandsAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	c := newClinic(t, redistest.Start(t).URL())
	st, err := store.Open(t.Context(), store.Options{URL: redisOf(t, c), Tenant: c.tenant.Credentials().TenantID})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	m := roster.Member{Programme: "peers", Standing: roster.In, Person: roster.Person{ID: "a", Name: "Ana Alves", Mail: "ana@x.example"}}
	if ok, err := st.Save(t.Context(), jobs.MemberNoun, "peers.a", 0, m, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	typed := func(args ...string) (string, error) {
		var out bytes.Buffer
		p := personCommand()
		p.SetOut(&out)
		p.SetErr(&out)
		p.SilenceUsage, p.SilenceErrors = true, true
		p.SetArgs(append(args, "--config", c.file))
		err := p.ExecuteContext(t.Context())
		return out.String(), err
	}
	file := filepath.Join(t.TempDir(), "ana.json")
	if said, err := typed("export", "ana@x.example", "--out", file); err != nil {
		t.Error(said, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	if said, err := typed("why", "a"); err != nil || !strings.Contains(said, "peers: in") || !strings.Contains(said, "no round") {
		t.Error(said, err)
	}
	if _, err := typed("erase", "ana@x.example"); err == nil || !strings.Contains(err.Error(), "--yes") {
		t.Error(err)
	}
	if said, err := typed("erase", "ana@x.example", "--yes"); err != nil || !strings.Contains(said, "1 programmes") {
		t.Error(said, err)
	}
	if _, err := typed("why", "ana@x.example"); err == nil || strings.Contains(err.Error(), "ana") {
		t.Error(err)
	}
}
