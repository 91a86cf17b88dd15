package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// notMeasured stands where a quantity is unknown; 0 would be a statement.
const notMeasured = "not measured"

var binaryUnits = [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// Bytes writes a number of bytes with one decimal: "1.2 GiB", "512 B".
func Bytes(n uint64) string {
	if n < 1024 {
		return strconv.FormatUint(n, 10) + " B"
	}
	v, unit := float64(n), 0
	// The second bound keeps 1023.96 KiB from being printed as "1024.0 KiB".
	for v >= 1023.95 && unit < len(binaryUnits)-1 {
		v, unit = v/1024, unit+1
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + binaryUnits[unit]
}

// exactBytes writes the rounded figure and the exact one behind it: "1.2 GiB (1,288,490,189 bytes)".
func exactBytes(n uint64) string {
	if n < 1024 {
		return countText(n) + " " + plural(n, "byte")
	}
	return fmt.Sprintf("%s (%s bytes)", Bytes(n), countText(n))
}

// measured writes a count of bytes that may be unknown.
func measured(c evidence.Count) string {
	if !c.Known {
		return notMeasured
	}
	return Bytes(c.N)
}

// exactMeasured is measured with the exact figure.
func exactMeasured(c evidence.Count) string {
	if !c.Known {
		return notMeasured
	}
	return exactBytes(c.N)
}

// countText writes an integer with thousands separators: "18,402".
func countText[N int | uint64 | uint32](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	if n > 0 {
		digits = strconv.FormatUint(uint64(n), 10)
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// plural returns the word for n of something.
func plural[N int | uint64](n N, word string) string {
	switch {
	case n == 1:
		return word
	case strings.HasSuffix(word, "s"):
		return word + "es"
	}
	return word + "s"
}

// counted writes "1 host", "1,204 processes".
func counted[N int | uint64](n N, word string) string { return countText(n) + " " + plural(n, word) }

// durationText writes a span by its leading units: "5d 14h 14m", "2h 5m", "12.5 s", "400 ms".
func durationText(d time.Duration) string {
	if d == math.MinInt64 {
		d++
	}
	if d < 0 {
		return "-" + durationText(-d)
	}
	switch {
	case d == 0:
		return "0 s"
	case d < time.Millisecond:
		return "< 1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 2*time.Minute:
		return trimFloat(d.Seconds(), 1) + " s"
	}
	return clockText(d.Round(time.Second))
}

// clockText writes days to seconds, seconds only below an hour.
func clockText(d time.Duration) string {
	var parts []string
	for _, u := range []struct {
		span time.Duration
		sign string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		n := d / u.span
		d -= n * u.span
		if n > 0 && len(parts) < 3 {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+u.sign)
		}
	}
	return strings.Join(parts, " ")
}

// skewText says how a clock stands to the one it was measured against.
func skewText(offset time.Duration) string {
	switch {
	case offset > 0:
		return durationText(offset) + " ahead of"
	case offset < 0:
		return durationText(-offset) + " behind"
	}
	return "level with"
}

// percentText writes a ratio: "97 %", "0.3 %". A part is never rounded to nothing or to everything.
func percentText(ratio float64) string {
	p := ratio * 100
	switch {
	case p > 0 && p < 0.1:
		return "< 0.1 %"
	case p > 99.9 && p < 100:
		return "> 99.9 %"
	case p > 0 && p < 1, p > 99 && p < 100:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + " %"
}

// shareText writes part of a whole as a percentage, and says so when there is no whole.
func shareText(part, whole uint64) string {
	if whole == 0 {
		return "none"
	}
	return percentText(float64(part) / float64(whole))
}

// timeText writes an instant in UTC to the second, "" for none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// spanText writes a period of UTC and leaves the second date out where it is the same day.
func spanText(first, last time.Time) string {
	switch {
	case first.IsZero() && last.IsZero():
		return "time not known"
	case first.IsZero() || last.IsZero() || first.Equal(last):
		return timeText(maxTime(first, last)) + " UTC"
	case first.UTC().Format(time.DateOnly) == last.UTC().Format(time.DateOnly):
		return timeText(first) + " – " + last.UTC().Format(time.TimeOnly) + " UTC"
	}
	return timeText(first) + " – " + timeText(last) + " UTC"
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// scoreText writes points and scores with at most one decimal.
func scoreText(v float64) string { return trimFloat(v, 1) }

// factorText writes a factor with at most three decimals.
func factorText(v float64) string { return trimFloat(v, 3) }

// trimFloat writes v with at most the given decimals and without trailing zeros.
func trimFloat(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// numberText writes the quantity behind a fact with its unit.
func numberText(n finding.Number) string {
	if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) {
		return notMeasured
	}
	switch n.Unit {
	case "bytes":
		if n.Value >= 0 && n.Value < 1<<63 {
			return exactBytes(uint64(n.Value))
		}
	case "s":
		return secondsText(n.Value)
	case "ratio":
		return percentText(n.Value)
	case "count":
		if math.Abs(n.Value) < 1<<53 && n.Value == math.Trunc(n.Value) {
			return countText(int(n.Value))
		}
		return trimFloat(n.Value, 2)
	case "port":
		return trimFloat(n.Value, 0)
	}
	return strings.TrimSpace(trimFloat(n.Value, 2) + " " + n.Unit)
}

// secondsText writes a number of seconds that need not fit a Duration.
func secondsText(s float64) string {
	if math.Abs(s) >= float64(math.MaxInt64/int64(time.Second)) {
		return trimFloat(s, 0) + " s"
	}
	return durationText(time.Duration(s * float64(time.Second)))
}

// countPlain writes an identifier, which has no thousands separators.
func countPlain(n uint64) string { return strconv.FormatUint(n, 10) }
