package jsontypes

import "time"

// Instant returns t in UTC, truncated to milliseconds, or nil if t is zero.
func Instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// Optional is Instant for a time that may be nil.
func Optional(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return Instant(*t)
}

// Text returns s, or nil if it is empty.
func Text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
