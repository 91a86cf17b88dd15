package winevent

import (
	"strconv"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// ParseStamp reads a time as event logs and their forwarders write it: RFC 3339 and its relatives with a space, a comma,
// one to nine decimals, with or without zone; epoch numbers; "/Date(ms)/"; dates on a 12-hour clock with AM or PM. A time
// without a zone is read as UTC, as evidence.Stamp wants it.
func ParseStamp(text, field string) (evidence.Stamp, bool) {
	if text = strings.TrimSpace(text); text == "" {
		return evidence.Stamp{}, false
	}
	t, step, ok := parseISO(text)
	if !ok {
		t, step, ok = parseEpoch(text)
	}
	if !ok {
		t, step, ok = parseHalfDay(text)
	}
	if !ok || t.Year() < 1980 || t.Year() > 2200 {
		return evidence.Stamp{}, false
	}
	return evidence.Stamp{Time: t, Field: field, Resolution: step}, true
}

// parseISO reads "2006-01-02", a T or space, "15:04:05", decimals and a zone.
func parseISO(s string) (time.Time, time.Duration, bool) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[13] != ':' || s[16] != ':' || (s[10] != 'T' && s[10] != ' ') {
		return time.Time{}, 0, false
	}
	year, month, day := digits(s[0:4]), digits(s[5:7]), digits(s[8:10])
	hour, minute, second := digits(s[11:13]), digits(s[14:16]), digits(s[17:19])
	if min(year, month, day, hour, minute, second) < 0 {
		return time.Time{}, 0, false
	}
	days, ok := daysTo(year, month, day)
	if !ok || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, 0, false // 30 February, 25:00 and the like
	}
	nanos, step, zone := fraction(s[19:])
	ahead, ok := offset(zone)
	seconds := ((days*24+hour)*60+minute)*60 + second - int(ahead/time.Second)
	return time.Unix(int64(seconds), int64(nanos)).UTC(), step, ok
}

// before counts the days of a year before each month, as long as there is no leap day.
var before = [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

// daysTo counts the days from 1970 to a day, if there is such a day. time.Date, which takes any numbers, takes longer than all
// the rest of reading a time.
func daysTo(year, month, day int) (days int, ok bool) {
	if year < 1970 || month < 1 || month > 12 || day < 1 {
		return 0, false
	}
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	length := before[month] - before[month-1]
	days = before[month-1] + day - 1
	if leap && month == 2 {
		length++
	}
	if leap && month > 2 {
		days++
	}
	y := year - 1 // the last whole year
	days += 365*(year-1970) + (y/4 - y/100 + y/400) - (1969/4 - 1969/100 + 1969/400)
	return days, day <= length
}

// digits reads a number without sign, -1 when there is anything else.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// fraction reads decimals after the seconds and returns what follows them. Digits past the ninth are dropped.
func fraction(s string) (nanos int, step time.Duration, rest string) {
	if s == "" || (s[0] != '.' && s[0] != ',') {
		return 0, time.Second, s
	}
	step = time.Second
	i := 1
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if step > 1 {
			step /= 10
			nanos += int(s[i]-'0') * int(step)
		}
	}
	return nanos, step, s[i:]
}

// offset reads a zone: none, Z, UTC, +02:00 or +0200.
func offset(zone string) (time.Duration, bool) {
	zone = strings.TrimSpace(zone)
	switch zone {
	case "", "Z", "z", "UTC":
		return 0, true
	}
	sign, digitsOnly := zone[0], strings.Replace(zone[1:], ":", "", 1)
	if (sign != '+' && sign != '-') || len(digitsOnly) != 4 {
		return 0, false
	}
	hours, minutes := digits(digitsOnly[:2]), digits(digitsOnly[2:])
	if hours < 0 || minutes < 0 || hours > 14 || minutes > 59 {
		return 0, false
	}
	ahead := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if sign == '-' {
		ahead = -ahead
	}
	return ahead, true
}

// parseEpoch reads seconds since 1970 with decimals, or whole milli-, micro- or nanoseconds, told apart by their size.
func parseEpoch(s string) (time.Time, time.Duration, bool) {
	if ms, ok := strings.CutPrefix(s, "/Date("); ok {
		s = strings.TrimSuffix(ms, ")/")
	}
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil {
		return time.Time{}, 0, false
	}
	nanos, step, rest := fraction(rest)
	if rest != "" {
		return time.Time{}, 0, false
	}
	switch v := int64(n); {
	case v < 1e11:
		return time.Unix(v, int64(nanos)).UTC(), step, true
	case v < 1e14:
		return time.UnixMilli(v).UTC(), time.Millisecond, true
	case v < 1e17:
		return time.UnixMicro(v).UTC(), time.Microsecond, true
	default:
		return time.Unix(0, v).UTC(), time.Nanosecond, true
	}
}

// The 12-hour forms of event viewers with English settings, month first.
var halfDays = []string{"1/2/2006 3:04:05 PM", "2006-01-02 3:04:05 PM", "2006-01-02T3:04:05 PM"}

func parseHalfDay(s string) (time.Time, time.Duration, bool) {
	for _, layout := range halfDays {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return t, time.Second, true
		}
	}
	return time.Time{}, 0, false
}
