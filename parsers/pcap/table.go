package pcap

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// A key finds the connection of a packet: its ends, and the number of the tunnel that they are in, 0 for none.
type key struct {
	ends
	tunnel uint32
}

// ends are those of a packet or a connection in a fixed order, whatever the direction.
type ends struct {
	lo, hi         [16]byte
	loPort, hiPort uint16
	proto          uint32
}

// seal settles the direction of a packet and hashes its ends.
func (p *packet) seal() {
	from, to := binary.BigEndian.Uint64(p.src[:]), binary.BigEndian.Uint64(p.dst[:])
	if from == to {
		from, to = binary.BigEndian.Uint64(p.src[8:]), binary.BigEndian.Uint64(p.dst[8:])
	}
	if from == to {
		from, to = uint64(p.sport), uint64(p.dport)
	}
	p.down = from > to
	p.hash = hashEnd(&p.src, p.sport, p.proto) + hashEnd(&p.dst, p.dport, p.proto)
}

// seeds keep a capture from choosing which connections get in each other's way. What comes out does not depend on them.
var seeds = [...]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64()}

// hashEnd multiplies, which takes a tenth of the time of maphash.
func hashEnd(addr *[16]byte, port uint16, proto uint8) uint64 {
	h := fold(binary.NativeEndian.Uint64(addr[:])^seeds[0], binary.NativeEndian.Uint64(addr[8:])^seeds[1])
	return fold(h^uint64(port), seeds[2]^uint64(proto))
}

// hashIn is the hash of a packet in a tunnel. Tunnels are numbered one after the other: added, the number would let the
// connections in them lie side by side, and those of another pair of ends on top of them.
func (p *packet) hashIn(tunnel uint32) uint64 {
	return fold(p.hash, uint64(tunnel)^seeds[1])
}

// fold mixes two words so that every bit of either moves many of the result.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// ends is in the order that seal found.
func (p *packet) ends() ends {
	if p.down {
		return ends{p.dst, p.src, p.dport, p.sport, uint32(p.proto)}
	}
	return ends{p.src, p.dst, p.sport, p.dport, uint32(p.proto)}
}

// A table finds connections by their keys. Packets are hashed where they are read, and a slot holds the hash too: connections
// are hardly ever touched that are not looked for.
type table struct {
	slots []slot // a power of two, a quarter of them free at least
	n     int
}

type slot struct {
	hash uint64
	flow *flow // nil when the slot is free
}

// leastSlots is how many a table begins with.
const leastSlots = 1 << 10

func newTable() table { return table{slots: make([]slot, leastSlots)} }

// at wraps a place around.
func (t *table) at(i uint64) uint64 { return i & uint64(len(t.slots)-1) }

// find returns the connection of a key, nil when there is none.
func (t *table) find(k *key, hash uint64) *flow {
	for i := t.at(hash); ; i = t.at(i + 1) {
		switch s := &t.slots[i]; {
		case s.flow == nil:
			return nil
		case s.hash == hash && s.flow.key == *k:
			return s.flow
		}
	}
}

// add puts in a connection whose key is not there.
func (t *table) add(f *flow) {
	if t.n++; t.n > len(t.slots)/4*3 {
		old := t.slots
		t.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.flow != nil {
				t.put(s)
			}
		}
	}
	t.put(slot{f.hash, f})
}

func (t *table) put(s slot) {
	i := t.at(s.hash)
	for t.slots[i].flow != nil {
		i = t.at(i + 1)
	}
	t.slots[i] = s
}

// remove takes out a connection that is there. Those behind it move up that would not be found over the gap.
func (t *table) remove(f *flow) {
	gap := t.at(f.hash)
	for t.slots[gap].flow != f {
		gap = t.at(gap + 1)
	}
	for i := t.at(gap + 1); t.slots[i].flow != nil; i = t.at(i + 1) {
		if s := t.slots[i]; t.at(i-s.hash) >= t.at(i-gap) {
			t.slots[gap], gap = s, i
		}
	}
	t.slots[gap] = slot{}
	t.n--
}
