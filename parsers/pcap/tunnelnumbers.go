package pcap

import "github.com/wirewitness/wirewitness/parsers/pcap/service"

// A tunnelKey tells tunnels apart by what is equal in both directions: the addresses of their ends, not the ports, which
// VXLAN and Geneve choose anew for each direction and connection.
type tunnelKey struct {
	lo, hi [16]byte
	kind   string
	vni    uint32
	outer  uint32
}

// maxTunnels is how many tunnels are numbered before those forget their numbers that had no packet since as many others came:
// what they carry next counts as another tunnel's. Identifiers of 24 bits between any addresses would fill all memory.
const maxTunnels = 1 << 16

// tunnelNumbers are those of the tunnels seen of late, and of the ones seen before them.
type tunnelNumbers struct {
	recent, before map[tunnelKey]uint32
	last           uint32
	forgotten      service.Tally
}

// of numbers a tunnel from 1, for a packet of a frame.
func (l *tunnelNumbers) of(k tunnelKey, frame uint64) uint32 {
	if n, ok := l.recent[k]; ok {
		return n
	}
	n, ok := l.before[k]
	if !ok {
		l.last++
		n = l.last
	}
	if l.recent == nil || len(l.recent) >= maxTunnels {
		if n := len(l.before); n > 0 {
			l.forgotten.Note(frame, uint64(n))
		}
		l.recent, l.before = map[tunnelKey]uint32{}, l.recent
	}
	l.recent[k] = n
	return n
}
