package m365sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// habit is how a person deals with what is asked of them.
type habit struct {
	Consent  string  // yes, no, never: what they do with the invitation to join; "" = yes
	Pace     float64 // 1 = usual; 3 = everything three times as late
	Reminded bool    // answers follow-ups only after the reminder
	Snoozes  bool    // presses snooze first, answers later
	Declines int     // how many invites they decline before they accept one
	Proposes bool    // proposes a new time for the first invite
	Silent   bool    // never answers anything after the consent
	Says     []saying
}

// saying is something a person types to the bot by themselves.
type saying struct {
	After time.Duration // since the start of the story
	Text  string
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// giveHabits hands out characters by seed. A company of a dozen or more has one of each
// kind that makes a programme hard; smaller ones get the first few.
func (t *Tenant) giveHabits() {
	var staff []*person
	for _, p := range t.people {
		if p.Purpose == "user" && !p.Passive {
			p.Habit.Pace = 0.6 + 0.8*t.dice("pace", p.ID).Float64()
			p.OldClient = t.dice("client", p.ID).IntN(12) == 0
			staff = append(staff, p)
		}
	}
	t.dice("habits").Shuffle(len(staff), func(i, j int) { staff[i], staff[j] = staff[j], staff[i] })
	rounds := len(staff) / 24
	for turn := range rounds + 1 {
		for i, give := range characters {
			if at := turn*24 + i; at < len(staff) && (len(staff) >= 8 || i < 3) {
				give(t, staff[at])
			}
		}
	}
}

// characters are the kinds of people a programme has to live with.
var characters = []func(*Tenant, *person){
	func(_ *Tenant, p *person) { // asks first, pauses in the third week and comes back in the fifth
		p.talks(saying{6 * day, "what do you know about me"}, saying{2*week + 3*day, "pause"}, saying{4*week + day, "resume"})
	},
	func(_ *Tenant, p *person) { p.Habit.Reminded = true },
	func(_ *Tenant, p *person) { p.Habit.Declines = 1 },
	func(_ *Tenant, p *person) { p.talks(saying{3*week + day, "leave"}) },
	func(_ *Tenant, p *person) { p.Habit.Consent = "no" },
	func(_ *Tenant, p *person) { p.Habit.Consent = "never" },
	func(_ *Tenant, p *person) { p.Habit.Proposes = true },
	func(_ *Tenant, p *person) { p.Habit.Snoozes = true },
	func(t *Tenant, p *person) { p.Joins = t.opts.Start.Add(week + 2*day) },
	func(t *Tenant, p *person) { p.Leaves = t.opts.Start.Add(2*week + 2*day) },
	func(_ *Tenant, p *person) { p.Habit.Pace = 4 },
	func(_ *Tenant, p *person) { p.Habit.Silent = true },
	func(_ *Tenant, p *person) { p.Habit.Reminded = true },
	func(_ *Tenant, p *person) {
		p.talks(saying{week + 4*day, "what do you know about me"}, saying{4*week + 2*day, "forget me"})
	},
	func(_ *Tenant, p *person) { p.Habit.Declines = 3 },
}

// talks lets a person say things in the course of the story; they have the app for it.
func (p *person) talks(says ...saying) { p.Habit.Says, p.Installed = says, true }

func (t *Tenant) scheduleSayings(p *person) {
	if t.opts.Passive || p.Passive {
		return
	}
	for i, s := range p.Habit.Says {
		t.plan(&act{at: p.inHours(t.opts.Start.Add(s.After)), who: p, do: "say", key: fmt.Sprintf("%s/%d", p.ID, i), text: s.Text})
	}
}

// spoken lets the person notice a message of the bot.
func (t *Tenant) spoken(p *person, m *message) {
	if t.opts.Passive || p.Passive || m.Card == nil {
		return
	}
	buttons, _ := read(m.Card)
	if len(buttons) == 0 {
		return
	}
	family, ref := familyOf(buttons), refOf(buttons)
	question := family + "|" + or(ref, or(cardID(m.Card), m.ID))
	p.seen[question]++
	t.dropPlans(p, m.ID) // whatever was meant for the old card
	dice := t.dice("card", p.ID, question, fmt.Sprint(p.seen[question]))
	verb, eager := p.choice(buttons, p.seen[question], dice)
	if verb == "" || m.Used[verb] {
		return
	}
	at := p.atDesk(t.now().Add(p.delay(dice, eager)), dice)
	t.plan(&act{at: at, who: p, do: "press", key: question + "|" + verb, message: m, verb: verb, nth: p.seen[question]})
}

// familyOf answers what the card is about: the first part of the first verb that is not
// about the membership itself.
func familyOf(buttons []button) string {
	for _, b := range buttons {
		if f, _, _ := strings.Cut(b.Verb, ":"); f != "member" {
			return f
		}
	}
	return "member"
}

func refOf(buttons []button) string {
	for _, b := range buttons {
		if r := b.ref(); r != "" {
			return r
		}
	}
	return ""
}

// choice decides which button a person presses when they see a question for the nth time;
// "" = none. Eager ones do it soon.
func (p *person) choice(buttons []button, nth int, dice *rand.Rand) (verb string, eager bool) {
	has := func(v string) bool { return slices.ContainsFunc(buttons, func(b button) bool { return b.Verb == v }) }
	first := func(v string, otherwise string) string {
		if has(v) {
			return v
		}
		return otherwise
	}
	h, family := p.Habit, familyOf(buttons)
	if family != "consent" && h.Silent || family == "member" {
		return "", false
	}
	primary := buttons[0].Verb
	luck := dice.Float64()
	switch family {
	case "consent":
		switch or(h.Consent, "yes") {
		case "yes":
			return first("consent:yes", primary), true
		case "no":
			return first("consent:no", ""), true
		}
		return "", false
	case "session":
		return weighed(luck, 0.90, first("session:agree", first("session:take", "")), 0.95, first("session:another", ""), 0.96, first("session:swap", "")), true
	case "followup":
		switch {
		case h.Reminded && nth == 1:
			return "", false
		case h.Snoozes && nth == 1:
			return first("followup:snooze", primary), false
		case h.Reminded || h.Snoozes:
			return first("followup:answer", primary), true
		}
		return weighed(luck, 0.76, first("followup:answer", primary), 0.84, first("followup:snooze", ""), 0.92, first("followup:drop", "")), false
	}
	// closing, pulse and whatever else may come: the first button, mostly
	return weighed(luck, 0.85, primary, 1, "", 1, ""), family == "closing"
}

func weighed(luck, a float64, first string, b float64, second string, c float64, third string) string {
	switch {
	case luck < a:
		return first
	case luck < b:
		return second
	case luck < c:
		return third
	}
	return ""
}

// delay is how long a person takes: mostly within the morning, sometimes a day or two.
func (p *person) delay(dice *rand.Rand, eager bool) time.Duration {
	luck, spread := dice.Float64(), dice.Float64()
	var d time.Duration
	switch {
	case luck < 0.6 || eager && luck < 0.85:
		d = 3*time.Minute + time.Duration(spread*float64(90*time.Minute))
	case luck < 0.88 || eager:
		d = 2*time.Hour + time.Duration(spread*float64(5*time.Hour))
	default:
		d = 20*time.Hour + time.Duration(spread*float64(30*time.Hour))
	}
	return time.Duration(float64(d) * or(p.Habit.Pace, 1)).Truncate(time.Second)
}

// atDesk moves a moment into the person's working hours; nobody answers in the first second
// of the day.
func (p *person) atDesk(at time.Time, dice *rand.Rand) time.Time {
	in := p.inHours(at)
	if in.Equal(at) {
		return in
	}
	return in.Add(time.Duration(2+dice.IntN(55))*time.Minute + time.Duration(dice.IntN(60))*time.Second)
}

// inviteArrived lets an attendee think about an invite; only the programme's own meetings
// get here, because nobody else sends any.
func (t *Tenant) inviteArrived(p *person, m *meeting) {
	if t.opts.Passive || p.Passive {
		return
	}
	t.dropPlans(p, "invite/"+m.UID)
	question := "invite|" + or(m.key(), m.Transaction)
	p.seen[question]++
	p.seen["invites"]++
	dice := t.dice("invite", p.ID, question, fmt.Sprint(m.Version))
	do := p.opinion(m, p.seen["invites"], dice)
	if do == "" {
		return
	}
	at := p.atDesk(t.now().Add(p.delay(dice, true)), dice)
	if !at.Before(m.Start) { // no time to answer in peace: answer now or not at all
		if at = t.now().Add(5 * time.Minute); !at.Before(m.Start) {
			return
		}
	}
	t.plan(&act{at: at, who: p, do: do, key: question, meeting: m})
}

// opinion decides about an invite: the character first, then the own calendar, then luck.
func (p *person) opinion(m *meeting, nth int, dice *rand.Rand) string {
	luck := dice.Float64()
	switch {
	case p.Habit.Silent:
		return ""
	case nth <= p.Habit.Declines:
		return "decline"
	case p.Habit.Proposes && nth == 1 && !m.NoProposals:
		return "propose"
	case !p.freeAt(m.span(), m):
		return weighed(luck, 0.55, "decline", 0.75, "propose", 0.9, "accept")
	}
	switch {
	case luck < 0.84:
		return "accept"
	case luck < 0.90:
		return "tentative"
	case luck < 0.94:
		return "decline"
	case luck < 0.96 && !m.NoProposals:
		return "propose"
	}
	return ""
}

// betterTime looks for a time the person would rather have: the same length, within the
// next days, in their hours, free in their own calendar.
func (p *person) betterTime(m *meeting, now time.Time) (span, bool) {
	length := m.End.Sub(m.Start)
	for step := 1; step < 120; step++ {
		start := m.Start.Add(time.Duration(step) * 30 * time.Minute)
		w := span{start, start.Add(length)}
		if start.After(now.Add(day)) && p.inHours(start).Equal(start) && p.inHours(w.End.Add(-time.Second)).Equal(w.End.Add(-time.Second)) && p.freeAt(w, m) {
			return w, true
		}
	}
	return span{}, false
}
