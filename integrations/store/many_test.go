package store

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

func TestURLsOfManyServersAreRead(t *testing.T) {
	for text, want := range map[string]struct {
		addrs, master, user, sentinel string
		db                            int
		tls                           bool
	}{
		"redis://h:1/2":                     {db: 2},
		"redis-sentinel://h:1,i/3?master=m": {addrs: "h:1 i:26379", master: "m", db: 3},
		"rediss-sentinel://u:p%40@h,i:2?master=m&sentinel_username=s&sentinel_password=q": {addrs: "h:26379 i:2", master: "m", user: "u", sentinel: "s", tls: true},
		"redis-cluster://h,[::1]:7,[::2]":                                                 {addrs: "h:6379 [::1]:7 [::2]:6379"},
		"rediss-cluster://u:p@h:1?read_timeout=5s":                                        {addrs: "h:1", user: "u", tls: true},
	} {
		r, err := parseReach(text)
		if err != nil || strings.Join(r.addrs, " ") != want.addrs || r.master != want.master || r.Username != want.user || r.user != want.sentinel ||
			r.DB != want.db || (r.TLSConfig != nil) != want.tls {
			t.Errorf("%s: %+v, %v", text, r, err)
		}
	}
	for _, text := range []string{"redis-sentinel://h", "redis-cluster://h?master=m", "redis-cluster://h/1", "redis-other://h", "redis-cluster://", "redis-cluster://h,",
		"redis-sentinel://u:s3cret@h%zz?master=m", "http-cluster://h"} {
		if _, err := parseReach(text); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func openedAt(t *testing.T, url string, o Options) *Store {
	t.Helper()
	o.URL, o.Tenant, o.Patience = url, "acme", 10*time.Second
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestAClusterRemembersAsOneRedisDoes(t *testing.T) {
	one, three := opened(t, redistest.Start(t), keepFinished), openedAt(t, redistest.StartCluster(t).URL(), keepFinished)
	furnish(t, one, 60)
	furnish(t, three, 60)
	if a, b := told(t, one), told(t, three); a != b {
		t.Errorf("they differ:\n%.1500s\n%.1500s", a, b)
	}
	if _, err := three.Inspect(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := three.Heal(t.Context(), "rapport"); err != nil {
		t.Error("healing the queue:", err)
	}
	var backup bytes.Buffer
	kept, err := three.Backup(t.Context(), &backup)
	if err != nil || kept != (Kept{61, 2}) {
		t.Error(kept, err)
	}
	again := openedAt(t, redistest.StartCluster(t).URL(), keepFinished)
	if back, err := again.Restore(t.Context(), &backup); err != nil || back != kept || told(t, again) != told(t, three) {
		t.Error("from cluster to cluster:", back, err)
	}
	client := three.Conn().MakeRedisClient().(redis.UniversalClient)
	defer func() { _ = client.Close() }()
	if err := client.Set(t.Context(), "asynq:{rapport}:x", 1, 0).Err(); err != nil {
		t.Error(err)
	}
}

func TestAfterAFailoverTheStoreGoesOn(t *testing.T) {
	w := redistest.StartWatched(t, redistest.AppendOnly("everysec"))
	s := openedAt(t, w.URL(), keepFinished)
	furnish(t, s, 30)
	before := told(t, s)
	if reply := w.Primary.Do("WAIT 1 2000"); reply != ":1" {
		t.Fatal("the replica does not follow:", reply)
	}
	w.Primary.Kill()
	began := time.Now()
	for {
		ok, err := s.Save(t.Context(), "member", "new", 0, map[string]string{}, nil)
		if err == nil {
			if !ok {
				t.Error("the first save after the failover was somebody else's")
			}
			break
		}
		if e := asError(t, err); e.Permanent() || time.Since(began) > 20*time.Second {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("writable again after %s", time.Since(began).Round(10*time.Millisecond))
	if ok, err := s.Save(t.Context(), "member", "new", 1, nil, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if after := told(t, s); after != before {
		t.Errorf("what was remembered differs:\n%.1500s\n%.1500s", before, after)
	}
}
