package evtx

import (
	"encoding/binary"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// A dayMemo is the last day that a time was written for.
type dayMemo struct {
	raw   [2 * len("2006-01-02")]byte
	start int64 // in seconds since 1970
}

// The seconds since 1970 between which winevent.ParseStamp takes a time.
var (
	earliest = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	latest   = time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// stamp reads a value as winevent.ParseStamp reads its text.
func (t *texts) stamp(v value, field string) (evidence.Stamp, bool) {
	switch {
	case !v.ok || len(v.b) == 0:
	case v.kind == kindFileTime && len(v.b) == 8:
		at := fileTime(binary.LittleEndian.Uint64(v.b))
		if s := at.Unix(); s < earliest || s >= latest {
			return evidence.Stamp{}, false
		}
		return evidence.Stamp{Time: at, Field: field, Resolution: 1}, true
	case v.kind == kindString && len(v.b) >= 2*len(sysmonTime) && allZero(v.b[2*len(sysmonTime):]):
		return t.utcTime(v.b[:2*len(sysmonTime)], field)
	}
	return winevent.ParseStamp(v.string(), field)
}

// sysmonTime is how Sysmon writes UtcTime.
const sysmonTime = "2006-01-02 15:04:05.000"

// utcTime reads such a time in UTF-16. The day is the one of the record before most of the time.
func (t *texts) utcTime(b []byte, field string) (evidence.Stamp, bool) {
	var buf [len(sysmonTime)]byte
	s, ok := ascii(buf[:0], b)
	if !ok || len(s) < len(sysmonTime) {
		return winevent.ParseStamp(utf16Text(b), field)
	}
	d := &t.days
	if string(d.raw[:]) != string(b[:len(d.raw)]) {
		at, ok := winevent.ParseStamp(string(s), field)
		if day := at.Time; ok && day.Format(sysmonTime) == string(s) {
			copy(d.raw[:], b)
			d.start = day.Truncate(24 * time.Hour).Unix()
		}
		return at, ok
	}
	h, m, sec, ms := two(s[11:]), two(s[14:]), two(s[17:]), 10*two(s[20:])+uint(s[22]-'0')
	if s[10] != ' ' || s[13] != ':' || s[16] != ':' || s[19] != '.' || h > 23 || m > 59 || sec > 59 || s[22] < '0' || s[22] > '9' || ms > 999 {
		return winevent.ParseStamp(string(s), field)
	}
	at := time.Unix(d.start+int64(3600*h+60*m+sec), int64(ms)*int64(time.Millisecond)).UTC()
	return evidence.Stamp{Time: at, Field: field, Resolution: time.Millisecond}, true
}

// two reads two digits, 10,000 or more when there is anything else.
func two(s []byte) uint {
	tens, ones := uint(s[0]-'0'), uint(s[1]-'0')
	if tens > 9 || ones > 9 {
		return 10000
	}
	return 10*tens + ones
}
