package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// LinkLives is how long a link is good for: a mail that lay for a week is old news.
const LinkLives = 7 * 24 * time.Hour

// Why a link cannot be used.
var (
	ErrBadLink    = errors.New("web: this link was not made here, or is cut off")
	ErrOldLink    = errors.New("web: this link is too old")
	ErrUnknownKey = errors.New("web: the key that signed this link is no longer in use")
	ErrNoLink     = errors.New("web: no link is made for that: it is too much power, or too long, for a link in a mail")
)

// LowPower are the verbs that a link may carry: answers, and what is easily undone. Whoever is
// handed a forwarded mail can do no more than this with it; all that is personal needs a
// sign-in.
var LowPower = []string{
	prompt.Yes, prompt.No, prompt.Agree, prompt.Another, prompt.Take, prompt.Keep, prompt.Swap, prompt.Switch, prompt.Stay, prompt.Close,
	prompt.FollowUp, prompt.Snooze, prompt.Drop, prompt.CastVote, prompt.Pause, prompt.Resume,
}

// Claim is what a link says: this person may press this button.
type Claim struct {
	Person  roster.ID
	Verb    string
	Ref     string
	Version int64     // of the thing when the link was made
	Card    string    // key of the message that carries the link
	Until   time.Time // UTC, to the second
}

// Answer is the claim as a press of its button, without fields.
func (c Claim) Answer() prompt.Answer {
	return prompt.Answer{From: c.Person, Verb: c.Verb, Ref: c.Ref, Version: c.Version, Card: c.Card}
}

// Key signs links. Secret has at least 32 random bytes.
type Key struct {
	ID     string // up to 16 letters; stands in every link
	Secret []byte
}

// Links makes and opens the links of one tenant. A link of another tenant is a bad one, even
// where both use the same key: the tenant is signed, not written down.
type Links struct {
	tenant string
	keys   []Key
}

// NewLinks takes the keys, the newest first: it signs, all of them open. To change a key, put
// the new one in front and take the old one out after LinkLives.
func NewLinks(tenant string, keys ...Key) (*Links, error) {
	if tenant == "" || len(keys) == 0 {
		return nil, errors.New("web: links need a tenant and a key")
	}
	ids := map[string]bool{}
	for _, k := range keys {
		if k.ID == "" || len(k.ID) > 16 || ids[k.ID] {
			return nil, errors.New("web: every link key needs an id of its own, of up to 16 letters")
		}
		if len(k.Secret) < 32 {
			return nil, fmt.Errorf("web: the link key %s is too short: give it 32 random bytes", k.ID)
		}
		ids[k.ID] = true
	}
	return &Links{tenant: tenant, keys: slices.Clone(keys)}, nil
}

const (
	linkForm    = 1    // the first byte of every link, so that another form can follow
	mostField   = 200  // bytes of a part of a claim
	mostLink    = 1200 // letters of a token
	macLength   = sha256.Size
	nonceLength = 16
)

var linkText = base64.RawURLEncoding.Strict() // one spelling a token

// Sign answers the token of a claim: letters, digits, "-" and "_", some 250 of them. The
// error is ErrNoLink for anything that is not LowPower, misses a part or is too long.
func (l *Links) Sign(c Claim) (string, error) {
	if !c.whole() {
		return "", ErrNoLink
	}
	key := l.keys[0]
	b := append([]byte{linkForm}, byte(len(key.ID)))
	b = append(b, key.ID...)
	b = binary.AppendVarint(b, c.Until.Unix())
	b = binary.AppendVarint(b, c.Version)
	for _, s := range []string{string(c.Person), c.Verb, c.Ref, c.Card} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return linkText.EncodeToString(append(b, l.mac(key, "link", b)...)), nil
}

// whole says whether a claim may be in a link.
func (c Claim) whole() bool {
	fits := c.Person != "" && c.Ref != "" && !c.Until.IsZero() && slices.Contains(LowPower, c.Verb)
	for _, s := range []string{string(c.Person), c.Ref, c.Card} {
		fits = fits && len(s) <= mostField && utf8.ValidString(s)
	}
	return fits
}

// Open answers what a token claims. With ErrOldLink the claim is true all the same, only late;
// with ErrBadLink and ErrUnknownKey it is empty. Nothing is used up: a scanner that follows
// the link first takes nothing away from the person.
func (l *Links) Open(token string, now time.Time) (Claim, error) {
	if len(token) > mostLink {
		return Claim{}, ErrBadLink
	}
	raw, err := linkText.DecodeString(token)
	if err != nil || len(raw) < 2+macLength || raw[0] != linkForm || len(raw) < 2+int(raw[1])+macLength {
		return Claim{}, ErrBadLink
	}
	signed, mac := raw[:len(raw)-macLength], raw[len(raw)-macLength:]
	id := string(signed[2 : 2+int(signed[1])])
	at := slices.IndexFunc(l.keys, func(k Key) bool { return k.ID == id })
	if at < 0 {
		return Claim{}, ErrUnknownKey
	}
	if !hmac.Equal(mac, l.mac(l.keys[at], "link", signed)) {
		return Claim{}, ErrBadLink
	}
	c, ok := parse(signed[2+len(id):])
	if !ok || !c.whole() {
		return Claim{}, ErrBadLink
	}
	if now.After(c.Until) {
		return c, ErrOldLink
	}
	return c, nil
}

// parse reads the parts of a claim whose signature is right.
func parse(b []byte) (c Claim, ok bool) {
	number := func() int64 {
		v, n := binary.Varint(b)
		if n <= 0 {
			b = nil
			return 0
		}
		b = b[n:]
		return v
	}
	word := func() string {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > uint64(len(b)-n) {
			b = nil
			return ""
		}
		s := string(b[n : n+int(v)])
		b = b[n+int(v):]
		return s
	}
	c.Until = time.Unix(number(), 0).UTC()
	c.Version = number()
	c.Person, c.Verb, c.Ref = roster.ID(word()), word(), word()
	ok = len(b) > 0 // the card's length, be it nought
	c.Card = word()
	return c, ok && len(b) == 0
}

// mac signs bytes for one purpose, so that no signature of one can be shown as another's.
func (l *Links) mac(k Key, purpose string, b []byte) []byte {
	m := hmac.New(sha256.New, k.Secret)
	fmt.Fprintf(m, "rapport %s\x00%s\x00", purpose, l.tenant)
	m.Write(b)
	return m.Sum(nil)
}

// once makes the mark that a page's form carries: a name for the press that is to come, the
// same when it arrives twice, which only a page of ours can have made for this person.
func (l *Links) once(p roster.ID) string {
	mark := make([]byte, nonceLength)
	_, _ = rand.Read(mark) // never fails
	return linkText.EncodeToString(append(mark, l.mac(l.keys[0], "form", append(mark, p...))...))
}

// pressed answers the name of the press, or false when the mark is not one for this person.
func (l *Links) pressed(mark string, p roster.ID) (string, bool) {
	raw, err := linkText.DecodeString(mark)
	if err != nil || len(raw) != nonceLength+macLength {
		return "", false
	}
	name, mac := raw[:nonceLength:nonceLength], raw[nonceLength:]
	for _, k := range l.keys {
		if hmac.Equal(mac, l.mac(k, "form", append(name, p...))) {
			return "web/" + linkText.EncodeToString(name), true
		}
	}
	return "", false
}
