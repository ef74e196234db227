package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// Trend is something of one's own over time.
type Trend struct {
	ID     string // understood, practised, attempts or paraphrases
	Points []Point
}

// Point is one value of a Trend.
type Point struct {
	At    time.Time
	Value int
}

// picture is a Trend as a line that the server draws, with everything in words beside it.
type picture struct {
	Title string
	Text  string // the picture for whoever does not see it
	Line  string // points of a polyline
	Dots  []dot
	Rows  []row
}

type dot struct{ X, Y string }

type row struct{ Day, Value string }

// The picture's own measures; a page stretches it.
const (
	wide, high = 320, 96
	margin     = 8
	scaleTop   = 5  // of what is rated from 1 to 5
	mostPoints = 26 // the latest: a year of rounds; the download has all
)

// trendWords are the titles of the trends that are drawn.
var trendWords = map[string]string{
	"understood": "trend.understood", "practised": "trend.practised", "attempts": "trend.attempts", "paraphrases": "trend.paraphrases",
}

// pictures draws the trends that have two values or more: one is no trend.
func pictures(trends []Trend, lang string, zone *time.Location) []picture {
	say := tongues[lang]
	var all []picture
	for _, t := range trends {
		title := say[trendWords[t.ID]]
		if len(t.Points) < 2 || title == "" {
			continue
		}
		t.Points = t.Points[max(0, len(t.Points)-mostPoints):]
		p := picture{Title: title}
		top := 1
		if t.ID == "understood" {
			top = scaleTop
		}
		var values, line []string
		for _, x := range t.Points {
			top = max(top, x.Value)
			values = append(values, strconv.Itoa(x.Value))
			p.Rows = append(p.Rows, row{prompt.In(lang).Day(x.At, zone), strconv.Itoa(x.Value)})
		}
		for i, x := range t.Points {
			d := dot{measure(margin + float64(i)*(wide-2*margin)/float64(len(t.Points)-1)), measure(high - margin - float64(x.Value)*(high-2*margin)/float64(top))}
			p.Dots = append(p.Dots, d)
			line = append(line, d.X+","+d.Y)
		}
		p.Line = strings.Join(line, " ")
		p.Text = title + ": " + strings.Join(values, ", ")
		all = append(all, p)
	}
	return all
}

func measure(x float64) string { return fmt.Sprint(math.Round(x*10) / 10) }
