package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/jobs"
)

// clinic is a tenant, a Redis and a configuration to be checked.
type clinic struct {
	*testing.T
	tenant *m365sim.Tenant
	file   string
	env    map[string]string
	person string // somebody of the group
}

func newClinic(t *testing.T, redis string, change ...func(*m365sim.Options)) *clinic {
	t.Helper()
	o := m365sim.Options{People: 6, Seed: 1, Passive: true, AppMissing: -1}
	for _, c := range change {
		c(&o)
	}
	tenant, err := m365sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tenant.Handler())
	t.Cleanup(server.Close)
	tenant.ServeAt(server.URL)
	c := &clinic{T: t, tenant: tenant, file: filepath.Join(t.TempDir(), "rapport.yaml"), env: map[string]string{
		"RAPPORT_TENANT_SECRET_EXPIRES": time.Now().AddDate(1, 0, 0).Format(time.DateOnly),
		"RAPPORT_BOT_SECRET_EXPIRES":    time.Now().AddDate(0, 0, 10).Format(time.DateOnly),
	}}
	if err := writeSimConfig(simOptions{writeConfig: c.file, redis: redis}, tenant.Credentials(), server.URL, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, p := range tenant.People() {
		if p.Mail != tenant.Credentials().ServiceMailbox {
			c.person = p.Mail
		}
	}
	return c
}

// check answers what it found by topic, and whether it failed.
func (c *clinic) check(o checkOptions) (map[string]finding, error) {
	c.Helper()
	o.config, o.json = c.file, true
	var out bytes.Buffer
	err := check(c.Context(), o, func(k string) string { return c.env[k] }, &out)
	var got struct {
		OK       bool
		Findings []finding
	}
	if json.Unmarshal(out.Bytes(), &got) != nil {
		c.Fatalf("no JSON: %s %v", out.String(), err)
	}
	if got.OK != (err == nil) {
		c.Errorf("the JSON says %v, the exit code %v", got.OK, err)
	}
	all := map[string]finding{}
	for _, f := range got.Findings {
		if old, twice := all[f.Topic]; !twice || old.State == fine || f.State == fail {
			all[f.Topic] = f
		}
		if f.State == fail && f.Do == "" && !strings.Contains(f.Says, ":") {
			c.Errorf("%s fails and nobody says what to do", f.Topic)
		}
	}
	return all, err
}

func (c *clinic) expect(all map[string]finding, states map[string]string) {
	c.Helper()
	for topic, state := range states {
		if all[topic].State != state {
			c.Errorf("%s is %q, want %q: %s", topic, all[topic].State, state, all[topic].Says)
		}
	}
}

func durable(t *testing.T) *redistest.Server {
	t.Helper()
	return redistest.Start(t, redistest.AppendOnly("everysec"), redistest.MaxMemory("256mb"), redistest.Policy("noeviction"))
}

func TestAGoodInstallationPassesAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	c := newClinic(t, durable(t).URL())
	before := len(c.tenant.Journal())
	all, err := c.check(checkOptions{person: c.person})
	if err != nil {
		t.Error(err)
	}
	c.expect(all, map[string]string{"configuration": fine, "Redis": fine, "Redis durability": fine, "Redis memory": fine, "clock": fine, "ledger": fine,
		"secret of the tenant": fine, "secret of the bot": warn, "sign-in": fine, "bot": fine, "group of peers": fine, "free/busy": fine, "working hours": fine,
		"calendar of peers": fine, "mail of peers": fine, "card": left, "public address": warn,
		"permission User.Read.All": fine, "permission Mail.Send": warn, "permission AppCatalog.Read.All": warn})
	seen := ""
	for _, e := range c.tenant.Journal()[before:] {
		seen += e.What + " "
		if len(e.To) > 0 {
			t.Errorf("somebody heard of it: %+v", e)
		}
	}
	if seen != "event.created event.cancelled " {
		t.Errorf("outside happened: %s", seen)
	}
	st, err := store.Open(t.Context(), store.Options{URL: redisOf(t, c), Tenant: c.tenant.Credentials().TenantID})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	for _, noun := range []string{"promise", "member", "beat"} {
		if ids, err := st.IDs(t.Context(), noun); len(ids) > 0 || err != nil {
			t.Errorf("%d documents of %s, %v", len(ids), noun, err)
		}
	}
}

func redisOf(t *testing.T, c *clinic) string {
	t.Helper()
	cfg, err := loadConfig(c.file, func(k string) string { return c.env[k] })
	if err != nil {
		t.Fatal(err)
	}
	return cfg.Redis.URL.Reveal()
}

