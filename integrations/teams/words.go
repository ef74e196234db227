package teams

import (
	"strconv"
	"strings"
	"unicode"
)

// tongue is the language part of a BCP 47 tag, lower case: "de" of "de-CH".
func tongue(lang string) string {
	t, _, _ := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-")
	return strings.ToLower(t)
}

// rightToLeft tells whether a language is written from right to left.
func rightToLeft(lang string) bool {
	switch tongue(lang) {
	case "ar", "he", "fa", "ur":
		return true
	}
	return false
}

// ownDirection lets every text that begins in a left-to-right script (a playbook nobody has
// translated, a name) run its own way on a card written from right to left: it stands between
// Unicode's first-strong isolate and its end. Otherwise its full stop would jump to its front.
func ownDirection(v any, inFacts bool) {
	switch v := v.(type) {
	case []node:
		for _, n := range v {
			ownDirection(n, inFacts)
		}
	case node:
		for key, child := range v {
			s, isText := child.(string)
			shown := key == "text" || key == "title" || key == "label" || inFacts && key == "value"
			if isText && shown && leftToRight(s) {
				v[key] = "\u2068" + s + "\u2069"
			}
			ownDirection(child, key == "facts")
		}
	}
}

// leftToRight tells whether the first letter of a text is neither Arabic nor Hebrew; what a
// client works out by itself ({{DATE…}}) has no direction yet.
func leftToRight(s string) bool {
	if strings.HasPrefix(s, "{{") {
		return false
	}
	for _, r := range s {
		if unicode.IsLetter(r) {
			return !unicode.In(r, unicode.Arabic, unicode.Hebrew)
		}
	}
	return false
}

// quoted puts words to say aloud into the quotation marks of the language.
func quoted(lang, s string) string {
	switch tongue(lang) {
	case "de":
		return "„" + s + "“"
	case "fr":
		return "«\u00a0" + s + "\u00a0»"
	case "es", "pt", "ar":
		return "«" + s + "»"
	case "ja":
		return "「" + s + "」"
	}
	return "“" + s + "”"
}

// minutes writes a length. "min" is the international sign; Japanese and Arabic use their own.
func minutes(lang string, n int) string {
	switch tongue(lang) {
	case "ja":
		return strconv.Itoa(n) + "分"
	case "ar":
		return strconv.Itoa(n) + " د"
	}
	return strconv.Itoa(n) + " min"
}

// Two things the bot says when it could not do what was asked.
type excuse struct{ later, never string }

var excuses = map[string]excuse{
	"en": {"Something did not work just now. Please try again in a minute.", "This button no longer does anything. Nothing was changed."},
	"de": {"Das hat gerade nicht geklappt. Bitte versuche es in einer Minute noch einmal.", "Diese Schaltfläche bewirkt nichts mehr. Es wurde nichts geändert."},
	"fr": {"Cela n’a pas fonctionné. Réessayez dans une minute.", "Ce bouton n’a plus d’effet. Rien n’a été modifié."},
	"es": {"Algo no ha funcionado. Inténtalo de nuevo dentro de un minuto.", "Este botón ya no tiene efecto. No se ha cambiado nada."},
	"pt": {"Algo não funcionou. Tente novamente dentro de um minuto.", "Este botão já não tem efeito. Nada foi alterado."},
	"ja": {"うまくいきませんでした。1分ほどしてからもう一度お試しください。", "このボタンは現在使えません。何も変更されていません。"},
	"ar": {"حدث خلل الآن. يُرجى المحاولة مرة أخرى بعد دقيقة.", "لم يعد لهذا الزر أي مفعول. لم يتغير شيء."},
}

// sorry answers the excuses in a language, English when it is not one of ours.
func sorry(lang string) excuse {
	if e, ok := excuses[tongue(lang)]; ok {
		return e
	}
	return excuses["en"]
}
