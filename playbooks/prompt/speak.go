package prompt

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// number writes a whole number for keys, where no language plays a part.
func number(n int) string { return strconv.Itoa(n) }

// leastGrouped is the least number whose thousands are set apart; elsewhere it is 1,000.
var leastGrouped = map[string]int{"es": 10_000}

// number writes a whole number with its thousands set apart as the language does. Arabic
// keeps the digits 0 to 9: they are the ones its readers type into the same cards.
func (s Speaker) number(n int) string {
	if n < max(leastGrouped[s.Lang], 1000) {
		return number(n)
	}
	digits := number(n)
	first := len(digits) - (len(digits)-1)/3*3 // of the groups of three all but the first are whole
	said := digits[:first]
	for rest := digits[first:]; rest != ""; rest = rest[3:] {
		said = s.say("number.thousands", "high", said, "low", rest[:3])
	}
	return said
}

// decimal writes a number with one digit after the point, or the comma.
func (s Speaker) decimal(x float64) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(x, 'f', 1, 64), ".")
	return s.say("number.decimal", "whole", whole, "part", part)
}

// count words a text that says how many; its forms stand under key.one, key.other and so on.
func (s Speaker) count(key string, n int, args ...string) string {
	return s.say(key+"."+plural(s.Lang, n), append(args, "count", s.number(n))...)
}

// plural is the category of a whole number by CLDR's rules for our languages. French,
// Spanish and Portuguese have one more, for round millions, which nothing here counts.
func plural(lang string, n int) string {
	switch lang {
	case "ja":
		return "other"
	case "ar":
		return arabicPlural(n)
	case "fr", "pt":
		if n == 0 {
			return "one"
		}
	}
	if n == 1 {
		return "one"
	}
	return "other"
}

func arabicPlural(n int) string {
	switch hundredth := n % 100; {
	case n == 0:
		return "zero"
	case n == 1:
		return "one"
	case n == 2:
		return "two"
	case hundredth >= 3 && hundredth <= 10:
		return "few"
	case hundredth >= 11:
		return "many"
	}
	return "other"
}

// span says a stretch of minutes as people do: "45 minutes", "2 hours and 5 minutes".
func (s Speaker) span(minutes int) string {
	hours := s.count("span.hours", minutes/60)
	switch {
	case minutes < 60:
		return s.count("span.minutes", minutes)
	case minutes%60 == 0:
		return hours
	}
	return s.say("list.and", "first", hours, "last", s.count("span.minutes", minutes%60))
}

// minutes is a duration in whole minutes, rounded.
func minutes(d time.Duration) int { return int(math.Round(d.Minutes())) }

// Day is a date on the wall calendar of a zone, with its weekday and without a year: "Monday
// 2 November". Channels that draw a When themselves use it too.
func (s Speaker) Day(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	day := number(t.Day())
	if day == "1" { // French and Portuguese count the first of a month, and then no other
		day = s.say("date.first")
	}
	return s.say("date.day", "weekday", s.weekday(t.Weekday()), "day", day, "month", s.say("month."+number(int(t.Month()))))
}

func (s Speaker) weekday(d time.Weekday) string { return s.say("weekday." + number(int(d))) }

// moment is a day and a time on the person's clock; without a zone it says that it is UTC.
func (s Speaker) moment(t time.Time, zone *time.Location) string {
	mark := ""
	if zone == nil {
		zone, mark = time.UTC, " UTC"
	}
	return s.say("date.moment", "day", s.Day(t, zone), "time", t.In(zone).Format("15:04")+mark)
}

// list joins things with commas.
func (s Speaker) list(things []string) string { return s.join("list.comma", things) }

// join folds texts into one, two at a time, by the pattern of a key.
func (s Speaker) join(key string, texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	all := texts[0]
	for _, t := range texts[1:] {
		all = s.say(key, "first", all, "last", t)
	}
	return all
}

// names joins people's names: "Ana, Ben & Cem".
func (s Speaker) names(people []roster.Person) string {
	var l []string
	for _, p := range people {
		l = append(l, s.called(p))
	}
	if len(l) < 2 {
		return s.list(l)
	}
	last := len(l) - 1
	if s.Lang == "es" && soundsLikeI(l[last]) { // "Ana e Inés"
		return s.list(l[:last]) + " e " + l[last]
	}
	return s.say("list.people", "first", s.list(l[:last]), "last", l[last])
}

// soundsLikeI says whether a name begins with the sound before which Spanish turns "y" to "e".
func soundsLikeI(name string) bool {
	name = fold(name)
	return (strings.HasPrefix(name, "i") || strings.HasPrefix(name, "hi")) && !strings.HasPrefix(name, "hie") && !strings.HasPrefix(name, "hia")
}

// called is a person's name as one speaks of them: Japanese adds an honorific.
func (s Speaker) called(p roster.Person) string {
	if p.Name == "" {
		return ""
	}
	return s.say("person", "name", p.Name)
}
