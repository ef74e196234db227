package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// given makes an environment of pairs NAME=value.
func given(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if value, ok := strings.CutPrefix(p, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

var secrets = []string{"RAPPORT_TENANT_CLIENT_SECRET=hunter2", "RAPPORT_BOT_APP_SECRET=hunter3"}

func TestTheExampleLoadsClean(t *testing.T) {
	c, err := Load("example.yaml", given(secrets...))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Programmes[0]
	want := Rounds{2, Weekday(time.Wednesday), 600, Date{2026, time.October, 7}}
	if c.Send || c.Tenant.ClientSecret.Reveal() != "hunter2" || p.Rounds != want || p.Zone != "Europe/Berlin" {
		t.Errorf("%+v", c)
	}
	if got := len(p.Session.Playbooks); got != 2 {
		t.Errorf("%d playbooks", got)
	}
}

func TestTheExampleShowsEveryKey(t *testing.T) {
	data, err := os.ReadFile("example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	type group struct {
		indent int
		path   string
	}
	var around []group
	for line := range strings.Lines(string(data)) {
		text := strings.TrimLeft(line, " -")
		key, _, isKey := strings.Cut(text, ":")
		if !isKey || strings.HasPrefix(text, "#") {
			continue
		}
		here := group{len(line) - len(text), key}
		for len(around) > 0 && around[len(around)-1].indent >= here.indent {
			around = around[:len(around)-1]
		}
		if len(around) > 0 {
			here.path = around[len(around)-1].path + "." + key
		}
		around = append(around, here)
		shown[here.path] = true
	}
	for _, row := range rows() {
		path := strings.ReplaceAll(row.path, "[0]", "")
		if !shown[path] && !slices.Contains([]string{"tenant.client_secret", "bot.app_secret", "web.signing_key", "web.previous_key"}, path) {
			t.Errorf("example.yaml does not show %s", row.path)
		}
	}
}

func TestTheExampleGivesTheDefaults(t *testing.T) {
	c, err := Load("example.yaml", given(secrets...))
	if err != nil {
		t.Fatal(err)
	}
	var p Programme
	p.setDefaults()
	got := c.Programmes[0]
	got.Rounds.First = Date{}
	if got.Rounds != p.Rounds || got.Pulse != p.Pulse || got.Roster != p.Roster || got.PollMinutes != p.PollMinutes || got.Consent != p.Consent {
		t.Errorf("example.yaml says %+v, the defaults are %+v", got, p)
	}
	if d := Default(); c.Log != d.Log || c.Web.Listen != d.Web.Listen || c.Bot.ReadBack != d.Bot.ReadBack {
		t.Errorf("example.yaml differs from the defaults")
	}
}

func TestTheEnvironmentOverridesTheFile(t *testing.T) {
	c, err := Load("example.yaml", given(append(secrets, "RAPPORT_SEND=on", "RAPPORT_REDIS_URL=redis://:pw@redis:6379/1",
		"RAPPORT_BOT_SERVICE_HOSTS=a.example, b.example:8443", "RAPPORT_PROGRAMMES_0_ZONE=Asia/Tokyo",
		"RAPPORT_PROGRAMMES_0_ROUNDS_ON=Friday", "RAPPORT_PROGRAMMES_0_POLL_MINUTES=5", "RAPPORT_BOT_READ_BACK=off")...))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Programmes[0]
	if !c.Send || c.Redis.URL.Reveal() != "redis://:pw@redis:6379/1" || p.Zone != "Asia/Tokyo" || p.Rounds.On != Weekday(time.Friday) ||
		p.PollMinutes != 5 || c.Bot.ReadBack || c.Bot.ServiceHosts[1] != "b.example:8443" {
		t.Errorf("%+v", c)
	}
	_, err = Load("example.yaml", given(append(secrets, "RAPPORT_PROGRAMMES_0_ROUNDS_EVERY=often")...))
	if err == nil || !strings.Contains(err.Error(), "RAPPORT_PROGRAMMES_0_ROUNDS_EVERY") {
		t.Errorf("a bad variable gave %v", err)
	}
}

func TestSecretsComeFromFilesBesideTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "config.yaml", minimal+"\nredis:\n  url_file: redis.txt\n")
	write(t, dir, "secret.txt", "from-a-file\n")
	write(t, dir, "redis.txt", "redis://:pw@127.0.0.1:7000/0\n")
	c, err := Load(filepath.Join(dir, "config.yaml"), given())
	if err != nil {
		t.Fatal(err)
	}
	if c.Tenant.ClientSecret.Reveal() != "from-a-file" || c.Redis.URL.Reveal() != "redis://:pw@127.0.0.1:7000/0" {
		t.Error("a secret file was not read")
	}
	if c.Bot.AppID != c.Tenant.ClientID || c.Bot.AppSecret.Reveal() != "from-a-file" {
		t.Error("a bot without an id of its own is not the tenant's app")
	}
	write(t, dir, "secret.txt", " \n")
	if _, err = Load(filepath.Join(dir, "config.yaml"), given()); err == nil || !strings.Contains(err.Error(), "tenant.client_secret_file: is an empty file") {
		t.Errorf("an empty secret gave %v", err)
	}
	c, err = Load(filepath.Join(dir, "config.yaml"), given("RAPPORT_TENANT_CLIENT_SECRET=wins"))
	if err != nil || c.Tenant.ClientSecret.Reveal() != "wins" {
		t.Errorf("the environment does not win: %v", err)
	}
}

