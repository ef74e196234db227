package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/web"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// within are the routes of the pages behind a sign-in, where people can reach our pages.
func (a *app) within() map[string]http.Handler {
	if a.links == nil {
		return nil
	}
	keys := signingKeys(a.cfg)
	signIn, err := web.NewSignIn(web.Entra{Login: a.cfg.Tenant.Login, Tenant: a.cfg.Tenant.ID, ClientID: a.cfg.Tenant.ClientID,
		Secret: a.cfg.Tenant.ClientSecret.Reveal, Public: a.cfg.Web.PublicURL}, derived(keys[0], "sign-in"), nil)
	if err != nil {
		panic(err) // the configuration was checked, and a derived key has its length
	}
	return web.Inside{Pages: a.forms(), SignIn: signIn, Sessions: visits{a.store}, Mine: mirror{a}, Roles: roles{a},
		Champion: reach{a}, Admin: control{a}, Feeds: calendars{a}, Workshop: workshop{a}, Curation: workshop{a}, Living: a.crew.Library}.Routes()
}

// visits keep who is signed in.
type visits struct{ *store.Store }

func (v visits) Put(ctx context.Context, id string, record []byte, keep time.Duration) error {
	return v.Remember(ctx, "visit/"+id, record, keep)
}
func (v visits) Get(ctx context.Context, id string) ([]byte, error) {
	return v.Recall(ctx, "visit/"+id)
}
func (v visits) Drop(ctx context.Context, id string) error {
	return v.Remember(ctx, "visit/"+id, nil, 0)
}

// roles are who the configuration names. An address counts for whom Microsoft 365 gives it, as
// we read it with a programme's group; what a token says of addresses counts for nobody.
type roles struct{ *app }

func (r roles) ChampionOf(ctx context.Context, who roster.ID) ([]string, error) {
	var all []string
	for _, p := range r.cfg.Programmes {
		in, err := r.among(ctx, who, p.Champions)
		if err != nil {
			return nil, err
		}
		if in {
			all = append(all, p.ID)
		}
	}
	return all, nil
}

func (r roles) Admin(ctx context.Context, who roster.ID) (bool, error) {
	return r.among(ctx, who, r.cfg.Web.Admins)
}

func (r roles) among(ctx context.Context, who roster.ID, named []string) (bool, error) {
	addresses := false
	for _, one := range named {
		if strings.EqualFold(one, string(who)) {
			return true, nil
		}
		addresses = addresses || strings.Contains(one, "@")
	}
	if !addresses {
		return false, nil
	}
	mail, err := r.crew.MailOf(ctx, who)
	if err != nil || mail == "" {
		return false, err
	}
	return slices.ContainsFunc(named, func(one string) bool { return strings.EqualFold(one, mail) }), nil
}

// mirror shows people what is kept about them.
type mirror struct{ *app }

func (m mirror) Known(ctx context.Context, who roster.ID) ([]web.Known, error) {
	about, err := jobs.Desk{Crew: m.crew}.About(ctx, who)
	if err != nil {
		return nil, err
	}
	var all []web.Known
	for _, a := range about {
		k := web.Known{Programme: a.Programme.ID, Name: a.Programme.Name, Standing: a.Member.Standing, Card: a.Card(), Words: a.Words(), Record: a.Record(), Zone: a.Zone}
		k.Ahead = ahead(a, m.crew.Clock.Now())
		k.Trends = trends(a.Sessions, who)
		all = append(all, k)
	}
	return all, nil
}

// ahead are the sessions that lie before a person, soonest first.
func ahead(a jobs.About, now time.Time) []web.Meeting {
	var all []web.Meeting
	for _, c := range a.Sessions {
		x := c.Session
		if x.State != session.Booked || x.Slot == nil || !x.Slot.End.After(now) || !x.Involves(a.Member.Person.ID) {
			continue
		}
		m := web.Meeting{Title: c.Playbook.Title, Start: x.Slot.Start, End: x.Slot.End, Join: x.Join}
		for _, p := range c.Partners {
			m.With = append(m.With, p.Name)
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b web.Meeting) int { return a.Start.Compare(b.Start) })
	return all
}

