package zeek

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// instant reads a time: seconds since 1970 as decimal text, RFC 3339, or milliseconds since 1970 (the three settings of
// LogAscii::json_timestamps). The digits are taken as they stand, since a float64 of today has no room for nanoseconds.
func instant(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, false
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), true
	}
	whole, nanos, ok := decimal(s)
	switch {
	case !ok || whole < 0:
		return time.Time{}, false
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
func span(s string) (time.Duration, bool) {
	whole, nanos, ok := decimal(s)
	if !ok || whole < 0 || whole > math.MaxInt64/int64(time.Second)-1 {
		return 0, false
	}
	return time.Duration(whole)*time.Second + time.Duration(nanos), true
}

// decimal splits "12.34" into 12 and 340,000,000. Digits below a billionth are dropped.
func decimal(s string) (whole, nanos int64, ok bool) {
	w, f, _ := strings.Cut(s, ".")
	whole, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	for i := range 9 {
		digit := byte('0')
		if i < len(f) {
			digit = f[i]
		}
		if digit < '0' || digit > '9' {
			return 0, 0, false
		}
		nanos = nanos*10 + int64(digit-'0')
	}
	return whole, nanos, true
}

// count reads a number; an unset one was not measured.
func count(r row, field string) evidence.Count {
	s := strings.TrimSuffix(r.text(field), ".0")
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return evidence.Count{}
	}
	return evidence.Measured(n)
}

// number reads a small number, 0 when it is unset.
func number[T uint16 | uint32](r row, field string) T {
	n := count(r, field).N
	if n > uint64(^T(0)) {
		return 0
	}
	return T(n)
}

// ends reads the two ends of a connection. For ICMP the ports are type and code, as in the log.
func ends(r row) (orig, resp netip.AddrPort, ok bool) {
	orig, ok1 := end(r.text("id_orig_h"), r.text("id_orig_p"))
	resp, ok2 := end(r.text("id_resp_h"), r.text("id_resp_p"))
	return orig, resp, ok1 && ok2
}

func end(addr, port string) (netip.AddrPort, bool) {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return netip.AddrPort{}, false
	}
	p, err := strconv.ParseUint(strings.TrimSuffix(port, ".0"), 10, 16)
	return netip.AddrPortFrom(a.Unmap().WithZone(""), uint16(p)), err == nil
}
