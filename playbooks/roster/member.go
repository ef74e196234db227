package roster

import "time"

// Member is a person in one programme: what they were asked, what they said, what they chose.
type Member struct {
	Programme string   `json:"programme"`
	Person    Person   `json:"person"`
	Standing  Standing `json:"standing"`
	Was       Standing `json:"was,omitempty"` // the no of somebody who left the group, for when they come back
	Asked     Mark     `json:"asked"`         // the latest invitation and the text it showed
	Consent   Mark     `json:"consent"`       // the latest yes and the text it was given to
	Profile   Profile  `json:"profile"`
	Agreed    bool     `json:"agreed,omitempty"`   // confirmed the agreements with a partner once
	Cut       bool     `json:"cut,omitempty"`      // open sessions still have to be called off
	Lull      int      `json:"lull,omitempty"`     // the round before which three silences paused them; a card is owed
	Back      int      `json:"back,omitempty"`     // the round they came back before; older silences are forgiven
	Beyond    bool     `json:"beyond,omitempty"`   // Teams cannot reach this person
	SatOut    int      `json:"sat_out,omitempty"`  // rounds missed for want of a partner
	SatLast   bool     `json:"sat_last,omitempty"` // missed the latest round
	Burdens   []Burden `json:"burdens,omitempty"`  // what sessions outside their hours asked of them; shown to nobody else
}

// Burden is what one session's time asked of a person.
type Burden struct {
	Session string    `json:"session"`
	At      time.Time `json:"at"`      // when it began, UTC
	Minutes int       `json:"minutes"` // outside their own core hours
}

// Standing is where a member stands.
type Standing string

// The standings of a member.
const (
	Invited   Standing = "invited"   // asked, or about to be asked
	In        Standing = "in"        // said yes
	Declined  Standing = "declined"  // said no
	Paused    Standing = "paused"    // takes a break, comes back by a press
	Left      Standing = "left"      // left the programme
	Gone      Standing = "gone"      // no longer in the group
	Forgotten Standing = "forgotten" // asked to be forgotten; nothing else is kept
)

// Mark is a moment and the version of the text it belongs to.
type Mark struct {
	Version string    `json:"version,omitempty"`
	At      time.Time `json:"at"`
}

// Profile is what a member likes to tell about themselves, all of it optional.
type Profile struct {
	Strengths []string `json:"strengths,omitempty"` // skill ids
	Stretch   []string `json:"stretch,omitempty"`   // skill ids to practise, dearest first
	Energy    string   `json:"energy,omitempty"`    // morning, afternoon, any or ""
	Avoid     []ID     `json:"avoid,omitempty"`     // rather not paired with; confidential
	Flex      string   `json:"flex,omitempty"`      // one hour outside the working hours when there is no other time: early, late, both; none or "" is never
	Language  string   `json:"language,omitempty"`  // BCP 47 primary subtag they chose for themselves, "" is Person.Language
	Channel   string   `json:"channel,omitempty"`   // teams or mail, "" is teams
	Form      string   `json:"form,omitempty"`      // meet or writing, "" is meet
}

// Speaks is the BCP 47 language in which the member is spoken to: the one they chose, else
// the one Microsoft 365 has for them.
func (m Member) Speaks() string {
	if m.Profile.Language != "" {
		return m.Profile.Language
	}
	return m.Person.Language
}

// Eligible says whether the member may be paired under the current consent text.
// Silence is never consent, and a yes to an older text is no yes to this one.
func (m Member) Eligible(version string) bool {
	return m.Standing == In && m.Consent.Version == version && !m.Consent.At.IsZero()
}

// Unasked says whether the invitation with the current text is still owed to the member.
func (m Member) Unasked(version string) bool {
	return (m.Standing == Invited || m.Standing == In) && m.Asked.Version != version
}

// Accept records a yes to the text of this version. Repeating it changes nothing but what
// the invitation asks: strengths, stretch goals and energy. Whatever else the member chose
// stays.
func (m Member) Accept(version string, p Profile, at time.Time) Member {
	if m.Standing == Gone || m.Standing == Forgotten {
		return m
	}
	if !m.Eligible(version) {
		m.Consent = Mark{Version: version, At: at}
	}
	m.Standing, m.Cut = In, false
	m.Profile.Strengths, m.Profile.Stretch, m.Profile.Energy = p.Strengths, p.Stretch, p.Energy
	return m
}

// Stand gives the member a new standing, never that of taking part: only Accept and Resume
// do. Whoever stops taking part leaves their open sessions at once, so their partners are
// told: Cut stays set until that is done.
func (m Member) Stand(s Standing) Member {
	if m.Standing == Forgotten || m.Standing == s || s == In {
		return m
	}
	if s != Invited {
		// somebody asked anew may still have sessions from an earlier yes
		m.Cut = m.Cut || m.Standing == In || m.Standing == Paused || !m.Consent.At.IsZero()
	}
	if s == Gone && m.saidNo() {
		m.Was = m.Standing
	}
	m.Standing = s
	if s == Left || s == Declined {
		m.Consent = Mark{}
	}
	return m
}

// Resume ends a pause. The consent given before still stands.
func (m Member) Resume() Member {
	if m.Standing == Paused {
		m.Standing = In
	}
	return m
}

// Rest pauses somebody who was silent so often that asking on would be nagging. A card
// offers the way back.
func (m Member) Rest(round int) Member {
	if m.Standing != In {
		return m
	}
	m = m.Stand(Paused)
	m.Lull = round
	return m
}

// saidNo says whether the member does not want to be asked again.
func (m Member) saidNo() bool { return m.Standing == Declined || m.Standing == Left }

// Return takes up again somebody who came back to the group: they are asked anew, unless
// they said no before. Of anybody else it takes over what the directory says now.
func (m Member) Return(p Person) Member {
	m.Person = p
	switch {
	case m.Standing != Gone:
	case m.Was != "":
		m.Standing, m.Was = m.Was, ""
	default:
		m.Standing, m.Asked, m.Consent = Invited, Mark{}, Mark{}
	}
	return m
}

// Forget keeps nothing but the wish itself, so that nobody is asked again, and the ids
// needed to call off what is still open.
func (m Member) Forget() Member {
	return Member{
		Programme: m.Programme,
		Person:    Person{ID: m.Person.ID},
		Standing:  Forgotten,
		Cut:       true,
	}
}
