package evidence

import (
	"math"
	"time"
)

// An Instant is a time in a third of its memory, in nanoseconds since 1970: for what is held by the hundred thousand. The zero
// Instant is none. Instants compare as numbers.
type Instant int64

// InstantOf returns t, which no record states for before 1678 or after 2261, as an Instant.
func InstantOf(t time.Time) Instant {
	const span = math.MaxInt64 / int64(time.Second)
	switch s := t.Unix(); {
	case t.IsZero():
		return 0
	case s >= span:
		return math.MaxInt64
	case s <= -span:
		return math.MinInt64
	}
	return Instant(t.UnixNano())
}

// Time returns the instant in UTC, the zero time for none.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(i)).UTC()
}

// IsZero reports whether there is none.
func (i Instant) IsZero() bool { return i == 0 }