func TestSendReallySendsToThePersonWhoAgreed(t *testing.T) {
	t.Parallel()
	c := newClinic(t, durable(t).URL())
	all, err := c.check(checkOptions{person: c.person, send: true})
	if err != nil {
		t.Error(err)
	}
	c.expect(all, map[string]string{"mail of peers": fine, "card": fine, "reading back": fine})
	i := slices.IndexFunc(c.tenant.People(), func(p m365sim.PersonLine) bool { return p.Mail == c.person })
	desk, _ := c.tenant.Desk(c.tenant.People()[i].ID)
	if len(desk.Chat) != 1 || len(desk.Mail) != 1 {
		t.Errorf("%d cards and %d mails arrived", len(desk.Chat), len(desk.Mail))
	}
}

func TestEveryTroubleHasItsLine(t *testing.T) {
	t.Parallel()
	server := durable(t)
	for name, x := range map[string]struct {
		roles  []string
		fault  m365sim.Fault
		change func(*clinic)
		o      checkOptions
		want   map[string]string
		says   string // somewhere
	}{
		"a secret that is wrong": {change: func(c *clinic) { c.write(".client-secret", "wrong") },
			want: map[string]string{"sign-in": fail, "bot": fine, "Redis": fine}, says: "has the secret run out"},
		"a bot's secret that is wrong":    {change: func(c *clinic) { c.write(".bot-secret", "wrong") }, want: map[string]string{"bot": fail, "sign-in": fine}, says: "make a new secret"},
		"a secret that ran out":           {change: func(c *clinic) { c.env["RAPPORT_TENANT_SECRET_EXPIRES"] = "2020-01-01" }, want: map[string]string{"secret of the tenant": fail}},
		"an end that nobody knows":        {change: func(c *clinic) { delete(c.env, "RAPPORT_TENANT_SECRET_EXPIRES") }, want: map[string]string{"secret of the tenant": warn}, says: "Application.Read.All, which is too much"},
		"a missing permission":            {roles: []string{"GroupMember.Read.All"}, want: map[string]string{"permission User.Read.All": fail, "permission Mail.Send": fine, "permission GroupMember.Read.All": fine}, says: "New-MgServicePrincipalAppRoleAssignment"},
		"a permission that is too wide":   {roles: []string{"Directory.Read.All", "Sites.Read.All", "TeamsAppInstallation.ReadForUser.All", "Chat.Read.WhereInstalled"}, want: map[string]string{"permission User.Read.All": warn, "permission Sites.Read.All": warn}, says: "Remove-MgServicePrincipalAppRoleAssignment"},
		"a group that cannot be read":     {fault: m365sim.Fault{Match: m365sim.Match{Path: "/groups/"}, Do: "fail", Status: 403}, want: map[string]string{"group of peers": fail, "mail of peers": fine}},
		"a calendar that is out of reach": {fault: m365sim.Fault{Match: m365sim.Match{Method: "POST", Path: "/events$"}, Do: "fail", Status: 403}, want: map[string]string{"calendar of peers": fail, "mail of peers": fine}, says: "Calendars.ReadWrite"},
		"a mailbox that may not write":    {fault: m365sim.Fault{Match: m365sim.Match{Method: "POST", Path: "/messages$"}, Do: "fail", Status: 403}, want: map[string]string{"mail of peers": fail, "calendar of peers": fine}},
		"a draft that stays":              {fault: m365sim.Fault{Match: m365sim.Match{Method: "DELETE", Path: "/messages/"}, Do: "fail", Status: 500}, want: map[string]string{"mail of peers": fail}},
		"somebody who is in no group":     {o: checkOptions{person: "nobody@contoso.example"}, want: map[string]string{"free/busy": fail}},
		"a card that is refused":          {fault: m365sim.Fault{Match: m365sim.Match{Path: "^/v3/"}, Do: "fail", Status: 403}, o: checkOptions{person: "them", send: true}, want: map[string]string{"card": fail, "mail of peers": fine}, says: "app policy"},
		"a public address without us":     {change: func(c *clinic) { c.env["RAPPORT_WEB_PUBLIC_URL"] = "http://127.0.0.1:1" }, want: map[string]string{"public address": fail}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t, server.URL(), func(o *m365sim.Options) { o.Roles = x.roles })
			if x.fault.Do != "" {
				if err := c.tenant.SetFaults(x.fault); err != nil {
					t.Fatal(err)
				}
			}
			if x.change != nil {
				x.change(c)
			}
			if x.o.person == "them" {
				x.o.person = c.person
			}
			all, err := c.check(x.o)
			c.expect(all, x.want)
			if failing := slices.Contains(slices.Collect(values(x.want)), fail); failing != (err != nil) {
				t.Errorf("the exit code: %v", err)
			}
			text, _ := json.Marshal(all)
			if !strings.Contains(string(text), x.says) {
				t.Errorf("nobody says %q: %s", x.says, text)
			}
			if what := betrayed(string(text), map[string]string{c.tenant.Credentials().ClientSecret: "a secret", c.tenant.Credentials().BotSecret: "a secret"}); what != "" {
				t.Errorf("the findings hold %s", what)
			}
		})
	}
}

