package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/integrations/web"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// app is rapport put together: the only place where everybody meets.
type app struct {
	cfg   config.Config
	store *store.Store
	graph *graph.Client
	crew  *jobs.Crew
	queue *jobs.Queue
	bot   http.Handler // POST /api/messages
	links *web.Links   // nil: nobody can reach our pages

	metrics *web.Metrics
}

// actWithin is the longest one act on the outside may take, on the wall. The ledger leaves a
// promise alone for half as long again before it asks whether it was kept.
const actWithin = 20 * time.Second

// keepFor says how long finished documents are kept, by noun; others stay until erased.
var keepFor = map[string]time.Duration{
	jobs.PromiseNoun:  400 * 24 * time.Hour, // longer than anybody could repeat the act
	insight.PulseNoun: 730 * 24 * time.Hour,
	insight.VoiceNoun: 60 * 24 * time.Hour,
	jobs.ReplyNoun:    7 * 24 * time.Hour,   // as long as Teams may deliver the same text again
	jobs.DeedNoun:     400 * 24 * time.Hour, // a year of what administrators did, and a month to look
	session.Noun:      730 * 24 * time.Hour, // pairings: two years
	session.RoundNoun: 730 * 24 * time.Hour,
}

// build connects everything and starts nothing.
func build(cfg config.Config, clock jobs.Clock, st *store.Store, log *slog.Logger, within time.Duration) (*app, error) {
	library, err := playbooks.Embedded()
	if err != nil {
		return nil, err
	}
	a := &app{cfg: cfg, store: st}
	a.metrics = newMetrics(a)
	if a.graph, err = graph.New(graph.Options{Tenant: cfg.Tenant.ID, ClientID: cfg.Tenant.ClientID, SecretNow: cfg.Tenant.ClientSecret.Now,
		Graph: cfg.Tenant.Graph, Login: cfg.Tenant.Login, Gate: st, BotApp: cfg.Bot.AppID, Timeout: within, Pause: pause,
		Throttled: func() { a.metrics.Add(throttledTotal, "graph") }}); err != nil {
		return nil, err
	}
	options := a.botOptions(clock, log)
	messenger, err := teams.NewClient(options)
	if err != nil {
		return nil, err
	}
	a.queue = jobs.NewQueue(st.Conn(), st)
	a.crew = &jobs.Crew{
		Store: st, Clock: clock, Grips: st, Directory: a.graph.Directory(), Messenger: messenger, Log: log,
		Ledger:     &jobs.Ledger{Store: st, Clock: clock, Owner: rand.Text(), Limit: within, Send: bool(cfg.Send)},
		Programmes: map[string]*jobs.Programme{},
		Hint:       a.queue.Hint,
		Done:       done(a.metrics),
	}
	a.crew.Editor = &jobs.Editor{Base: library, Store: st, Clock: clock, Log: log}
	a.crew.Library = a.crew.Editor.Library
	if err := a.openPages(); err != nil {
		return nil, err
	}
	a.crew.Letters = a.links != nil
	if cfg.Bot.Install {
		a.crew.Apps = a.graph.Apps(cfg.Bot.CatalogID)
	}
	for _, p := range cfg.Programmes {
		if a.crew.Programmes[p.ID], err = a.programme(p); err != nil {
			return nil, err
		}
		if err := a.listen(a.crew.Programmes[p.ID]); err != nil {
			return nil, err
		}
	}
	options.Client = messenger
	a.bot, err = teams.NewInbound(options, jobs.Desk{Crew: a.crew})
	return a, err
}

// botOptions are what the bot's two directions share. Tokens live by the wall clock whatever
// the clock of the programmes says.
func (a *app) botOptions(clock jobs.Clock, log *slog.Logger) teams.Options {
	b := a.cfg.Bot
	o := teams.Options{
		App: b.AppID, Tenant: a.cfg.Tenant.ID, Secret: func() (string, error) { return b.AppSecret.Now(), nil },
		Endpoints: teams.Endpoints{Token: b.Token, Scope: b.Scope, Metadata: b.Metadata, Issuer: b.Issuer, Service: b.ServiceURL,
			Hosts: b.ServiceHosts, GCC: teams.Clouds[a.cfg.Tenant.Cloud].GCC},
		Notes: notes{a.store}, Pace: pace(clock, a.store), Now: time.Now, Log: log,
		Seen: throttled(a.metrics, "teams"),
	}
	if b.ReadBack {
		chats := a.graph.Chats()
		o.Lookup = func(ctx context.Context, person roster.ID, cardID string) (bool, string, error) {
			return chats.Find(ctx, person, cardID)
		}
	}
	return o
}

// notes keep conversation references for as long as the person is a member.
type notes struct{ *store.Store }

func (n notes) Remember(ctx context.Context, key string, value []byte) error {
	return n.Store.Remember(ctx, key, value, 0)
}

