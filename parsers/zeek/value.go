package zeek

import (
	"bytes"
	"math"
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// instant reads a time: seconds since 1970 as decimal text, milliseconds since 1970, or RFC 3339 (the three settings of
// LogAscii::json_timestamps). The digits are taken as they stand, since a float64 of today has no room for nanoseconds.
func instant(b []byte) (time.Time, bool) {
	switch whole, nanos, ok := decimal(b); {
	case !ok:
		t, err := time.Parse(time.RFC3339Nano, string(b))
		return t.UTC(), err == nil
	case whole < maxSeconds:
		return time.Unix(whole, nanos).UTC(), true
	case whole < maxSeconds*1000:
		return time.Unix(whole/1000, whole%1000*1e6+nanos/1000).UTC(), true
	}
	return time.Time{}, false
}

// maxSeconds is in the year 5138: what is larger counts milliseconds.
const maxSeconds = 100_000_000_000

// span reads an interval in seconds.
func span(b []byte) (time.Duration, bool) {
	whole, nanos, ok := decimal(b)
	if !ok || whole > math.MaxInt64/int64(time.Second)-1 {
		return 0, false
	}
	return time.Duration(whole)*time.Second + time.Duration(nanos), true
}

// decimal splits "12.34" into 12 and 340,000,000. Digits below a billionth are dropped, and what is negative is none.
func decimal(b []byte) (whole, nanos int64, ok bool) {
	var fraction []byte
	if i := bytes.IndexByte(b, '.'); i >= 0 {
		b, fraction = b[:i], b[i+1:]
	}
	negative := len(b) > 0 && b[0] == '-'
	if negative || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	n, ok := parsers.Decimal(b)
	if !ok || n > math.MaxInt64 || negative && n > 0 {
		return 0, 0, false
	}
	scale := int64(time.Second)
	for _, c := range fraction[:min(len(fraction), 9)] {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		scale /= 10
		nanos += int64(c-'0') * scale
	}
	return int64(n), nanos, true
}

// count reads a number; an unset one was not measured.
func count(r row, f field) evidence.Count {
	n, ok := integer(r.text(f))
	return evidence.Count{N: n, Known: ok}
}

// integer reads digits, which some writers of JSON take for a fraction.
func integer(b []byte) (uint64, bool) {
	if n := len(b) - len(".0"); n >= 0 && b[n] == '.' && b[n+1] == '0' {
		b = b[:n]
	}
	return parsers.Decimal(b)
}

// number reads a small number, 0 when it is unset.
func number[T uint16 | uint32](r row, f field) T {
	n := count(r, f).N
	if n > uint64(^T(0)) {
		return 0
	}
	return T(n)
}

// ends reads the two ends of a connection. For ICMP the ports are type and code, as in the log.
func ends(r row) (orig, resp netip.AddrPort, ok bool) {
	orig, ok1 := end(r.text(fOrigH), r.text(fOrigP))
	resp, ok2 := end(r.text(fRespH), r.text(fRespP))
	return orig, resp, ok1 && ok2
}

func end(host, port []byte) (netip.AddrPort, bool) {
	a, ok := parsers.Address(host)
	p, isNumber := integer(port)
	return netip.AddrPortFrom(a.WithZone(""), uint16(p)), ok && isNumber && p <= math.MaxUint16
}

// lower is b in lower case, mostly b itself.
func lower(b []byte) []byte {
	for _, c := range b {
		if 'A' <= c && c <= 'Z' || c >= 0x80 {
			return bytes.ToLower(b)
		}
	}
	return b
}
