package web

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// property is a content line as a calendar program reads it.
type property struct{ name, params, value string }

// unfold reads a calendar strictly: CRLF everywhere, no line over 75 octets, UTF-8 on every
// line of the file, each content line a name and a value.
func unfold(t interface{ Fatalf(string, ...any) }, data []byte) []property {
	if !bytes.HasSuffix(data, []byte("\r\n")) || bytes.Count(data, []byte("\n")) != bytes.Count(data, []byte("\r\n")) || bytes.Count(data, []byte("\r")) != bytes.Count(data, []byte("\n")) {
		t.Fatalf("a line does not end with CRLF")
	}
	var lines []string
	for row := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(row) > 75 || !utf8.ValidString(row) {
			t.Fatalf("a line of %d octets: %q", len(row), row)
		}
		if rest, goesOn := strings.CutPrefix(row, " "); goesOn && len(lines) > 0 {
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, row)
	}
	var all []property
	for _, l := range lines {
		head, value, ok := strings.Cut(l, ":")
		name, params, _ := strings.Cut(head, ";")
		if !ok || name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
			t.Fatalf("no property: %q", l)
		}
		all = append(all, property{name, params, value})
	}
	return all
}

var unescape = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n")

func TestAnyFeedIsAValidCalendar(t *testing.T) {
	words := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a;b,c\\d", "x\r\nBEGIN:VEVENT\r\nSUMMARY:forged", "x\nEND:VCALENDAR", strings.Repeat("ü", 100), "日本語の予定", "محادثة", "\xff\xfe\x00", "\u202eevil", "=cmd|'/C calc'!A0", "\u2028DTSTART:1"}))
	moments := rapid.Custom(func(t *rapid.T) time.Time {
		zone := time.FixedZone("", rapid.IntRange(-12*4, 14*4).Draw(t, "quarters")*900)
		return time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "at"), 0).In(zone)
	})
	rapid.Check(t, func(t *rapid.T) {
		f := Feed{Name: words.Draw(t, "name"), Every: time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "every"))}
		for range rapid.IntRange(0, 4).Draw(t, "events") {
			e := Event{UID: words.Draw(t, "uid"), Title: words.Draw(t, "title"), Text: words.Draw(t, "text"), Place: words.Draw(t, "place"), URL: "https://" + words.Draw(t, "url"),
				Start: moments.Draw(t, "start"), AllDay: rapid.Bool().Draw(t, "day"), Revision: rapid.IntRange(-1, 9).Draw(t, "revision"), Gone: rapid.Bool().Draw(t, "gone")}
			if rapid.Bool().Draw(t, "ends") {
				e.End = e.Start.Add(time.Duration(rapid.Int64Range(-1e13, 1e14).Draw(t, "length")))
			}
			f.Events = append(f.Events, e)
		}
		data := f.ICS()
		if !bytes.Equal(data, f.ICS()) {
			t.Fatal("the same feed is written in two ways")
		}
		var open []string
		counts := map[string]int{}
		for _, p := range unfold(t, data) {
			switch p.name {
			case "BEGIN":
				open = append(open, p.value)
				counts = map[string]int{}
			case "END":
				if len(open) == 0 || open[len(open)-1] != p.value {
					t.Fatalf("%s ends, %v is open", p.value, open)
				}
				if p.value == "VEVENT" && (counts["UID"] != 1 || counts["DTSTAMP"] != 1 || counts["DTSTART"] != 1 || counts["DTEND"] > 1 || counts["SUMMARY"] > 1) {
					t.Fatalf("%v", counts)
				}
				open = open[:len(open)-1]
			default:
				counts[p.name]++
			}
		}
		if len(open) != 0 {
			t.Fatalf("%v is never closed", open)
		}
	})
}

// TestThreat9NoWordBecomesACalendarLine is row 9 of the threats, as far as calendars go.
func TestThreat9NoWordBecomesACalendarLine(t *testing.T) {
	evil := "Tea; with, Ben\\\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTACH:https://evil.example\x00"
	f := Feed{Name: evil, Events: []Event{{UID: evil, Title: evil, Text: evil, Place: evil, URL: "https://x.example/\r\nATTACH:1", Start: noon, End: noon.Add(time.Hour)}}}
	events := 0
	for _, p := range unfold(t, f.ICS()) {
		switch p.name {
		case "BEGIN":
			events++
		case "ATTACH":
			t.Errorf("%+v", p)
		case "SUMMARY":
			if want := strings.ReplaceAll(strings.ReplaceAll(evil, "\r\n", "\n"), "\x00", ""); unescape.Replace(p.value) != want {
				t.Errorf("%q", p.value)
			}
		}
	}
	if events != 2 {
		t.Errorf("%d components", events)
	}
}

func TestAFeedInFull(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	f := Feed{Name: "Feedback circle", Every: 6 * time.Hour, Events: []Event{
		{UID: "round-8@rapport.example", Title: "Round 8 begins", Start: time.Date(2026, 12, 7, 0, 0, 0, 0, berlin), End: time.Date(2026, 12, 18, 0, 0, 0, 0, berlin), AllDay: true},
		{UID: "session-7f3a@rapport.example", Title: "Tea, with Ben", Text: "Bring:\n- a cup", URL: "https://teams.example/j?x=1;2", Start: time.Date(2026, 10, 25, 2, 30, 0, 0, berlin), End: time.Date(2026, 10, 25, 3, 15, 0, 0, berlin), Revision: 2, Changed: noon, Gone: true},
		{Title: "left out"}, {UID: "left out"},
	}}
	want := strings.Join([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//rapport//calendar feed//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:Feedback circle", "NAME:Feedback circle",
		"REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H",
		"BEGIN:VEVENT", "UID:session-7f3a@rapport.example", "DTSTAMP:20261124T120000Z", "SEQUENCE:2", "LAST-MODIFIED:20261124T120000Z", "DTSTART:20261025T013000Z", "DTEND:20261025T021500Z", `SUMMARY:Tea\, with Ben`, `DESCRIPTION:Bring:\n- a cup`, "URL:https://teams.example/j?x=1;2", "STATUS:CANCELLED", "END:VEVENT",
		"BEGIN:VEVENT", "UID:round-8@rapport.example", "DTSTAMP:20261206T230000Z", "SEQUENCE:0", "DTSTART;VALUE=DATE:20261207", "DTEND;VALUE=DATE:20261219", "SUMMARY:Round 8 begins", "TRANSP:TRANSPARENT", "STATUS:CONFIRMED", "END:VEVENT",
		"END:VCALENDAR", ""}, "\r\n")
	if got := string(f.ICS()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func FuzzFeed(f *testing.F) {
	f.Add("a", "b\r\nEND:VCALENDAR", "c")
	f.Fuzz(func(t *testing.T, uid, title, text string) {
		unfold(t, Feed{Name: title, Events: []Event{{UID: uid, Title: title, Text: text, URL: "https://" + text, Start: noon}}}.ICS())
	})
}
