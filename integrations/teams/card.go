package teams

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"unicode/utf16"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

const (
	cardType    = "application/vnd.microsoft.card.adaptive"
	cardVersion = "1.5"     // the newest schema Teams takes from a bot
	maxActions  = 6         // Teams hides further buttons behind "…"
	maxCard     = 80 * 1024 // bytes of UTF-16: what Teams recommends; it refuses at about 100 KB
)

// node is one JSON object of a card.
type node map[string]any

// CardID is the id of the outermost container of the card of a message. It is made of the
// message key alone and survives a read through Graph, so whether a card was shown already
// can be asked from the outside.
func CardID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "rp-" + hex.EncodeToString(sum[:])[:32]
}

// Card draws a message as an Adaptive Card 1.5 (JSON). The same message always makes the
// same bytes. A message that cannot be drawn (too big, more than six actions, an input
// without id or label, a link that is not https) is a permanent error.
func Card(m prompt.Message) ([]byte, error) {
	d := drawing{lang: m.Lang}
	body := d.body(m)
	actions, err := buttons(m)
	if err != nil {
		return nil, err
	}
	if d.err != nil {
		return nil, d.err
	}
	if rightToLeft(m.Lang) {
		ownDirection(body, false)
	}
	card := node{
		"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": cardVersion,
		"lang": language(m.Lang), "fallbackText": line(m.Summary), "speak": line(m.Summary),
		"body": []node{{"type": "Container", "id": CardID(m.Key), "items": body}},
	}
	if len(actions) > 0 {
		card["actions"] = actions
	}
	if rightToLeft(m.Lang) {
		card["rtl"] = true
	}
	raw, err := encode(card)
	if err != nil {
		return nil, broken("the card cannot be written as JSON")
	}
	if n := utf16Bytes(raw); n > maxCard {
		return nil, broken("the card is too big for Teams (more than 80 KB); shorten the message")
	}
	return raw, nil
}

// language is the card's language tag; a message without one is English.
func language(lang string) string {
	if lang == "" {
		return "en"
	}
	return lang
}

// buttons draws the actions, the first one as the obvious thing to do.
func buttons(m prompt.Message) ([]node, error) {
	if len(m.Actions) > maxActions {
		return nil, broken("a card holds at most six actions")
	}
	var out []node
	for i, a := range m.Actions {
		b, err := button(a, m.Key)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			b["style"] = "positive"
		}
		out = append(out, b)
	}
	return out, nil
}

// button draws one action. Clients too old for Action.Execute get an Action.Submit with the
// same data, so both arrive as the same answer. The data names the card, so that what takes
// its place can keep its id.
func button(a prompt.Action, card string) (node, error) {
	title := line(a.Title)
	if title == "" {
		return nil, broken("an action has no title")
	}
	if a.URL != "" {
		u, err := url.Parse(a.URL)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			return nil, broken("an action links to something that is not an https address")
		}
		return node{"type": "Action.OpenUrl", "title": title, "url": u.String()}, nil
	}
	if a.Verb == "" {
		return nil, broken("an action has neither a verb nor a link")
	}
	data := node{"verb": a.Verb, "ref": a.Ref, "version": a.Version, "card": card}
	submit := node{"type": "Action.Submit", "title": title, "data": data}
	execute := node{"type": "Action.Execute", "title": title, "verb": a.Verb, "data": data, "fallback": submit}
	if a.Skip {
		submit["associatedInputs"], execute["associatedInputs"] = "none", "none"
	}
	return execute, nil
}

// encode is JSON without HTML escapes, which would only make the card bigger.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// utf16Bytes is the size as Teams counts it.
func utf16Bytes(b []byte) (n int) {
	for _, r := range string(b) {
		n += 2 * utf16.RuneLen(r)
	}
	return n
}
