package config

import "log/slog"

// Secret is a value that shows itself to nobody who does not ask for it by name.
// The value is behind a pointer, so that printing a struct around it shows an address.
type Secret struct {
	value *string
	file  *secretFile // nil: it came from elsewhere
}

const hidden = "<secret>"

// NewSecret hides a value.
func NewSecret(value string) Secret { return Secret{value: &value} }

// Reveal answers the value itself as it was at the start, for the one call that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty answers whether there is no value.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String hides the value.
func (s Secret) String() string { return hidden }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return hidden }

// MarshalText hides the value from every text encoding, JSON and YAML among them.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON hides the value.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
