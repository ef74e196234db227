package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// Crew is everything the jobs work with. cmd puts it together once.
type Crew struct {
	Store     Store
	Clock     Clock
	Ledger    *Ledger
	Directory Directory
	Messenger Messenger
	Apps      Apps // nil: nobody gets the app from us
	// Library answers the playbooks there are at this moment: people write new ones.
	Library func() playbooks.Library
	// Editor keeps that library; nil where nobody can offer anything for it.
	Editor     *Editor
	Programmes map[string]*Programme
	Log        *slog.Logger
	// Troubles are the kinds of work that keep failing.
	Troubles Troubles
	// Letters says that mails can carry questions: their links lead to pages that people reach.
	Letters bool
	// Grips holds the people somebody is booking for at this moment.
	Grips Grips
	// Watch hears how far the pairing of a large group is; nil writes it to the log.
	Watch func(match.Progress)
	// Tell hears of every step that was done, by kind, for progress and metrics; may be nil.
	Tell func(cadence.Step)
	// Done hears of every run of a step: its kind, one of Outcomes, and how long it took on the
	// wall. For metrics; may be nil.
	Done func(kind, outcome string, took time.Duration)
	// Hint passes steps that are due at once to the queue, so that nobody waits for the next
	// sweep; may be nil.
	Hint func(ctx context.Context, due []cadence.Step)
}

// Programme is one programme with the mailbox it books from.
type Programme struct {
	ID, Name    string
	Group       string // Entra group id
	Mailbox     string // address of the service mailbox
	Consent     string // version of the text people say yes to
	Agreement   string // that text, "" for rapport's own
	Zone        *time.Location
	Rounds      cadence.Rhythm
	Pulse       cadence.Monthly
	PulseOpen   time.Duration // how long a pulse takes answers
	Question    string        // of the pulse, "" for the usual one
	Weights     match.Weights // of the reasons to meet; zero is the standard
	Playbooks   []string      // ids, used in turn; none: chosen by focus skill and stretch goals
	Focus       []string      // focus skills, one a quarter in turn
	Within      time.Duration // sessions take place within this time of the round's start
	Notice      time.Duration // no session sooner than this after it is booked
	Times       Times
	RosterEvery time.Duration
	WatchEvery  time.Duration
	FreeBusy    FreeBusy
	Calendar    Calendar
	Agenda      Agenda
	Watcher     Watcher
	Listener    Listener // nil: only polled
	ListenKey   string   // fingerprint of the secret its notices carry
	Mailer      Mailer
}

// says is the programme as messages name it.
func (p *Programme) says() prompt.Programme {
	return prompt.Programme{ID: p.ID, Name: p.Name, Consent: p.Consent, Text: p.Agreement}
}

// now is the present moment as steps are kept, to the millisecond: what is due at a moment of a
// document must not be due a little earlier than the document says.
func (c *Crew) now() time.Time { return c.Clock.Now().Truncate(time.Millisecond) }

func (c *Crew) programme(id string) (*Programme, error) {
	p, ok := c.Programmes[id]
	if !ok {
		return nil, fmt.Errorf("jobs: programme %q is no longer in the configuration; put it back or erase its data", id)
	}
	return p, nil
}

// MemberNoun is what members are stored under.
const MemberNoun = "member"

func memberID(programme string, id roster.ID) string { return programme + "." + string(id) }

// member loads a member; the zero Member with version 0 when there is none.
func (c *Crew) member(ctx context.Context, programme string, id roster.ID) (roster.Member, int64, error) {
	var m roster.Member
	v, err := c.Store.Load(ctx, MemberNoun, memberID(programme, id), &m)
	return m, v, err
}

// ClockOf is the zone a person lives by, or the programme's when it cannot be resolved.
func (c *Crew) ClockOf(p *Programme, person roster.Person) *time.Location {
	return c.clockOf(p, person)
}

// ZoneOf is the zone a member of any programme lives by, nil for anybody else.
func (c *Crew) ZoneOf(ctx context.Context, id roster.ID) (*time.Location, error) {
	for _, p := range c.ordered() {
		m, v, err := c.member(ctx, p.ID, id)
		if err != nil {
			return nil, err
		}
		if v > 0 {
			return c.clockOf(p, m.Person), nil
		}
	}
	return nil, nil
}

// clockOf is the zone a person lives by. A zone nobody can resolve is said in the log, by
// the person's id, and the programme's zone is used: the programme stated it, it is no guess.
func (c *Crew) clockOf(p *Programme, person roster.Person) *time.Location {
	ref := person.Hours.Zone
	if ref.Name == "" && ref.Custom == nil {
		ref = person.Zone
	}
	if ref.Name == "" && ref.Custom == nil {
		return p.Zone // nothing is known of them (any more)
	}
	loc, err := zone.Load(ref, person.Country)
	if err != nil {
		c.Log.Warn("a member's time zone cannot be resolved; using the programme's", "member", string(person.ID), "programme", p.ID)
		return p.Zone
	}
	return loc
}

// offices answers the working time of members, loading each once.
func (c *Crew) offices(ctx context.Context, p *Programme) func(roster.ID) cadence.Office {
	known := map[roster.ID]cadence.Office{}
	return func(id roster.ID) cadence.Office {
		if o, ok := known[id]; ok {
			return o
		}
		m, _, err := c.member(ctx, p.ID, id)
		if err != nil {
			c.Log.Warn("a member could not be read; using the programme's hours", "member", string(id), "error", err)
		}
		o := cadence.Of(m.Person.Hours, c.clockOf(p, m.Person))
		known[id] = o
		return o
	}
}

// save writes a document with its steps and hints at those that are due already.
func (c *Crew) save(ctx context.Context, noun, id string, version int64, doc any, due []cadence.Step) (bool, error) {
	ok, err := c.Store.Save(ctx, noun, id, version, doc, due)
	if err != nil || !ok || c.Hint == nil {
		return ok, err
	}
	now := c.now()
	var ripe []cadence.Step
	for _, s := range due {
		if !s.At.After(now) {
			ripe = append(ripe, s)
		}
	}
	if len(ripe) > 0 {
		c.Hint(ctx, ripe)
	}
	return true, nil
}

// mostRaces bounds how often a change starts again because somebody else was faster.
const mostRaces = 50

// change loads a document, lets decide turn it into its next form, and saves that with its
// steps; when somebody else was faster it starts again from what they wrote. decide answers
// false to leave the document alone.
func change[T any](ctx context.Context, c *Crew, noun, id string, steps func(T) []cadence.Step, decide func(doc T, version int64) (T, bool, error)) (T, error) {
	for range mostRaces {
		var doc T
		version, err := c.Store.Load(ctx, noun, id, &doc)
		if err != nil {
			return doc, err
		}
		next, changed, err := decide(doc, version)
		if err != nil || !changed {
			return doc, err
		}
		ok, err := c.save(ctx, noun, id, version, next, steps(next))
		if err != nil {
			return doc, err
		}
		if ok {
			return next, nil
		}
	}
	var doc T
	return doc, fmt.Errorf("jobs: %s changed too often while it was being changed", noun)
}