// trends are what a person said and counted over time.
func trends(scenes []prompt.Scene, who roster.ID) []web.Trend {
	understood := web.Trend{ID: "understood"}
	counted := make([]web.Trend, len(prompt.Counted))
	for i, id := range prompt.Counted {
		counted[i].ID = id
	}
	for _, c := range scenes {
		part := c.Session.Parts[who]
		if part == nil {
			continue
		}
		if part.Closing != nil && part.Closing.Understood > 0 {
			understood.Points = append(understood.Points, web.Point{At: part.Closing.At, Value: part.Closing.Understood})
		}
		if f := part.FollowUp; f != nil && !f.Answered.IsZero() {
			for i, id := range prompt.Counted {
				if n, said := f.Counts[id]; said {
					counted[i].Points = append(counted[i].Points, web.Point{At: f.Answered, Value: n})
				}
			}
		}
	}
	return append([]web.Trend{understood}, counted...)
}

// reachedShown is how many names of people who were reached fit a page.
const reachedShown = 500

// reach shows champions their programme.
type reach struct{ *app }

func (r reach) Reach(ctx context.Context, programme string) (web.Reach, error) {
	x, err := r.crew.Reach(ctx, programme)
	if err != nil {
		return web.Reach{}, err
	}
	out := web.Reach{Name: x.Name, Round: x.Round, Reached: x.Reached, Least: insight.FiguresFrom,
		Figures: []web.Figure{{Name: "Take part, of those asked", Value: shareText(x.Taking)}, {Name: "Met, of the conversations that are over", Value: shareText(x.Met)}}}
	if more := len(x.Reached) - reachedShown; more > 0 {
		out.Reached = append(out.Reached[:reachedShown:reachedShown], fmt.Sprintf("and %d more", more))
	}
	for _, u := range x.Unreached {
		out.Unreached = append(out.Unreached, web.Reason{What: u.Name, Why: u.Why})
	}
	for _, w := range x.Waiting {
		why := w.Why
		if why == "" {
			why = "A time is being looked for."
		}
		out.Waiting = append(out.Waiting, web.Reason{What: strings.Join(w.Names, ", "), Why: why})
	}
	for _, p := range x.Pulses {
		out.Pulses = append(out.Pulses, web.PulseResult{Month: p.Month, Text: pulseLine(p)})
	}
	return out, nil
}

func shareText(s jobs.Share) string {
	percent := strconv.Itoa(s.Percent) + " %"
	switch {
	case !s.Shown:
		return ""
	case s.Edge && s.Percent == 10:
		return "10 % or less"
	case s.Edge:
		return percent + " or more"
	}
	return "about " + percent
}

// calendars are what people subscribe to.
type calendars struct{ *app }

// pulsesAhead is how many pulses a programme's calendar shows: those of a year, as the rounds.
const pulsesAhead = 12

func (c calendars) Feed(ctx context.Context, programme string, who roster.ID) (web.Feed, bool, error) {
	p, there := c.crew.Programmes[programme]
	if !there {
		return web.Feed{}, false, nil
	}
	if who != "" {
		return c.own(ctx, programme, who)
	}
	next, err := c.crew.Ahead(ctx)
	if err != nil {
		return web.Feed{}, false, err
	}
	f := web.Feed{Name: p.Name, Every: 12 * time.Hour}
	for _, n := range next {
		if n.Programme == programme {
			f.Events = datesAhead(p, n.Round, c.crew.Clock.Now(), c.crew.Library())
		}
	}
	return f, true, nil
}

