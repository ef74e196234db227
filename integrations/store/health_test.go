package store

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// refuses expects Open to fail with a sentence that holds says, and no secret.
func refuses(t *testing.T, o Options, says string) *Error {
	t.Helper()
	o.Tenant = "acme"
	s, err := Open(t.Context(), o)
	if err == nil {
		_ = s.Close()
		t.Fatalf("opened, want %q", says)
	}
	if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3cret") {
		t.Fatalf("%q, want it to say %q", err, says)
	}
	return asError(t, err)
}

func TestOpenSaysWhatToDoAboutTheURL(t *testing.T) {
	for _, url := range []string{"", "http://x", "redis://u:s3cret@h:port/0", "redis://:s3cret@h/zero", "redis://u:s3cret%zz@h"} {
		if !refuses(t, Options{URL: url}, "the Redis URL cannot be read").Permanent() {
			t.Fatal("may be tried again")
		}
	}
	if _, err := Open(t.Context(), Options{URL: "redis://h", Tenant: "a{b"}); err == nil {
		t.Fatal("a tenant with a brace")
	}
	if _, err := OpenEmbedded(Options{Tenant: "a", Keep: map[string]time.Duration{"pair": 7}}); err == nil {
		t.Fatal("documents kept for seven nanoseconds")
	}
}

func TestOpenRefusesARedisThatEvicts(t *testing.T) {
	for _, policy := range []string{"allkeys-lru", "volatile-ttl"} {
		server := redistest.Start(t, redistest.Policy(policy))
		refuses(t, Options{URL: server.URL()}, "set maxmemory-policy to noeviction")
	}
}

func TestOpenDemandsTheAppendOnlyFileOnlyWhenAsked(t *testing.T) {
	server := redistest.Start(t)
	refuses(t, Options{URL: server.URL(), DemandAOF: true}, "set appendonly to yes")
	notes, err := opened(t, server, Options{}).Inspect(t.Context())
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], "appendonly") {
		t.Fatal(notes, err)
	}
	server = redistest.Start(t, redistest.AppendOnly("everysec"))
	if notes, err := opened(t, server, Options{DemandAOF: true}).Inspect(t.Context()); err != nil || len(notes) != 0 {
		t.Fatal(notes, err)
	}
}

func TestOpenRefusesAReplica(t *testing.T) {
	primary, replica := redistest.Start(t, redistest.OnPort()), redistest.Start(t, redistest.OnPort())
	host, port, _ := strings.Cut(strings.TrimPrefix(primary.URL(), "redis://"), ":")
	replica.Do("REPLICAOF " + host + " " + port)
	refuses(t, Options{URL: replica.URL()}, "point the URL to the primary")
}

