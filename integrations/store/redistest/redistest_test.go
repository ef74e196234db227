package redistest

import (
	"strings"
	"testing"
)

func TestAServerKeepsItsDataOverACrashOnlyWithTheAppendOnlyFile(t *testing.T) {
	for name, c := range map[string]struct {
		options []Option
		want    string
	}{
		"with, on a socket": {[]Option{AppendOnly("always")}, "$1"},
		"with, on a port":   {[]Option{AppendOnly("everysec"), OnPort()}, "$1"},
		"without":           {nil, "$-1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Start(t, c.options...)
			s.Do("SET k v")
			s.Kill()
			if _, err := s.say("PING"); err == nil {
				t.Fatal("a dead server answers")
			}
			s.Restart()
			if got := s.Do("GET k"); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAFullServerRefuses(t *testing.T) {
	s := Start(t, MaxMemory("1"), Policy("noeviction"))
	if reply, err := s.say("SET k v"); err != nil || !strings.HasPrefix(reply, "-OOM") {
		t.Fatal(reply, err)
	}
}
