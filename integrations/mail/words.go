package mail

import (
	"strconv"
	"strings"
)

// words are what a letter says of its own accord, beside the message.
type words struct {
	Answer string // the button of a message that asks something
	Asked  string // above the questions of the page
	Copied string // for programs that show no button
	Why    string // {programme}
	Stop   string // the link that pauses
	Yours  string // after the reader's own time
	More   string // beneath the button: what else the page offers
	Colon  string // as the language sets it
}

var tongues = map[string]words{
	"en": {"Answer now", "On the page we ask you", "If the button does nothing, copy this address into your browser:", "You get this mail because you were invited to “{programme}” or take part in it.", "Pause and stop these mails", "your time", "You can also: ", ":"},
	"de": {"Jetzt antworten", "Auf der Seite fragen wir dich", "Wenn die Schaltfläche nichts bewirkt, kopiere diese Adresse in deinen Browser:", "Du bekommst diese Mail, weil du zu „{programme}“ eingeladen bist oder dabei bist.", "Pausieren und keine Mails mehr bekommen", "deine Zeit", "Du kannst auch: ", ":"},
	"fr": {"Répondre", "Sur la page, nous vous demandons", "Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :", "Vous recevez cet e-mail parce que vous êtes invité à « {programme} » ou que vous y participez.", "Faire une pause et ne plus recevoir ces e-mails", "votre heure", "Vous pouvez aussi : ", " :"},
	"es": {"Responder ahora", "En la página te preguntamos", "Si el botón no funciona, copia esta dirección en tu navegador:", "Recibes este correo porque te han invitado a «{programme}» o participas en él.", "Hacer una pausa y no recibir más correos", "tu hora", "También puedes: ", ":"},
	"pt": {"Responder agora", "Na página, perguntamos a você", "Se o botão não funcionar, copie este endereço no seu navegador:", "Você recebe este e-mail porque foi convidado para “{programme}” ou participa dele.", "Fazer uma pausa e não receber mais e-mails", "seu horário", "Você também pode: ", ":"},
	"ja": {"回答する", "ページでお聞きすること", "ボタンが反応しない場合は、次のアドレスをブラウザーにコピーしてください。", "「{programme}」に招待されているか参加しているため、このメールをお送りしています。", "休止してメールを止める", "あなたの時刻", "ほかにできること：", "："},
	"ar": {"أجب الآن", "في الصفحة نسألك", "إذا لم يعمل الزر، فانسخ هذا العنوان إلى متصفحك:", "تصلك هذه الرسالة لأنك مدعو إلى «{programme}» أو مشارك فيه.", "إيقاف مؤقت ووقف هذه الرسائل", "بتوقيتك", "يمكنك أيضًا: ", ":"},
}

// tongue is the language part of a BCP 47 tag, lower case: "de" of "de-CH".
func tongue(lang string) string {
	t, _, _ := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-")
	return strings.ToLower(t)
}

// in answers the words of a language, English when it is not one of ours.
func in(lang string) words {
	if w, ok := tongues[tongue(lang)]; ok {
		return w
	}
	return tongues["en"]
}

// direction is how a language is written: "rtl" or "ltr".
func direction(lang string) string {
	switch tongue(lang) {
	case "ar", "he", "fa", "ur":
		return "rtl"
	}
	return "ltr"
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

// quoted puts words to say aloud into the quotation marks of the language.
func quoted(lang, s string) string {
	switch tongue(lang) {
	case "de":
		return "„" + s + "“"
	case "fr":
		return "«\u00a0" + s + "\u00a0»"
	case "es", "ar":
		return "«" + s + "»"
	case "ja":
		return "「" + s + "」"
	}
	return "“" + s + "”"
}