// datesAhead are the year's plan: every round with what it practises, and the pulses.
func datesAhead(p *jobs.Programme, round int, at time.Time, library playbooks.Library) (all []web.Event) {
	for _, x := range p.Year(round, at) {
		name := "round " + strconv.Itoa(x.Round)
		all = append(all, web.Event{UID: p.ID + ".round." + strconv.Itoa(x.Round) + "@rapport", Title: p.Name + ": " + name, Text: practised(x, library),
			Start: x.At, End: x.At.Add(time.Minute), Changed: at.Truncate(24 * time.Hour)})
	}
	for i, t := 0, at; i < pulsesAhead; i++ {
		t = p.Pulse.Next(t)
		all = append(all, web.Event{UID: p.ID + ".pulse." + t.In(p.Zone).Format("2006-01") + "@rapport", Title: p.Name + ": pulse", Start: t.In(p.Zone), AllDay: true, Changed: at.Truncate(24 * time.Hour)})
	}
	return all
}

// own are a person's sessions with a time; nothing of somebody who no longer takes part.
func (c calendars) own(ctx context.Context, programme string, who roster.ID) (web.Feed, bool, error) {
	about, err := jobs.Desk{Crew: c.crew}.About(ctx, who)
	if err != nil {
		return web.Feed{}, false, err
	}
	for _, a := range about {
		if a.Programme.ID != programme || a.Member.Standing != roster.In && a.Member.Standing != roster.Paused {
			continue
		}
		f := web.Feed{Name: a.Programme.Name, Every: time.Hour}
		for _, s := range a.Sessions {
			x := s.Session
			if x.Slot == nil {
				continue
			}
			title := s.Playbook.Title
			for _, p := range s.Partners {
				title += " · " + p.Name
			}
			f.Events = append(f.Events, web.Event{UID: x.ID + "@rapport", Title: title, URL: x.Join, Start: x.Slot.Start, End: x.Slot.End,
				Revision: x.Moves, Changed: x.Since, Gone: x.State == session.Cancelled || !x.Involves(who)})
		}
		return f, true, nil
	}
	return web.Feed{}, false, nil
}

// control is what administrators see and do.
type control struct{ *app }

const (
	doubtsShown = 50
	deedsShown  = 50
)

func (c control) State(ctx context.Context) (web.State, error) {
	stop, err := c.crew.Stopped(ctx)
	if err != nil {
		return web.State{}, err
	}
	s := web.State{Configured: bool(c.cfg.Send), Stopped: stop.On, Reason: stop.Reason, By: string(stop.Who), Since: stop.At}
	next, err := c.crew.Ahead(ctx)
	if err != nil {
		return s, err
	}
	for _, n := range next {
		s.Ahead = append(s.Ahead, web.Due{Name: n.Name, Round: n.Round, RoundAt: n.RoundAt, Pulse: n.PulseAt})
	}
	owed, err := c.crew.Owed(ctx)
	if err != nil {
		return s, err
	}
	for _, o := range owed {
		s.Owed = append(s.Owed, web.Owed{Kind: o.Kind, Now: o.Now, Soon: o.Soon})
	}
	doubts, err := c.crew.Doubts(ctx, doubtsShown)
	if err != nil {
		return s, err
	}
	for _, d := range doubts {
		s.Doubts = append(s.Doubts, web.Doubt{ID: d.ID, Kind: d.Kind, State: string(d.State), At: d.At, Tries: d.Tries})
	}
	intact, err := c.crew.Intact(ctx)
	if err != nil {
		return s, err
	}
	s.Changed = !intact
	deeds, err := c.crew.Deeds(ctx, deedsShown)
	for _, d := range deeds {
		s.Deeds = append(s.Deeds, web.Deed{At: d.At, Who: string(d.Who), What: d.What, Reason: d.Reason})
	}
	return s, err
}

func (c control) Halt(ctx context.Context, who roster.ID, on bool, reason string) error {
	return c.crew.Halt(ctx, who, on, reason)
}

func (c control) Cancel(ctx context.Context, who roster.ID, reason string) (int, error) {
	if err := c.crew.Did(ctx, who, jobs.DeedCancel, reason); err != nil {
		return 0, err
	}
	return c.queue.CancelRunning(ctx)
}

func (c control) Checks() []web.Check { return c.checks() }
