package casefile

import (
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

// Fixed tells whether both ports are fixed by a service (137 to 137): such a tuple is met again in every recording of
// the same two hosts, and says nothing about which connection is meant.
func (t Tuple) Fixed() bool {
	const ephemeral = 1024 // RFC 6335: system ports lie below
	return t.A.Port() == t.B.Port() || t.A.Port() < ephemeral && t.B.Port() < ephemeral
}
