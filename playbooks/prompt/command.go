package prompt

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// commands are the verbs people may type, by the last part of the key that lists the words.
var commands = map[string]string{
	"command.data": Data, "command.settings": Settings, "command.forget": Forget, "command.resume": Resume,
	"command.pause": Pause, "command.leave": Leave, "command.join": Join, "command.help": Help,
}

// lexicon is what one language's commands are recognised by.
type lexicon struct {
	padding []string          // words that do not change a command
	verbs   map[string]string // by the essence of the words
}

// lexicons are those of all languages: people type the language they think in, whatever
// their mailbox says.
var lexicons = compiled()

func compiled() []lexicon {
	var all []lexicon
	for _, lang := range Languages() {
		say := In(lang)
		l := lexicon{padding: strings.Fields(fold(say.say("command.padding"))), verbs: map[string]string{}}
		for _, key := range slices.Sorted(maps.Keys(commands)) {
			for _, said := range strings.Split(say.say(key), "|") {
				l.verbs[l.essence(said)] = commands[key]
			}
		}
		all = append(all, l)
	}
	return all
}

// Command is the verb of a typed text in any of our languages. Only the whole text counts:
// "leave Ben out of it" is no wish to leave, and pausing somebody by mistake costs a
// partner. Anything we do not understand is a call for help.
func Command(text string) string {
	verb := Help
	for _, l := range lexicons {
		switch said := l.verbs[l.essence(text)]; {
		case said == "" || said == verb:
		case verb != Help: // two languages disagree
			return Help
		default:
			verb = said
		}
	}
	return verb
}

// essence is a text in lower case without accents, punctuation and padding.
func (l lexicon) essence(text string) string {
	words := strings.FieldsFunc(fold(text), func(r rune) bool {
		return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return slices.Contains(l.padding, w) }), " ")
}

// fold writes in one way what people type in several: capitals, accents left out on a
// phone, curled apostrophes, the Arabic letters that many type plain.
func fold(text string) string { return folds.Replace(strings.ToLower(text)) }

var folds = strings.NewReplacer(
	"’", "'", "á", "a", "à", "a", "â", "a", "ã", "a", "ä", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "î", "i", "ï", "i", "ñ", "n", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ú", "u", "ù", "u", "û", "u", "ü", "u", "ß", "ss",
	"أ", "ا", "إ", "ا", "آ", "ا", "ة", "ه", "ى", "ي",
)
