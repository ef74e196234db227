package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Feed is a calendar that others subscribe to.
type Feed struct {
	Name   string        // shown as the calendar's name
	Every  time.Duration // how often one should look again; 0 leaves it to the reader
	Events []Event
}

// Event is one entry of a Feed.
type Event struct {
	UID      string // stable for ever, without a person's name: "round-7.feedback@rapport.example"
	Title    string
	Text     string // several lines are fine
	Place    string
	URL      string    // https; anything else is left out
	Start    time.Time // any zone; written as UTC, so that every reader works out their own clock
	End      time.Time // after Start; zero = no length
	AllDay   bool      // Start and End are dates of their own zone; End is the last day, zero = one day
	Revision int       // grows with every change
	Changed  time.Time // when it last did
	Gone     bool      // cancelled: readers strike it out
}

// ICS writes the feed as RFC 5545 wants it: CRLF, lines of at most 75 octets, texts escaped,
// times in UTC. Events come by start and UID, so the same feed gives the same bytes; events
// without a UID or a start are left out.
func (f Feed) ICS() []byte {
	w := &calendar{}
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//rapport//calendar feed//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	w.text("X-WR-CALNAME", f.Name)
	w.text("NAME", f.Name)
	if f.Every > 0 {
		every := "PT" + strconv.Itoa(max(1, int(f.Every.Hours()))) + "H"
		w.line("REFRESH-INTERVAL;VALUE=DURATION:" + every)
		w.line("X-PUBLISHED-TTL:" + every)
	}
	events := slices.Clone(f.Events)
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.UID, b.UID))
	})
	for _, e := range events {
		if clean(e.UID) != "" && !e.Start.IsZero() {
			w.event(e)
		}
	}
	w.line("END:VCALENDAR")
	return []byte(w.String())
}

type calendar struct{ strings.Builder }

func (w *calendar) event(e Event) {
	w.line("BEGIN:VEVENT")
	w.text("UID", e.UID)
	w.line("DTSTAMP:" + utc(cmp.Or(e.Changed, e.Start)))
	w.line("SEQUENCE:" + strconv.Itoa(max(0, e.Revision)))
	if !e.Changed.IsZero() {
		w.line("LAST-MODIFIED:" + utc(e.Changed))
	}
	w.span(e)
	w.text("SUMMARY", e.Title)
	w.text("DESCRIPTION", e.Text)
	w.text("LOCATION", e.Place)
	if strings.HasPrefix(e.URL, "https://") {
		w.line("URL:" + strings.Map(visible, e.URL))
	}
	if e.AllDay {
		w.line("TRANSP:TRANSPARENT") // a date is no reason to be busy
	}
	state := "CONFIRMED"
	if e.Gone {
		state = "CANCELLED"
	}
	w.line("STATUS:" + state)
	w.line("END:VEVENT")
}

// span writes from when to when. The end of whole days is the morning after the last one.
func (w *calendar) span(e Event) {
	if e.AllDay {
		last := e.Start
		if e.End.After(e.Start) {
			last = e.End
		}
		w.line("DTSTART;VALUE=DATE:" + e.Start.Format("20060102"))
		w.line("DTEND;VALUE=DATE:" + last.AddDate(0, 0, 1).Format("20060102"))
		return
	}
	w.line("DTSTART:" + utc(e.Start))
	if e.End.After(e.Start) {
		w.line("DTEND:" + utc(e.End))
	}
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

var icsEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// text writes a property whose value is free text; an empty one is left out.
func (w *calendar) text(name, value string) {
	if value = clean(value); value != "" {
		w.line(name + ":" + icsEscapes.Replace(value))
	}
}

var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n")

// clean is a text without what no calendar may hold; its lines end with a bare newline.
func clean(value string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return printable(r)
	}, breaks.Replace(strings.ToValidUTF8(value, "\ufffd"))))
}

// printable drops controls, and characters that turn the rest of a line round.
func printable(r rune) rune {
	if unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
		return -1
	}
	return r
}

// visible is for addresses: plain ASCII without blanks.
func visible(r rune) rune {
	if r <= ' ' || r > '~' {
		return -1
	}
	return r
}

// line writes a content line, folded after 75 octets and never inside a character.
func (w *calendar) line(s string) {
	const most = 75
	room := most
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], most-1 // the blank counts
	}
	w.WriteString(s + "\r\n")
}