func values(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func (c *clinic) write(name, text string) {
	c.Helper()
	if err := os.WriteFile(c.file+name, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
}

func TestWithoutAUsableRedisTheRestIsStillChecked(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"none": "unix:///nowhere", "evicting": redistest.Start(t, redistest.Policy("allkeys-lru")).URL()} {
		all, err := newClinic(t, url).check(checkOptions{})
		if err == nil || all["Redis"].State != fail || all["sign-in"].State != fine || all["calendar of peers"].State != fine {
			t.Errorf("%s: %v %+v", name, err, all)
		}
	}
	all, _ := newClinic(t, redistest.Start(t).URL()).check(checkOptions{})
	if all["Redis durability"].State != fail || all["Redis memory"].State != warn {
		t.Errorf("without persistence: %+v", all)
	}
}

func TestRedisIsJudgedByItsFacts(t *testing.T) {
	sound := store.Facts{Version: "7.2.0", Eviction: "noeviction", AppendOnly: "on", Fsync: "everysec", Used: 1 << 20, Limit: 1 << 30}
	for _, x := range []struct {
		change func(*store.Facts)
		topic  string
		state  string
	}{
		{func(*store.Facts) {}, "clock", fine},
		{func(f *store.Facts) { f.Version = "" }, "Redis", warn},
		{func(f *store.Facts) { f.AppendOnly = "" }, "Redis durability", warn},
		{func(f *store.Facts) { f.AppendOnly = "off" }, "Redis durability", fail},
		{func(f *store.Facts) { f.Fsync = "no" }, "Redis durability", warn},
		{func(f *store.Facts) { f.Limit = 0 }, "Redis memory", warn},
		{func(f *store.Facts) { f.Used = 900 << 20 }, "Redis memory", fail},
		{func(f *store.Facts) { f.Skew = -time.Minute }, "clock", fail},
	} {
		f, e := sound, &examiner{}
		x.change(&f)
		e.facts(f)
		if i := slices.IndexFunc(e.found, func(f finding) bool { return f.Topic == x.topic }); e.found[i].State != x.state {
			t.Errorf("%+v: %+v", f, e.found[i])
		}
	}
}

func TestEveryProblemOfTheConfigurationIsAFinding(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rapport.yaml")
	if err := os.WriteFile(file, []byte("tenant:\n  id: x\n  cloud: mars\nwhat: is this\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := findings(t.Context(), checkOptions{config: file}, func(string) string { return "" })
	for _, f := range all {
		if f.State != fail || f.Topic != "configuration" {
			t.Errorf("%+v", f)
		}
	}
	if len(all) < 3 {
		t.Errorf("%d findings", len(all))
	}
}

func TestOldZoneDataIsSaid(t *testing.T) {
	e := &examiner{now: time.Now()}
	e.zones()
	old := &examiner{now: time.Now().AddDate(2, 0, 0)}
	old.zones()
	if e.found[0].State != fine || old.found[0].State != warn {
		t.Errorf("%+v %+v", e.found, old.found)
	}
}

func TestTheCloudIsNamedInTheCommands(t *testing.T) {
	c := config.Default()
	c.Tenant.Cloud = "gcchigh"
	if got := granting(c, "User.Read.All"); !strings.Contains(got, "-Environment USGov ") || !strings.Contains(got, "'User.Read.All'") {
		t.Error(got)
	}
}

func TestFindingsReadWell(t *testing.T) {
	var out bytes.Buffer
	printFindings(&out, []finding{{"Redis", fine, "version 7", ""}, {"bot", fail, "is refused", "make\nit new"}, {"mail", warn, "is wide", "make\nit new\nand small"}})
	want := "ok       Redis: version 7\nfail     bot: is refused\n         > make\n         > it new\n" +
		"warn     mail: is wide\n         > (as above, and)\n         > and small\n"
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
}

// New secrets are put into their files while rapport runs, as Kubernetes does it.
func TestNewSecretFilesNeedNoRestart(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "redis://unused")
	right := c.tenant.Credentials()
	c.write(".client-secret", "wrong")
	c.write(".bot-secret", "wrong too")
	cfg, err := loadConfig(c.file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.OpenEmbedded(store.Options{Tenant: "story"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := build(cfg, jobs.Wall{}, st, discard, actWithin)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if _, err := a.graph.Token(t.Context(), cfg.Tenant.Scope); err == nil {
		t.Fatal("a wrong secret is accepted")
	}
	c.write(".client-secret", right.ClientSecret)
	c.write(".bot-secret", right.BotSecret)
	if _, err := a.graph.Token(t.Context(), cfg.Tenant.Scope); err != nil {
		t.Error("the tenant's new secret is not used:", err)
	}
	if err := a.crew.Messenger.(*teams.Client).SignIn(t.Context()); err != nil {
		t.Error("the bot's new secret is not used:", err)
	}
}
