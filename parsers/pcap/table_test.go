package pcap

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestTable puts connections in and takes them out again, most of which share their hash with others, and looks for all after
// each.
func TestTable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	all, in := make([]flow, 64), map[*flow]bool{}
	for i := range all {
		all[i].key.tunnel, all[i].hash = uint32(i), ^uint64(3)+random.Uint64N(8) // around the end of the slots
	}
	l := table{slots: make([]slot, 8)}
	for range 4000 {
		f := &all[random.IntN(len(all))]
		if in[f] {
			l.remove(f)
			delete(in, f)
		} else {
			l.add(f)
			in[f] = true
		}
		for i := range all {
			if got := l.find(&all[i].key, all[i].hash); (got == &all[i]) != in[&all[i]] || got != nil && got != &all[i] {
				t.Fatalf("connection %d: %v of %d found", i, got != nil, len(in))
			}
		}
		if l.n != len(in) {
			t.Fatalf("%d counted, %d there", l.n, len(in))
		}
	}
}

// TestTableSpreads: however a capture counts up its ends or its tunnels, its connections do not get in each other's way.
func TestTableSpreads(t *testing.T) {
	const n = 1 << 14
	defer func(before [3]uint64) { seeds = before }(seeds)
	seeds = [...]uint64{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0} // the same in every run
	counted := map[string]func(i uint32, p *packet) (tunnel uint32){
		"addresses": func(i uint32, p *packet) uint32 { binary.BigEndian.PutUint32(p.dst[12:], i); return 0 },
		"networks":  func(i uint32, p *packet) uint32 { binary.BigEndian.PutUint32(p.dst[:], i); return 0 },
		"ports":     func(i uint32, p *packet) uint32 { p.sport, p.dport = uint16(i), uint16(i>>8); return 0 },
		"protocols": func(i uint32, p *packet) uint32 { p.proto, p.sport = uint8(i), uint16(i>>8); return 0 },
		"tunnels":   func(i uint32, p *packet) uint32 { p.sport = uint16(i & 1); return i >> 1 },
	}
	for what, count := range counted {
		l, off := newTable(), uint64(0)
		for i := range uint32(n) {
			p := packet{src: mapped([]byte{10, 0, 0, 1}), dst: mapped([]byte{10, 0, 0, 2}), sport: 1000, dport: 53, proto: protoUDP}
			tunnel := count(i, &p)
			p.seal()
			l.add(&flow{key: key{p.ends(), tunnel}, hash: p.hashIn(tunnel)})
		}
		for i, s := range l.slots {
			if s.flow != nil {
				off += l.at(uint64(i) - s.hash)
			}
		}
		if off > 16*n {
			t.Errorf("%s: each connection lies %d slots off its own", what, off/n)
		}
	}
}