func (a *app) programme(p config.Programme) (*jobs.Programme, error) {
	loc, err := zone.Load(zone.Ref{Name: p.Zone}, "")
	if err != nil {
		return nil, fmt.Errorf("programme %s: %w", p.ID, err)
	}
	var first time.Time
	if p.Rounds.First != (config.Date{}) {
		first = p.Rounds.First.Start(loc)
	}
	return &jobs.Programme{
		ID: p.ID, Name: p.Name, Group: p.Group, Mailbox: p.Mailbox, Consent: p.Consent.Version, Agreement: p.Consent.Text, Zone: loc,
		Rounds: cadence.Rhythm{Zone: loc, Weeks: p.Rounds.Every, On: time.Weekday(p.Rounds.On),
			Hour: int(p.Rounds.At) / 60, Minute: int(p.Rounds.At) % 60, First: first},
		Pulse:       cadence.Monthly{Zone: loc, Day: p.Pulse.Day, Hour: int(p.Pulse.At) / 60, Minute: int(p.Pulse.At) % 60},
		PulseOpen:   time.Duration(p.Pulse.OpenDays) * 24 * time.Hour,
		Question:    p.Pulse.Question,
		Weights:     weightsOf(p.Pairing),
		Playbooks:   p.Session.Playbooks,
		Focus:       focusOf(p.Session),
		Times:       timesOf(p.Times),
		Within:      time.Duration(p.Session.BookWithinDays) * 24 * time.Hour,
		Notice:      time.Duration(p.Session.NoticeHours) * time.Hour,
		RosterEvery: time.Duration(p.Roster.EveryHours) * time.Hour,
		WatchEvery:  time.Duration(p.PollMinutes) * time.Minute,
		FreeBusy:    a.graph.FreeBusy(p.Mailbox),
		Calendar:    a.graph.Calendar(p.Mailbox),
		Agenda:      a.graph.Calendar(p.Mailbox),
		Watcher:     a.graph.Watcher(p.Mailbox),
		Mailer:      letters{a.graph.Mail(p.Mailbox), a, p},
	}, nil
}

// weightsOf are the programme's points in terms of pairing; what it does not set is standard.
func weightsOf(p config.Pairing) match.Weights {
	w := match.Standard()
	w.Help, w.Time, w.Energy, w.Department, w.Team = p.Help, p.Time, p.Energy, p.Department, p.Team
	w.Newcomer, w.Repeat, w.MinCommon = p.Newcomer, p.Repeat, p.CommonMinutes
	return w
}

// timesOf is how the programme treats people's time, in terms of the slot engine. What it
// reads here was checked when the configuration was.
func timesOf(t config.Times) jobs.Times {
	out := jobs.Times{Buffer: time.Duration(t.BufferMinutes) * time.Minute, MostMeetings: t.MostMeetings, DaysOff: map[string][]slots.Date{},
		Policy: slots.Policy{TentativeIsFree: t.Tentative == "free", AssumeFree: t.Unseen == "free", TakeTurns: t.Fairness == "turns"}}
	if t.Lunch != (config.Stretch{}) {
		out.Protected = []slots.Range{{Days: slots.EveryDay, Start: time.Duration(t.Lunch.Start) * time.Minute, End: time.Duration(t.Lunch.End) * time.Minute}}
	}
	for _, text := range t.DaysOff {
		var off config.DayOff
		_ = off.UnmarshalText([]byte(text))
		day, _ := slots.ParseDate(off.Date.String())
		out.DaysOff[off.Country] = append(out.DaysOff[off.Country], day)
	}
	return out
}

// focusOf are the programme's focus skills, one a quarter.
func focusOf(s config.Session) []string {
	if s.Focus != "" {
		return []string{s.Focus}
	}
	return s.Quarters
}

// close lets go of all connections.
func (a *app) close() error { return errors.Join(a.queue.Close(), a.store.Close()) }

// loadConfig reads the configuration and checks what only the whole program can know.
func loadConfig(path string, env func(string) string) (config.Config, error) {
	cfg, err := config.Load(path, env, zoneData, config.Zones(func(name string) error {
		_, err := zone.Load(zone.Ref{Name: name}, "")
		return err
	}), knownPlaybooks)
	if err != nil {
		return cfg, fmt.Errorf("the configuration cannot be used: %w", err)
	}
	return cfg, nil
}

// zoneData takes an administrator's time zone data in place of ours, before any zone is read.
func zoneData(c config.Config) []config.Problem {
	if c.ZoneData == "" {
		return nil
	}
	if err := zone.Use(os.DirFS(c.ZoneData)); err != nil {
		return []config.Problem{{Path: "zone_data", What: "is not usable: " + err.Error(),
			Do: "Name a folder of compiled zones such as /usr/share/zoneinfo, or leave it empty"}}
	}
	return nil
}

// knownPlaybooks checks that programmes name playbooks that exist.
func knownPlaybooks(c config.Config) (found []config.Problem) {
	library, err := playbooks.Embedded()
	if err != nil {
		return []config.Problem{{What: "the embedded library cannot be read", Do: "Rebuild rapport"}}
	}
	var ids []string
	for _, b := range library.DeepDives() {
		ids = append(ids, b.ID)
	}
	var skills []string
	for _, k := range playbooks.Skills {
		skills = append(skills, k.ID)
	}
	unknown := func(path, skill string) {
		if !slices.Contains(skills, skill) {
			found = append(found, config.Problem{Path: path, What: "is no known skill", Do: "Use one of " + strings.Join(skills, ", ")})
		}
	}
	for i, p := range c.Programmes {
		if p.Session.Focus != "" {
			unknown(fmt.Sprintf("programmes[%d].session.focus", i), p.Session.Focus)
		}
		for j, skill := range p.Session.Quarters {
			unknown(fmt.Sprintf("programmes[%d].session.quarters[%d]", i, j), skill)
		}
		for j, id := range p.Session.Playbooks {
			if !slices.Contains(ids, id) {
				found = append(found, config.Problem{Path: fmt.Sprintf("programmes[%d].session.playbooks[%d]", i, j),
					What: "is no known deep dive", Do: "Use one of " + strings.Join(ids, ", ")})
			}
		}
	}
	return found
}

// logger writes what the program says about itself.
func logger(c config.Log, w interface{ Write([]byte) (int, error) }) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // checked when the configuration was read
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}
