package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/jobs"
)

// good is a configuration without a fault, for the simulated tenant.
func good(t *testing.T) string {
	t.Helper()
	tenant, err := m365sim.New(m365sim.Options{People: 2, Start: demoStart})
	if err != nil {
		t.Fatal(err)
	}
	return simYAML(tenant.Credentials(), "http://127.0.0.1:1", "redis://127.0.0.1:1/0", "", demoStart)
}

// secrets are what the good configuration takes from the environment.
func secrets(more map[string]string) func(string) string {
	return func(name string) string {
		if v, ok := more[name]; ok {
			return v
		}
		return map[string]string{"RAPPORT_TENANT_CLIENT_SECRET": "hush-hush", "RAPPORT_BOT_APP_SECRET": "hush-hush-too"}[name]
	}
}

// file writes a configuration and answers its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rapport.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// reads is what somebody reads who starts rapport with this configuration and environment.
func reads(t *testing.T, path string, env map[string]string) string {
	t.Helper()
	err := plan(t.Context(), planOptions{config: path}, secrets(env), io.Discard, io.Discard)
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAConfigurationThatCannotBeUsedSaysWhatToDo(t *testing.T) {
	t.Parallel()
	const head = "the configuration cannot be used: "
	for _, c := range []struct{ name, old, new, want string }{
		{"no YAML", "send: on", "send: [on", head + "the file is no valid YAML (line 3). Check indentation, quotes and that no key stands there twice."},
		{"an unknown key", "send: on", "sendd: on", head + "sendd: is unknown (line 2). Known here: send, tenant, bot, redis, web, log, zone_data, programmes."},
		{"a folder without zones", "send: on", "zone_data: /nowhere/at/all\nsend: on", head + "zone_data: is not usable: the zone folder is not usable: time zone \"UTC\" cannot be resolved: neither IANA unknown nor the Windows map knows it. Name a folder of compiled zones such as /usr/share/zoneinfo, or leave it empty."},
		{"an unknown zone", "Europe/Berlin", "Europe/Atlantis", head + "programmes[0].zone: is no known time zone. Use an IANA name such as Europe/Berlin or America/New_York."},
		{"an unknown playbook", "rehearse-it", "levitation", head + "programmes[0].session.playbooks[2]: is no known deep dive. Use one of feedback-that-lands, listening-sprint, rehearse-it, a-yes-you-can-trust, guess-then-ask, rebuild-one-meeting, the-part-that-is-true, you-at-your-best."},
		{"an address that is not loopback", "login: http://127.0.0.1:1", "login: http://login.example", head + "tenant.login: is not https. Plain http is for loopback addresses only."},
		{"an address that cannot be read", "graph: http://127.0.0.1:1", "graph: ftp//", head + "tenant.graph: is no plain address. Use https://host/path, without user, query or fragment."},
		{"a count out of range", "every: 2", "every: 90", head + "programmes[0].rounds.every: is not between 1 and 26."},
		{"a day that is none", "on: wednesday", "on: someday", head + "programmes[0].rounds.on: is no day of the week (monday .. sunday). See config/README.md."},
		{"a Redis that is none", "url: redis://127.0.0.1:1/0", "url: http://127.0.0.1", head + "redis.url: is no address of a Redis. Use redis://host:6379/0, rediss:// for TLS, unix:///path, redis-sentinel://host:26379,host:26379/0?master=name, or redis-cluster://host:6379,host:6379."},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := good(t)
			if !strings.Contains(text, c.old) {
				t.Fatalf("the configuration holds no %q to spoil", c.old)
			}
			if got := reads(t, file(t, strings.Replace(text, c.old, c.new, 1)), nil); got != c.want {
				t.Errorf("one reads\n%s\nexpected is\n%s", got, c.want)
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		want := head + "the configuration file cannot be read: no such file or directory. Check the path and its permissions."
		if got := reads(t, filepath.Join(t.TempDir(), "nowhere.yaml"), nil); got != want {
			t.Errorf("one reads\n%s\nexpected is\n%s", got, want)
		}
	})
	t.Run("no secret", func(t *testing.T) {
		want := head + "tenant.client_secret: is missing. Put it into a file and name that in tenant.client_secret_file, or set RAPPORT_TENANT_CLIENT_SECRET."
		if got := reads(t, file(t, good(t)), map[string]string{"RAPPORT_TENANT_CLIENT_SECRET": ""}); got != want {
			t.Errorf("one reads\n%s\nexpected is\n%s", got, want)
		}
	})
	t.Run("everything at once", func(t *testing.T) {
		text := strings.NewReplacer("Europe/Berlin", "Nowhere", "every: 2", "every: 0", "rehearse-it", "levitation").Replace(good(t))
		if got := reads(t, file(t, text), nil); strings.Count(got, "\n") != 2 {
			t.Errorf("three mistakes are three lines:\n%s", got)
		}
	})
}

func TestAGarbledEnvironmentSaysWhatToDo(t *testing.T) {
	t.Parallel()
	path := file(t, good(t))
	for _, text := range []string{"yesterday", "2026-10-05T06:00:00Z", "2026-10-05T06:00:00Z@xx5", "2026-10-05T06:00:00Z@0x-1", "2026-10-05T06:00:00Z@0xNaN", "2026-10-05T06:00:00Z@0x0"} {
		want := `RAPPORT_CLOCK: "` + text + `" is not <virtual start RFC3339>@<real start unix ms>x<speed>, for example 2026-10-05T06:00:00Z@1791180000000x3600`
		if got := reads(t, path, map[string]string{"RAPPORT_CLOCK": text}); got != want {
			t.Errorf("one reads %s", got)
		}
		if err := run(t.Context(), runOptions{config: path}, secrets(map[string]string{"RAPPORT_CLOCK": text}), io.Discard); err == nil || err.Error() != want {
			t.Errorf("run says %v", err)
		}
	}
	for _, text := range []string{"soon", "-5s", "0"} {
		if _, err := actLimit(text); err == nil || err.Error() != `RAPPORT_ACT_WITHIN: "`+text+`" is not a duration such as 20s` {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// typed is what somebody reads who types this behind "rapport".
func typed(t *testing.T, words string) string {
	t.Helper()
	c := root()
	c.SetArgs(strings.Fields(words))
	c.SetOut(io.Discard)
	c.SetErr(io.Discard)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	err := c.ExecuteContext(ctx)
	if ctx.Err() != nil {
		t.Errorf("rapport %s was not refused", words)
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFlagsOutOfRangeSayWhatToDo(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"demo --people 1":                          "--people must be between 2 and 2000",
		"demo --people 2001":                       "--people must be between 2 and 2000",
		"demo --weeks 0":                           "--weeks must be between 1 and 52",
		"demo --weeks 53":                          "--weeks must be between 1 and 52",
		"demo --speed -1":                          "--speed must be 0 or more",
		"demo --speed NaN":                         "--speed must be 0 or more",
		"demo --listen 0.0.0.0:0":                  "--listen must be a loopback address such as 127.0.0.1:8085: the simulated tenant lets anybody in who can reach it",
		"demo --listen example.com:80":             "--listen must be a loopback address such as 127.0.0.1:8085: the simulated tenant lets anybody in who can reach it",
		"demo --listen nonsense":                   "--listen must be host:port, for example 127.0.0.1:8085",
		"m365sim --listen 10.0.0.1:80":             "--listen must be a loopback address such as 127.0.0.1:8085: the simulated tenant lets anybody in who can reach it",
		"m365sim --listen 127.0.0.1:0 --people 0":  "--people must be between 2 and 2000",
		"m365sim --listen 127.0.0.1:0 --people -1": "--people must be between 2 and 2000",
		"m365sim --listen 127.0.0.1:0 --weeks -1":  "--weeks must be between 1 and 52",
		"m365sim --tenant /nowhere/at/all.json":    "--tenant: the file cannot be opened: check its path",
		"m365sim --listen 127.0.0.1:0 --write-config /nowhere/at/all.yaml": "--write-config: the file cannot be written: check its path",
		"run":                             `required flag(s) "config" not set`,
		"plan":                            `required flag(s) "config" not set`,
		"run --config x --only sometimes": "--only must be worker or web",
		"run --speed 3":                   "unknown flag: --speed",
		"teleport":                        `unknown command "teleport" for "rapport"`,
	} {
		if got := typed(t, words); got != want {
			t.Errorf("rapport %s: one reads\n%s\nexpected is\n%s", words, got, want)
		}
	}
}

func TestARedisThatCannotBeReliedOnSaysWhatToDo(t *testing.T) {
	t.Parallel()
	redistest.Need(t)
	gone := redistest.Start(t)
	gone.Kill()
	full := redistest.Start(t, redistest.MaxMemory("1"), redistest.Policy("noeviction"))
	forgets := redistest.Start(t, redistest.Policy("allkeys-lru"))
	for _, c := range []struct {
		name  string
		redis *redistest.Server
		want  string
	}{
		{"gone", gone, "store: check: Redis does not answer: check that it runs and that the URL points to it (rediss:// only where it speaks TLS)"}, {"full", full, "store: check: Redis is full (maxmemory reached): raise maxmemory or give it a larger machine"}, {"evicting", forgets, "store: check: Redis may throw our data away when it is full: set maxmemory-policy to noeviction"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := reads(t, file(t, good(t)), map[string]string{"RAPPORT_REDIS_URL": c.redis.URL()}); got != c.want {
				t.Errorf("one reads\n%s\nexpected is\n%s", got, c.want)
			}
		})
	}
}

// While Redis is gone or full rapport is alive but not ready; it neither ends nor panics, and goes on
// by itself when Redis is back.
func TestReadinessSaysNoWhileRedisIsGoneOrFull(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, redistest.AppendOnly("always"), redistest.OnPort())
	tenant, err := m365sim.New(m365sim.Options{People: 4, Start: demoStart, Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	outside := httptest.NewServer(tenant.Handler())
	defer outside.Close()
	tenant.ServeAt(outside.URL)
	text := simYAML(tenant.Credentials(), outside.URL, redis.URL(), "", demoStart) + "web:\n  listen: 127.0.0.1:0\n"
	c := tenant.Credentials()
	cfg, err := loadConfig(file(t, text), secrets(map[string]string{"RAPPORT_TENANT_CLIENT_SECRET": c.ClientSecret, "RAPPORT_BOT_APP_SECRET": c.BotSecret}))
	if err != nil {
		t.Fatal(err)
	}
	log := &shelf{}
	st, err := store.Open(t.Context(), store.Options{URL: cfg.Redis.URL.Reveal(), Tenant: cfg.Tenant.ID, Keep: keepFor})
	if err != nil {
		t.Fatal(err)
	}
	a, err := build(cfg, jobs.Wall{}, st, logger(cfg.Log, log), 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.work(ctx, "worker") }()
	pages := a.pages()
	until := func(status int, words string) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			got, body := probe(pages, "/readyz")
			if got == status && strings.Contains(body, words) {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("readiness is %d %s, expected is %d %s; the log: %s", got, body, status, words, log)
			}
		}
	}
	until(http.StatusOK, "ready")
	for len(members(t, st)) < 4 { // its work has begun
		time.Sleep(10 * time.Millisecond)
	}
	redis.Kill()
	until(http.StatusServiceUnavailable, "redis: store: ")
	if status, _ := probe(pages, "/healthz"); status != http.StatusOK {
		t.Error("without Redis rapport is not even alive; restarting it would help nobody")
	}
	began := len(log.String())
	time.Sleep(2 * time.Second)
	if lines := strings.Count(log.String()[began:], "\n"); lines > 20 {
		t.Errorf("%d lines of log in two seconds without Redis: a hot loop", lines)
	}
	redis.Restart()
	until(http.StatusOK, "ready")
	redis.Do("CONFIG SET maxmemory 1")
	until(http.StatusServiceUnavailable, "Redis is full")
	redis.Do("CONFIG SET maxmemory 0")
	until(http.StatusOK, "ready")
	redis.Do("CONFIG SET maxmemory-policy allkeys-lru")
	until(http.StatusServiceUnavailable, "set maxmemory-policy to noeviction")
	redis.Do("CONFIG SET maxmemory-policy noeviction")
	until(http.StatusOK, "ready")
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	_ = a.close()
}

func members(t *testing.T, st *store.Store) []string {
	t.Helper()
	ids, err := st.IDs(t.Context(), jobs.MemberNoun)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func probe(h http.Handler, path string) (int, string) {
	r := httptest.NewRecorder()
	h.ServeHTTP(r, httptest.NewRequest(http.MethodGet, path, nil))
	return r.Code, r.Body.String()
}

// No sentence above may hold a secret, and each says what to do.
func TestNoRefusalShowsASecret(t *testing.T) {
	t.Parallel()
	for _, spoil := range []string{"send: [on", "sendd: on"} {
		got := reads(t, file(t, strings.Replace(good(t), "send: on", spoil, 1)), map[string]string{"RAPPORT_REDIS_URL": "redis://:hush-hush-redis@127.0.0.1:99999/0"})
		if got == "" || regexp.MustCompile(`hush`).MatchString(got) {
			t.Errorf("one reads %s", got)
		}
	}
	var out bytes.Buffer
	cfg, err := loadConfig(file(t, good(t)), secrets(nil))
	if err != nil {
		t.Fatal(err)
	}
	logger(cfg.Log, &out).Info("x", "config", cfg)
	if strings.Contains(out.String(), "hush") {
		t.Errorf("a logged configuration shows a secret: %s", &out)
	}
}
