// Package playbooks knows what two colleagues can do with an hour.
//
// It makes a Playbook, the written guide for one session, from a Markdown file with YAML
// front matter, and a Library from a folder of them; ours is embedded. It never shows
// markup or links: every text is plain words, ready for a card, a mail or a page. It never
// repairs a file in silence: what it cannot use is refused, with file, line and what to do.
// A Playbook goes to curation, where people improve it, to session, which books it, and to
// prompt, which says its words.
package playbooks

// Playbook is the written guide for one session. Its texts are plain text of one line, only
// the longer ones hold paragraphs, separated by a blank line. Whoever holds a Playbook must
// not change its slices: they are shared.
type Playbook struct {
	ID         string // stable for ever, also the name of its file
	Version    int    // 1, 2, 3 ...; grows when the words change
	Title      string
	Skill      string // the id of one of Skills
	Minutes    int    // from the first word to the last; the sum of Steps
	Difficulty Difficulty
	Formats    []Format
	Energy     Energy
	Tags       []string
	Authors    []string
	Licence    string // always Licence
	BasedOn    []Citation
	Language   string // of all its texts: "en", "de" ...

	Purpose  string   // why one would spend the time
	Outcomes []string // what one could see or hear afterwards
	Roles    []Role
	Starts   string // who has the first turn
	Bring    []string
	// Agreements are what both confirm before they begin.
	Agreements []string
	Steps      []Step
	Prompts    []string // open questions and words for when the talk dries up
	Debrief    []string // questions at the end
	Pitfalls   []Pitfall
	// Conversation asks for the real conversation within forty-eight hours.
	Conversation string
	Micro        []Micro  // behaviours to choose one from
	FollowUp     []string // questions forty-eight hours later
	Counted      []string // what a person may count for themselves

	Trio         string // how three people do it; "" unless Formats has Trio
	Asynchronous []Step // the same over two days; empty unless Formats has Asynchronous
}

// Citation names a work a playbook builds on.
type Citation struct {
	Author string `yaml:"author"`
	Year   int    `yaml:"year"`
	Title  string `yaml:"title"`
}

// Role is a part one person plays.
type Role struct{ Name, Does string }

// Step is one timed part of a session.
type Step struct {
	Day     int // 1 or 2 in the asynchronous form, else 0
	Minutes int // in the asynchronous form: for each person who has the turn
	Turn    Turn
	Silent  bool // nobody speaks
	Swap    bool // the turn passes from one person to the other here
	Title   string
	Text    string
	Say     []string // words one can say aloud
}

// Pitfall is how it may go wrong, and the move that rescues it.
type Pitfall struct{ Sign, Rescue string }

// Micro is a small behaviour one can choose for the next two days. The same ID means the
// same behaviour in every playbook, so that it can be counted over time.
type Micro struct{ ID, Label string }

// Turn says whose step it is.
type Turn string

// The turns. First is whoever starts according to Playbook.Starts.
const (
	Both   Turn = "both"
	First  Turn = "first"
	Second Turn = "second"
)

// Format is a way of doing a playbook.
type Format string

// The formats.
const (
	Pair         Format = "pair"
	Trio         Format = "trio"
	Asynchronous Format = "asynchronous"
)

// Difficulty says how much courage a playbook asks for.
type Difficulty string

// The difficulties.
const (
	Easy      Difficulty = "easy"
	Medium    Difficulty = "medium"
	Demanding Difficulty = "demanding"
)

// Energy says in what mood a playbook works best.
type Energy string

// The energies.
const (
	Calm   Energy = "calm"
	Steady Energy = "steady"
	Lively Energy = "lively"
)

// Licence is the only licence of a playbook, so that anybody may copy and adapt any of them.
const Licence = "CC BY 4.0"

// Kind is how much time and courage a playbook takes from a fortnight.
type Kind string

// The kinds, longest first.
const (
	DeepDive Kind = "deep-dive" // 30 to 50 minutes: what a round books
	Drill    Kind = "drill"     // 10 to 20 minutes: one move, practised
	Win      Kind = "win"       // five minutes between two sessions
)

var kinds = []Kind{DeepDive, Drill, Win}

// Kind follows from the minutes, so that a file cannot contradict itself.
func (p Playbook) Kind() Kind {
	switch {
	case p.Minutes >= 30:
		return DeepDive
	case p.Minutes >= 10:
		return Drill
	}
	return Win
}

// Offers reports whether the playbook can be done in that format.
func (p Playbook) Offers(f Format) bool {
	for _, have := range p.Formats {
		if have == f {
			return true
		}
	}
	return false
}

// Behaviour finds a micro-behaviour of this playbook by its id.
func (p Playbook) Behaviour(id string) (Micro, bool) {
	for _, m := range p.Micro {
		if m.ID == id {
			return m, true
		}
	}
	return Micro{}, false
}
