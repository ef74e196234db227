package desk

import (
	"encoding/json"
	"strings"
	"testing"
)

func jsString(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func contains(text, part string) bool { return strings.Contains(text, part) }

// The pure modules are asked directly, in the browser they run in.
func TestWallClocks(t *testing.T) {
	p := open(t, "/", wide)
	for ask, want := range map[string]string{
		"m.dayTime(Date.parse('2026-11-24T14:20:00Z'), 'Asia/Kolkata')":                         "Tue 24 Nov, 19:50",
		"m.span(Date.parse('2026-11-25T22:30:00Z'), Date.parse('2026-11-26T00:30:00Z'), 'UTC')": "Wed 25 Nov, 22:30 to Thu 26 Nov, 00:30",
		"m.time(Date.parse('2026-11-24T00:00:00Z'), 'UTC')":                                     "00:00",
		"new Date(m.moment('2026-06-01', '09:00', 'Europe/Lisbon')).toISOString()":              "2026-06-01T08:00:00.000Z",
		"new Date(m.moment('2026-03-29', '01:30', 'Europe/Lisbon')).toISOString()":              "2026-03-29T01:30:00.000Z", // skipped: shows 02:30
		"new Date(m.moment('2026-10-25', '01:30', 'Europe/Lisbon')).toISOString()":              "2026-10-25T00:30:00.000Z", // twice: the first
		"new Date(m.moment('2026-11-01', '01:30', 'America/New_York')).toISOString()":           "2026-11-01T05:30:00.000Z",
		"new Date(m.moment('2026-11-24', '00:00', 'Pacific/Kiritimati')).toISOString()":         "2026-11-23T10:00:00.000Z",
		"m.week('2026-11-29').join()":                                                           "2026-11-23,2026-11-24,2026-11-25,2026-11-26,2026-11-27,2026-11-28,2026-11-29",
		"m.addDays('2028-02-28', 2)":                                                            "2028-03-01",
		"m.place('America/Argentina/Buenos_Aires')":                                             "Buenos Aires",
		"m.length(90 * 60000)": "1 h 30 min",
		"m.fill('{{DATE(2026-11-25T23:30:00Z, SHORT)}} {{TIME(2026-11-25T23:30:00Z)}}', 'Asia/Tokyo', 'en-US')": "Thu, Nov 26, 2026 08:30 AM",
		"m.fill('{{DATE(2026-11-25T23:30:00Z)}} {{DATE(yesterday)}}', 'UTC', 'de')":                             "25.11.2026 {{DATE(yesterday)}}",
		"m.fill('{{TIME(2026-11-25T23:30:00+02:00)}}', 'UTC', 'de')":                                            "21:30",
	} {
		got := js[string](p, "import('/desk/js/when.js').then((m) => "+ask+")")
		if strings.ReplaceAll(got, "\u202f", " ") != want {
			t.Errorf("%s is %q, want %q", ask, got, want)
		}
	}
}

func TestTeamsMarkdown(t *testing.T) {
	p := open(t, "/", wide)
	for text, want := range map[string]string{
		"**bold** and *it* and _it_":          "<strong>bold</strong> and <em>it</em> and <em>it</em>",
		`\*not\* \_this\_ \[a\]\(b\) a\\b`:    `*not* _this_ [a](b) a\b`,
		"snake_case_name 2 * 3 * 4":           "snake_case_name 2 * 3 * 4",
		"<b>x</b> & \"y\"":                    "&lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;",
		"&lt;ok&gt; &amp; &#42;":              "&lt;ok&gt; &amp; &#42;",
		"[us](https://a.example/_x_?a=1&b=2)": `<a href="https://a.example/_x_?a=1&amp;b=2">us</a>`,
		"[bad](javascript:alert(1))":          "[bad](javascript:alert(1))",
		`[q](https://a.example/"onclick="x)`:  `<a href="https://a.example/&quot;onclick=&quot;x">q</a>`,
		"see:\n- one\n- **two**\nend":         "see:<ul><li>one</li><li><strong>two</strong></li></ul>end",
		"1. one\n2. two":                      "<ol><li>one</li><li>two</li></ol>",
		"a\n\nb":                              "a<br><br>b",
		"1\\. not a list":                     "1. not a list",
		"\\<script\\>alert(1)\\</script\\>":   "&lt;script&gt;alert(1)&lt;/script&gt;",
		"**open and *never closed":            "**open and *never closed",
	} {
		if got := js[string](p, "import('/desk/js/markdown.js').then((m) => m.html("+jsString(text)+"))"); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestEventsSideBySide(t *testing.T) {
	p := open(t, "/", wide)
	got := js[string](p, `import('/desk/js/layout.js').then((m) => JSON.stringify(m.pieces([
		{ id: 'a', start: '2026-11-24T09:00:00Z', end: '2026-11-24T11:00:00Z' },
		{ id: 'b', start: '2026-11-24T10:00:00Z', end: '2026-11-24T10:30:00Z' },
		{ id: 'c', start: '2026-11-24T10:30:00Z', end: '2026-11-24T12:00:00Z' },
		{ id: 'd', start: '2026-11-24T13:00:00Z', end: '2026-11-24T13:00:00Z' },
		{ id: 'night', start: '2026-11-23T22:00:00Z', end: '2026-11-24T01:00:00Z' },
		{ id: 'ends at midnight', start: '2026-11-23T22:00:00Z', end: '2026-11-24T00:00:00Z' },
		{ id: 'holiday', start: '2026-11-24T00:00:00Z', end: '2026-11-26T00:00:00Z' },
	], '2026-11-24', 'UTC'), (k, v) => k === 'event' ? v.id : v))`)
	want := `{"timed":[{"event":"night","from":0,"to":60,"lane":0,"lanes":1},{"event":"a","from":540,"to":660,"lane":0,"lanes":2},` +
		`{"event":"b","from":600,"to":630,"lane":1,"lanes":2},{"event":"c","from":630,"to":720,"lane":1,"lanes":2},` +
		`{"event":"d","from":780,"to":800,"lane":0,"lanes":1}],"allDay":[{"id":"holiday","start":"2026-11-24T00:00:00Z","end":"2026-11-26T00:00:00Z"}]}`
	if got != want {
		t.Errorf("the day is laid out as\n%s, want\n%s", got, want)
	}
}
