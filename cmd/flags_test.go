package cmd

import (
	"testing"
	"time"
)

func TestInstant(t *testing.T) {
	day := time.Date(2024, 5, 31, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		why, text string
		end       bool
		want      time.Time
	}{
		{"nothing is open", "", false, time.Time{}},
		{"a day from its beginning", "2024-05-31", false, day},
		{"until a day means with all of it", "2024-05-31", true, day.Add(24*time.Hour - 1)},
		{"UTC unless it says otherwise", "2024-05-31T12:00:00", false, day.Add(12 * time.Hour)},
		{"with a blank, as reports print it", "2024-05-31 12:00:00", true, day.Add(12 * time.Hour)},
		{"minutes are enough", "2024-05-31 12:00", false, day.Add(12 * time.Hour)},
		{"a stated zone counts", "2024-05-31T12:00:00.5+02:00", false, day.Add(10*time.Hour + 500*time.Millisecond)},
	}
	for _, c := range cases {
		if got, err := instant(c.text, c.end); err != nil || !got.Equal(c.want) {
			t.Errorf("%s: got %v, %v", c.why, got, err)
		}
	}
	for _, bad := range []string{"yesterday", "31.05.2024", "2024-13-01", "1714979289"} {
		if got, err := instant(bad, false); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func TestDuration(t *testing.T) {
	cases := map[string]time.Duration{
		"0s": 0, "90s": 90 * time.Second, "-2h30m": -150 * time.Minute, "+5d14h14m": 134*time.Hour + 14*time.Minute, "-1d": -24 * time.Hour,
		"250ms": 250 * time.Millisecond,
	}
	for text, want := range cases {
		if got, err := duration(text); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "5", "d", "--5s", "1d-5h", "1d1d", "99999999d", "1.5d"} {
		if got, err := duration(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}
