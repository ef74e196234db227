package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// discard is a log for those who say everything themselves.
var discard = slog.New(slog.DiscardHandler)

// zones looks how old our time zone data is. Governments change clocks a few times a year,
// some of them with a week's notice.
func (e *examiner) zones() {
	v := zone.Version()
	year, err := strconv.Atoi(v[:min(4, len(v))])
	switch {
	case err != nil:
		e.say(warn, "time zones", "the age of the data in zone_data is not known", "")
	case e.now.After(time.Date(year+1, time.July, 1, 0, 0, 0, 0, time.UTC)):
		e.say(warn, "time zones", "data "+v+" is old: clocks may have changed since",
			"install a newer rapport, or point zone_data to a newer /usr/share/zoneinfo")
	default:
		e.say(fine, "time zones", "data "+v, "")
	}
}

// What Redis must be good for.
const (
	fullAt  = 0.8              // above that work may stop before anybody has made room
	skewMax = 10 * time.Second // the queue's leases last thirty
)

// redis looks at Redis and answers the store; where it cannot be used, an empty one in memory,
// so that everything else is still checked.
func (e *examiner) redis(ctx context.Context, cfg config.Config) *store.Store {
	st, err := openStore(ctx, cfg)
	if err != nil {
		e.trouble("Redis", err, "")
		if st, err = store.OpenEmbedded(store.Options{Tenant: cfg.Tenant.ID, Keep: keepFor}); err != nil {
			panic(err) // it needs nothing that could fail
		}
		return st
	}
	e.here = true
	f, err := st.Facts(ctx)
	if err != nil {
		e.trouble("Redis", err, "")
		return st
	}
	e.facts(f)
	return st
}

// facts judges what Redis says about itself; what store.Open refuses never gets here.
func (e *examiner) facts(f store.Facts) {
	if f.Version == "" {
		e.say(warn, "Redis", "is there; its user may not read INFO, so version, eviction and memory are not known",
			"allow the user +info, or see that it is 6.2 or newer with maxmemory-policy noeviction")
	} else {
		e.say(fine, "Redis", "version "+f.Version+", "+f.Eviction, "")
	}
	switch {
	case f.AppendOnly == "":
		e.say(warn, "Redis durability", "whether the append-only file is on is not known", "allow the user +config|get, or see that appendonly is yes")
	case f.AppendOnly == "off":
		e.say(fail, "Redis durability", "a crash loses everything since the last snapshot: invitations would be sent again",
			"CONFIG SET appendonly yes, and write it into redis.conf (on a server with data never by a restart alone)")
	case f.Fsync == "no":
		e.say(warn, "Redis durability", "the append-only file is written when the system likes: a power cut loses half a minute", "CONFIG SET appendfsync everysec")
	default:
		e.say(fine, "Redis durability", "append-only file, appendfsync "+f.Fsync, "")
	}
	used := fmt.Sprintf("%d MB used", f.Used>>20)
	switch {
	case f.Version == "":
	case f.Limit == 0:
		e.say(warn, "Redis memory", used+", without a limit: a full machine would kill it", "set maxmemory below what the machine has")
	case f.Fullness() >= fullAt:
		e.say(fail, "Redis memory", fmt.Sprintf("%s of %d MB: work stops when it is full", used, f.Limit>>20), "raise maxmemory")
	default:
		e.say(fine, "Redis memory", fmt.Sprintf("%s of %d MB", used, f.Limit>>20), "")
	}
	if f.Skew.Abs() > skewMax+f.Slack {
		e.say(fail, "clock", fmt.Sprintf("this machine and the one of Redis differ by %s", f.Skew.Round(time.Second)), "let both follow NTP: the queue measures by the clocks of its workers")
	} else {
		e.say(fine, "clock", "agrees with the one of Redis", "")
	}
}

// ledger says what nobody will settle any more.
func (e *examiner) ledger(ctx context.Context) {
	if !e.here {
		return
	}
	switch n, err := e.app.crew.GivenUp(ctx); {
	case err != nil:
		e.trouble("ledger", err, "")
	case n > 0:
		e.say(warn, "ledger", fmt.Sprintf("of %d acts nobody knows whether they happened, and nobody lets us look; they are not repeated", n),
			"set bot.read_back: on and grant Chat.Read.WhereInstalled, so that this does not happen again")
	default:
		e.say(fine, "ledger", "nothing is in doubt for good", "")
	}
}
