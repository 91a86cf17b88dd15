package capfile

import (
	"math/bits"
	"time"
)

// time converts a timestamp of the interface, exactly where the resolution is a power of two, else to the nanosecond
// below. A resolution that no 64-bit count can hold is not read.
func (i *iface) time(ts uint64) (time.Time, bool) {
	var sec, ns uint64
	switch exp := i.res & 0x7f; {
	case i.res&0x80 == 0 && exp <= 19:
		units := pow10[exp]
		sec = ts / units
		hi, lo := bits.Mul64(ts%units, 1e9)
		ns, _ = bits.Div64(hi, lo, units)
	case i.res&0x80 == 0:
		return time.Time{}, false
	case exp < 64:
		sec = ts >> exp
		hi, lo := bits.Mul64(ts&(1<<exp-1), 1e9)
		ns = hi<<(64-exp) | lo>>exp
	default:
		hi, _ := bits.Mul64(ts, 1e9)
		ns = hi >> (exp - 64)
	}
	if sec > 1<<40 || i.offset > 1<<40 || i.offset < -1<<40 {
		return time.Time{}, true
	}
	return clock(int64(sec)+i.offset, uint32(ns)), true
}

var pow10 = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()
