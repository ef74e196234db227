package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxToken is the longest id, noun or kind; Entra ids have 36 characters.
const maxToken = 200

// slot is the beginning of every key of the tenant; the braces keep them in one hash slot.
func (s *Store) slot() string { return "rp:{t:" + s.tenant + "}:" }

func (s *Store) docKey(noun, id string) string { return s.slot() + "doc:" + noun + ":" + id }
func (s *Store) idsKey(noun string) string     { return s.slot() + "ids:" + noun }
func (s *Store) dueKey() string                { return s.slot() + "due" }

// hidden is a key for a name that may be an address: only its hash goes to Redis.
func (s *Store) hidden(kind, name string) string {
	sum := sha256.Sum256([]byte(s.tenant + "\x00" + name))
	return s.slot() + kind + ":" + hex.EncodeToString(sum[:16])
}

func checkTenant(tenant string) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	if tenant == "" || len(tenant) > 64 || strings.ContainsFunc(tenant, func(r rune) bool { return !strings.ContainsRune(letters, r) }) {
		return wrong("open", "the tenant must be 1 to 64 letters, digits, dots, dashes or underscores")
	}
	return nil
}

// isToken says whether t may stand in keys and steps: printable ASCII without a space (which
// separates the parts of a step), without braces (which would move the key to another slot)
// and without an at sign (which would be somebody's address).
func isToken(t string) bool {
	if t == "" || len(t) > maxToken {
		return false
	}
	for i := range len(t) {
		if c := t[i]; c <= ' ' || c > '~' || c == '{' || c == '}' || c == '@' {
			return false
		}
	}
	return true
}

// isNoun is stricter than isToken: a colon ends the noun in a key.
func isNoun(t string) bool { return isToken(t) && !strings.Contains(t, ":") }

func checkDocument(op, noun, id string) error {
	if !isNoun(noun) {
		return wrong(op, "the noun must be 1 to 200 printable characters without space, colon, braces or @")
	}
	if !isToken(id) {
		return wrong(op, "the id must be 1 to 200 printable characters without space, braces or @")
	}
	return nil
}
