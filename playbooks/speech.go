package playbooks

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// speech is what the lint knows about a language. Whatever it does not know, it does not
// check.
type speech struct {
	ease   float64        // the least reading ease
	closed *regexp.Regexp // beginnings of questions that yes or no could answer
	hours  string         // the forty-eight hours, as a commitment says them
	jargon []plainer      // words that cost a reader time
	blame  *regexp.Regexp // verdicts on a person
}

// speeches are the languages of the cards. Flesch calls a reading ease of 60 to 70 plain
// English and 80 to 90 easy, as in talk; these are words to talk with. Amstad's scale for
// German is the same, but compounds count as hard words there however common they are.
var speeches = map[string]speech{
	English: {
		ease: 80,
		closed: starts(`(and |but |so )?(do|does|did|is|are|was|were|am|can|could|will|would|shall|should|may|might|must|have|has|had|` +
			`isn't|aren't|don't|doesn't|didn't|won't|can't|couldn't|wouldn't|shouldn't)`),
		hours: "forty-eight hours",
		jargon: plainly(map[string]string{
			`leverag(e|es|ed|ing)`:                  `"use"`,
			`utili[sz](e|es|ed|ing|ation)`:          `"use"`,
			`facilitat(e|es|ed|ing)`:                `"help" or "lead"`,
			`stakeholders?`:                         "who they are",
			`synerg(y|ies|istic)`:                   "what the two do better together",
			`deliverables?`:                         "the thing itself",
			`action items?`:                         `"next step"`,
			`touch base`:                            `"talk"`,
			`circle back`:                           `"come back to it"`,
			`reach out`:                             `"write", "call" or "ask"`,
			`going forward`:                         `"from now on", or nothing`,
			`low-hanging fruit`:                     `"the easy part"`,
			`move the needle`:                       "what would change",
			`bandwidth`:                             `"time"`,
			`paradigms?`:                            `"way of thinking"`,
			`holistic(ally)?`:                       `"whole"`,
			`best practices?`:                       "what has worked, and where",
			`learnings`:                             `"what we learned"`,
			`takeaways?`:                            "what you take with you",
			`deep dives?`:                           `"session"`,
			`key performance indicators?|KPIs?`:     "what is measured",
			`proactive(ly)?`:                        `"early" or "first"`,
			`impactful`:                             "what it changes",
			`actionable`:                            "what one can do with it",
			`empower(s|ed|ing|ment)?`:               `"let" or "help"`,
			`psychological(ly)? safe(ty)?`:          "what one may say without harm",
			`cognitive(ly)?`:                        `"in thought"`,
			`modalit(y|ies)`:                        `"way"`,
			`operationali[sz](e|es|ed|ing)`:         `"do"`,
			`optimi[sz](e|es|ed|ing|ation)`:         `"make better"`,
			`incentivi[sz](e|es|ed|ing)`:            `"give a reason to"`,
			`alignment`:                             `"agreement"`,
			`prioriti[sz](e|es|ed|ing|ation)`:       `"do first"`,
			`holding space|hold space`:              `"listen"`,
			`unpack(s|ed|ing)?`:                     `"look at"`,
			`in order to`:                           `"to"`,
			`with regard to|in terms of|in respect`: `"about"`,
		}),
		blame: anyOf(
			`(your|his|her|their|my) (own )?fault`, `you (always|never) (do|listen|answer|tell|help|read|ask|say|think|reply|care|let|forget|interrupt|talk)`, `to blame`, `guilty`,
			`lazy`, `stupid(ity)?`, `idiots?`, `incompetent`, `incompetence`, `careless(ness)?`,
			`unprofessional`, `useless`, `toxic`, `a bad attitude`, `overreact(s|ed|ing)?`,
			`too sensitive`, `oversensitive`, `difficult (person|people|colleagues?|employees?)`,
			`should have known`, `you made me`, `no excuses?`, `shame on`, `weakness(es)?`,
			`underperformers?`, `problem (person|people)`, `resistant`, `negativity`,
		),
	},
	"de": {
		ease: 75,
		closed: starts(`(und |aber |also )?(bist|ist|sind|seid|war|warst|waren|hast|hat|habt|haben|hattest|hatte|kannst|kann|könnt|können|könntest|könnte|` +
			`willst|will|wollt|würdest|würde|sollst|soll|sollte|darf|darfst|musst|muss|wirst|wird|magst|möchtest|möchte|gibt|gab|geht|ging|hilft|weißt)`),
		hours: "achtundvierzig Stunden",
		jargon: plainly(map[string]string{
			`stakeholder(n|s)?`:         "wer gemeint ist",
			`synergie(n)?`:              "was gemeinsam besser geht",
			`learnings`:                 "was wir gelernt haben",
			`takeaways?`:                "was man mitnimmt",
			`proaktiv(e|es|en|er)?`:     `"früh" oder "von sich aus"`,
			`zeitnah(e|es|en|er)?`:      "bis wann",
			`zielführend(e|es|en|er)?`:  "was hilft",
			`ganzheitlich(e|es|en|er)?`: `"ganz"`,
			`committen|commitment`:      `"zusagen"`,
			`challengen`:                `"nachfragen"`,
			`mindset`:                   `"Haltung"`,
			`implementier(en|t|ung)`:    `"einführen"`,
			`optimier(en|t|ung)`:        `"besser machen"`,
		}),
		blame: anyOf(`(deine|seine|ihre|meine) schuld`, `selbst schuld`, `schuldig(e|en|er)?`, `faul(e|en|er)?`, `dumm(e|en|er|heit)?`,
			`unfähig(e|en|er|keit)?`, `nachlässig(e|en|er)?`, `unprofessionell(e|en|er)?`, `überempfindlich(e|en|er)?`, `toxisch(e|en|er)?`,
			`du (hörst|fragst|antwortest|denkst|redest|hilfst) (nie|immer)`, `schwierige (menschen?|kolleg(e|en|in|innen)|personen?)`),
	},
	"fr": {hours: "quarante-huit heures"},
	"es": {hours: "cuarenta y ocho horas"},
	"pt": {hours: "quarenta e oito horas"},
	"ja": {hours: "48時間"},
	"ar": {hours: "ثمانٍ وأربعين ساعة"},
}

// plainer is a word to avoid and what to write in its place.
type plainer struct {
	pattern *regexp.Regexp
	instead string
}

func plainly(list map[string]string) []plainer {
	var out []plainer
	for _, pattern := range slices.Sorted(maps.Keys(list)) {
		out = append(out, plainer{anyOf(pattern), list[pattern]})
	}
	return out
}

// anyOf matches whole words, in capitals or not.
func anyOf(patterns ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL])((?:` + strings.Join(patterns, "|") + `))(?:$|[^\pL])`)
}

func starts(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^["'„»(]*` + pattern + `(?:$|[^\pL])`)
}

// found answers the words a pattern of anyOf matches, "" for none.
func found(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