func TestOpenSaysWhichUserAndPasswordAreMissing(t *testing.T) {
	server := redistest.Start(t, redistest.OnPort(), redistest.With("--requirepass s3cret"))
	at := strings.TrimPrefix(server.URL(), "redis://")
	refuses(t, Options{URL: server.URL()}, "put user and password into the URL")
	refuses(t, Options{URL: "redis://:s3cret2@" + at}, "does not accept user and password")
	s, err := Open(t.Context(), Options{URL: "redis://default:s3cret@" + at, Tenant: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
}

func TestAUserWhoMayNotLookIsToldWhatWasNotChecked(t *testing.T) {
	server := redistest.Start(t, redistest.OnPort())
	at := strings.TrimPrefix(server.URL(), "redis://")
	open := func() *Store {
		s, err := Open(t.Context(), Options{URL: "redis://worker:s3cret@" + at, Tenant: "acme"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	server.Do("ACL SETUSER worker on >s3cret ~rp:* ~asynq:* &* +@all -@admin -@dangerous")
	notes, err := open().Inspect(t.Context())
	if all := strings.Join(notes, "\n"); err != nil || len(notes) != 3 || strings.Count(all, "could not check") != 3 || !strings.Contains(all, "noeviction") {
		t.Fatal(notes, err)
	}
	server.Do("ACL SETUSER worker +config|get")
	notes, err = open().Inspect(t.Context())
	if all := strings.Join(notes, "\n"); err != nil || len(notes) != 2 || !strings.Contains(all, "could not check the version") || !strings.Contains(all, "set appendonly") {
		t.Fatal(notes, err)
	}
	server.Do("CONFIG SET maxmemory-policy allkeys-lfu")
	refuses(t, Options{URL: "redis://worker:s3cret@" + at}, "noeviction")
	server.Do("CONFIG SET maxmemory-policy noeviction")
	s := open()
	if ok, err := s.Save(t.Context(), "pair", "p", 0, 1, []cadence.Step{step("p", "a:b", 1)}); !ok || err != nil {
		t.Fatal("cannot work as this user: ", err)
	}
	server.Do("ACL SETUSER worker -@write")
	if err := s.Health(t.Context()); err == nil || !strings.Contains(err.Error(), "the Redis user may not do this") {
		t.Fatal(err)
	}
}

func TestOpenSaysWhenWhatAnswersIsNotWhatTheURLMeans(t *testing.T) {
	server := redistest.Start(t, redistest.OnPort())
	refuses(t, Options{URL: "rediss://" + strings.TrimPrefix(server.URL(), "redis://")}, "TLS")
	secure := httptest.NewTLSServer(nil)
	defer secure.Close()
	refuses(t, Options{URL: "rediss://" + secure.Listener.Addr().String()}, "certificate of Redis is not trusted")
	web := httptest.NewServer(nil)
	defer web.Close()
	refuses(t, Options{URL: "redis://" + web.Listener.Addr().String()}, "not Redis")
	refuses(t, Options{URL: server.URL() + "/99"}, "no such database")
}

func TestOpenWaitsForARedisThatIsStillStarting(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	refuses(t, Options{URL: server.URL()}, "does not answer")
	var starting sync.WaitGroup
	defer starting.Wait()
	starting.Go(func() {
		time.Sleep(time.Second)
		server.Restart()
	})
	s, err := Open(t.Context(), Options{URL: server.URL(), Tenant: "acme", Patience: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
}

func TestAFullRedisRefusesTheWholeSaveAndSaysSo(t *testing.T) {
	server := redistest.Start(t)
	s, ctx := opened(t, server, Options{}), t.Context()
	must[bool](t)(s.Save(ctx, "pair", "p", 0, pair{State: "one"}, []cadence.Step{step("p", "a:b", 1)}))
	server.Do("CONFIG SET maxmemory 1")
	ok, err := s.Save(ctx, "pair", "p", 1, pair{State: "two"}, []cadence.Step{step("p", "c:d", 2)})
	if e := asError(t, err); ok || e.InDoubt() || e.Permanent() || e.RetryAfter() <= 0 || !strings.Contains(e.Error(), "Redis is full") {
		t.Fatal(ok, err)
	}
	if err := s.Health(ctx); err == nil || !strings.Contains(err.Error(), "Redis is full") {
		t.Fatal(err)
	}
	var got pair
	v := must[int64](t)(s.Load(ctx, "pair", "p", &got))
	due := must[[]cadence.Step](t)(s.Due(ctx, noon.Add(time.Hour), 9))
	if v != 1 || got.State != "one" || len(due) != 1 || due[0].Kind != "a:b" {
		t.Fatalf("half a save: version %d %+v %+v", v, got, due)
	}
	if !must[bool](t)(s.Save(ctx, "pair", "p", 1, nil, nil)) {
		t.Fatal("nothing can be deleted from a full Redis")
	}
	server.Do("CONFIG SET maxmemory 0")
	if err := s.Health(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestJudgement(t *testing.T) {
	good := facts{"redis_version": "7.0.15", "role": "master", "maxmemory_policy": "noeviction", "aof_enabled": "1", "maxmemory": "1000", "used_memory": "500"}
	for _, c := range []struct {
		change string
		to     string
		note   string
		fails  string
	}{
		{"", "", "", ""},
		{"redis_version", "6.2.0", "", ""},
		{"redis_version", "10.0", "", ""},
		{"redis_version", "6.0.16", "", "too old"},
		{"redis_version", "garbage", "", "too old"},
		{"redis_version", "", "could not check the version", ""},
		{"role", "slave", "", "replica"},
		{"maxmemory_policy", "volatile-lru", "", "noeviction"},
		{"aof_enabled", "0", "appendonly", ""},
		{"used_memory", "799", "", ""},
		{"used_memory", "800", "80 percent full", ""},
		{"maxmemory", "0", "", ""},
	} {
		f := facts{}
		for k, v := range good {
			f[k] = v
		}
		f[c.change] = c.to
		notes, err := f.judge(false)
		switch {
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s=%q: error %v, want %q", c.change, c.to, err, c.fails)
		case c.fails == "" && err != nil:
			t.Errorf("%s=%q: %v", c.change, c.to, err)
		case (c.note == "") != (len(notes) == 0) || !strings.Contains(strings.Join(notes, ""), c.note):
			t.Errorf("%s=%q: notes %q, want %q", c.change, c.to, notes, c.note)
		}
	}
}
