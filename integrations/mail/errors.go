package mail

import "time"

// Error is why a letter could not be written. It names no person, address or text.
type Error struct{ what string }

func (e *Error) Error() string { return "mail: " + e.what }

// RetryAfter is zero: waiting does not help.
func (e *Error) RetryAfter() time.Duration { return 0 }

// Permanent is true: the same message with the same options fails again.
func (e *Error) Permanent() bool { return true }

// InDoubt is false: nothing left this package.
func (e *Error) InDoubt() bool { return false }
