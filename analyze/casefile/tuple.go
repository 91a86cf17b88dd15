package casefile

import (
	"cmp"
	"encoding/binary"
	"net/netip"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Tuple names a connection without regard to direction: A is the lower end.
type Tuple struct {
	Transport evidence.Transport
	A, B      netip.AddrPort
}

// TupleOf returns the tuple of two ends in any order.
func TupleOf(t evidence.Transport, a, b netip.AddrPort) Tuple {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return Tuple{t, a, b}
}

// Compare orders tuples.
func (t Tuple) Compare(o Tuple) int {
	return cmp.Or(t.A.Compare(o.A), t.B.Compare(o.B), cmp.Compare(t.Transport, o.Transport))
}

// Hash tells most tuples apart, by their ends.
func (t Tuple) Hash() uint32 {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(0)
	for _, end := range [...]netip.AddrPort{t.A, t.B} {
		b := end.Addr().As16()
		for _, word := range [...]uint64{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:]), uint64(end.Port())} {
			h = (h ^ word) * odd
			h ^= h >> 32
		}
	}
	return uint32(h)
}

// Fixed tells whether both ports are fixed by a service (137 to 137): such a tuple is met again in every recording of
// the same two hosts, and says nothing about which connection is meant.
func (t Tuple) Fixed() bool {
	const ephemeral = 1024 // RFC 6335: system ports lie below
	return t.A.Port() == t.B.Port() || t.A.Port() < ephemeral && t.B.Port() < ephemeral
}