const minimal = `
tenant: {id: 6f1c2a34-0b5d-4e6f-8a90-1b2c3d4e5f60, client_id: 0d9e8f7a-6b5c-4d3e-9f21-a0b1c2d3e4f5, client_secret_file: secret.txt}
programmes:
  - id: peers
    name: Peer coaching
    group: 3e2d1c0b-9a87-4654-a321-0fedcba98765
    mailbox: coaching@contoso.example
    zone: Europe/Berlin
    session: {focus: listening}
`

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheCloudDecidesEveryAddress(t *testing.T) {
	for name, want := range map[string][5]string{
		"public":  {"https://login.microsoftonline.com", "https://graph.microsoft.com", "https://graph.microsoft.com/.default", "https://api.botframework.com", "https://smba.trafficmanager.net/teams/"},
		"gcc":     {"https://login.microsoftonline.com", "https://graph.microsoft.com", "https://graph.microsoft.com/.default", "https://api.botframework.com", "https://smba.infra.gcc.teams.microsoft.com/teams"},
		"gcchigh": {"https://login.microsoftonline.us", "https://graph.microsoft.us", "https://graph.microsoft.us/.default", "https://api.botframework.us", "https://smba.infra.gov.teams.microsoft.us/teams"},
		"dod":     {"https://login.microsoftonline.us", "https://dod-graph.microsoft.us", "https://dod-graph.microsoft.us/.default", "https://api.botframework.us", "https://smba.infra.dod.teams.microsoft.us/teams"},
		"china":   {"https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/.default", "https://api.botframework.azure.cn", ""},
	} {
		c, err := Load("example.yaml", given(append(secrets, "RAPPORT_TENANT_CLOUD="+name)...))
		got := [5]string{c.Tenant.Login, c.Tenant.Graph, c.Tenant.Scope, c.Bot.Issuer, c.Bot.ServiceURL}
		if err != nil || got != want {
			t.Errorf("%s: got %v %v", name, got, err)
		}
		if !strings.HasSuffix(c.Bot.Token, "/6f1c2a34-0b5d-4e6f-8a90-1b2c3d4e5f60/oauth2/v2.0/token") {
			t.Errorf("%s: bot token from %s", name, c.Bot.Token)
		}
	}
}

func TestASimulatedTenantOnLoopbackIsWelcome(t *testing.T) {
	c, err := Load("example.yaml", given(append(secrets, "RAPPORT_TENANT_LOGIN=http://127.0.0.1:9000/", "RAPPORT_TENANT_GRAPH=http://[::1]:9000",
		"RAPPORT_BOT_METADATA=http://localhost:9000/keys", "RAPPORT_BOT_SERVICE_URL=http://127.0.0.1:9000/v3/")...))
	if err != nil {
		t.Fatal(err)
	}
	if c.Tenant.Login != "http://127.0.0.1:9000" || !strings.HasPrefix(c.Bot.Token, "http://127.0.0.1:9000/6f1c") ||
		c.Bot.ServiceURL != "http://127.0.0.1:9000/v3/" || c.Bot.ServiceHosts[0] != "127.0.0.1:9000" {
		t.Errorf("%+v %+v", c.Tenant, c.Bot)
	}
}

func TestASecretNeverShowsItself(t *testing.T) {
	c := Config{Tenant: Tenant{ClientSecret: NewSecret("hunter2")}}
	inside := struct{ s Secret }{NewSecret("hunter2")}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", c.Tenant.ClientSecret, "config", c, "inside", inside)
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v %v %q %s", c, c, inside, c.Tenant.ClientSecret, c.Tenant.ClientSecret), string(text), log.String(),
		fmt.Sprintf("%+v %#v", inside, inside)} {
		if strings.Contains(shown, "hunter2") {
			t.Errorf("shown: %s", shown)
		}
	}
	var back struct{ Tenant struct{ ClientSecret string } }
	if err := json.Unmarshal(text, &back); err != nil || back.Tenant.ClientSecret != "<secret>" || NewSecret("a").String() != "<secret>" {
		t.Errorf("a secret is shown as %q, not <secret>: %v", back.Tenant.ClientSecret, err)
	}
}

func TestValuesReadBackAsTheyPrint(t *testing.T) {
	for _, text := range []string{"on", "off"} {
		var s Switch
		if err := s.UnmarshalText([]byte(text)); err != nil || s.String() != text {
			t.Errorf("%s: %v %v", text, s, err)
		}
	}
	var d Date
	if err := d.UnmarshalText([]byte("2026-10-07")); err != nil || d.String() != "2026-10-07" || (Date{}).String() != "" {
		t.Errorf("%v %v", d, err)
	}
	var at TimeOfDay
	if err := at.UnmarshalText([]byte("09:05")); err != nil || at.String() != "09:05" || at != 545 {
		t.Errorf("%v %v", at, err)
	}
}

func TestSomebodyElsesChecksAreReportedToo(t *testing.T) {
	zones := Zones(func(name string) error {
		if name != "Europe/Berlin" {
			return errors.New("unknown")
		}
		return nil
	})
	if _, err := Load("example.yaml", given(secrets...), zones); err != nil {
		t.Error(err)
	}
	_, err := Load("example.yaml", given(append(secrets, "RAPPORT_PROGRAMMES_0_ZONE=Mars/Olympus", "RAPPORT_LOG_LEVEL=loud")...), zones)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 2 || problems[1].Path != "programmes[0].zone" {
		t.Errorf("got %v", err)
	}
}

func TestNoFileIsOneSentence(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"), given())
	if err == nil || err.Error() != "the configuration file cannot be read: no such file or directory. Check the path and its permissions." {
		t.Errorf("got %v", err)
	}
}

// TestEveryKeyIsDocumented keeps the tags complete, since README.md is made of them.
func TestEveryKeyIsDocumented(t *testing.T) {
	for _, row := range rows() {
		if row.doc == "" || !strings.HasSuffix(row.doc, ".") {
			t.Errorf("%s has no sentence", row.path)
		}
	}
}
