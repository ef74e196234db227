package store

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// reply is an error as Redis sends it.
type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}

var _ redis.Error = reply("")

func TestRedissOwnWordsAreReducedToASentence(t *testing.T) {
	for _, c := range []struct {
		err   error
		says  string
		again bool
		lost  bool
	}{
		{reply("OOM command not allowed when used memory > 'maxmemory'. script: ab12 ana@acme.test, on @user_script:1."), "full", false, false},
		{reply("ERR Error running script (call to f_ab): @user_script:1: -OOM command not allowed when used memory > 'maxmemory'. ana@acme.test"), "full", false, false},
		{reply("LOADING Redis is loading the dataset in memory"), "loading its data", true, false},
		{reply("READONLY You can't write against a read only replica. script: ana@acme.test"), "replica", true, false},
		{reply("MISCONF Redis is configured to save RDB snapshots, but ana@acme.test"), "disk", false, false},
		{reply("MASTERDOWN Link with MASTER is down"), "primary", true, false},
		{reply("CLUSTERDOWN The cluster is down"), "cluster", true, false},
		{reply("ERR max number of clients reached"), "maxclients", true, false},
		{reply("NOPERM this user has no permissions to access one of the keys: ana@acme.test"), "may not do this", false, false},
		{reply("WRONGTYPE Operation against a key holding the wrong kind of value"), "something else", false, false},
		{reply("ERR unknown command 'HSET', with args beginning with: 'ana@acme.test'"), "(ERR)", false, false},
		{reply("ana@acme.test is not a code"), "(ERR)", false, false},
		{reply("SOMENEWCODE ana@acme.test"), "(SOMENEWCODE)", false, false},
		{redis.ErrClosed, "closed", false, false},
		{redis.ErrPoolTimeout, "in use", true, false},
		{io.EOF, "does not answer", true, true},
		{errors.New("read ana@acme.test: broken pipe"), "does not answer", true, true},
	} {
		e := end(t.Context(), "save", c.err, false)
		if !strings.Contains(e.Error(), c.says) || strings.Contains(e.Error(), "acme") {
			t.Errorf("%q became %q", c.err, e)
		}
		if e.trouble.again != c.again || e.trouble.lost != c.lost {
			t.Errorf("%q: again %v, lost %v", c.err, e.trouble.again, e.trouble.lost)
		}
	}
}

func FuzzNothingOfAReplyLeaksIntoTheError(f *testing.F) {
	f.Add("ERR value is not an integer")
	f.Add("OOM command not allowed")
	f.Fuzz(func(t *testing.T, text string) {
		const canary = "canary@acme.test"
		if e := end(t.Context(), "save", reply(text+canary), false); strings.Contains(e.Error(), canary) {
			t.Fatal(e)
		}
	})
}
