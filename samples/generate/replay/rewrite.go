package replay

import (
	"encoding/binary"
	"net/netip"

	"github.com/wirewitness/wirewitness/samples/generate/wire"
)

// A frame is a packet of a capture with the places at which its repetitions differ.
type frame struct {
	wire.Packet
	sites []site
	// opens: the first of its flow in the capture.
	opens bool
}

// frames finds the addresses of a capture's packets and numbers those that are local on from hosts.
func frames(packets []wire.Packet, hosts uint32) ([]frame, uint32) {
	all := make([]frame, len(packets))
	local := map[netip.Addr]uint32{}
	number := func(a netip.Addr) {
		if local[a] == 0 {
			hosts++
			local[a] = hosts
		}
	}
	seen := map[flow]bool{}
	for i, p := range packets {
		found, f := sites(p.Data)
		all[i] = frame{Packet: p, sites: found, opens: len(found) > 0 && !seen[f]}
		seen[f] = true
		for _, s := range found {
			if own(s.addr) {
				number(s.addr)
			}
		}
		// Where both are of the internet, the capture was made at the one that spoke first.
		if len(found) > 0 && outside(found[0].addr) && outside(found[1].addr) && local[found[0].addr] == 0 && local[found[1].addr] == 0 {
			number(found[0].addr)
		}
	}
	for i := range all {
		for j := range all[i].sites {
			s := &all[i].sites[j]
			s.host = local[s.addr]
		}
	}
	return all, hosts
}

func own(a netip.Addr) bool { return a.IsPrivate() || a.IsLinkLocalUnicast() }

// outside tells addresses of the internet from those that mean the same everywhere, such as broadcast.
func outside(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !own(a)
}

// rewrite changes the addresses in a copy of the frame to those of a network: hosts is how many local addresses the frames
// have, peers tells whether the internet differs too.
func (f frame) rewrite(b []byte, network, hosts uint32, peers bool) {
	for _, s := range f.sites {
		switch {
		case s.host > 0 && s.addr.Is4():
			putAddr(b, s, local4(network*hosts+s.host))
		case s.host > 0 || peers && outside(s.addr):
			putAddr(b, s, shifted(s.addr, network))
		}
	}
}

// local4 is the n-th address of 10.0.0.0/8 that ends neither in 0 nor in 255.
func local4(n uint32) []byte {
	high := n / 254
	return []byte{10, byte(high >> 8), byte(high), byte(1 + n%254)}
}

// shifted moves an address by n: within its /16, or in the upper half of an IPv6 interface identifier.
func shifted(a netip.Addr, n uint32) []byte {
	b := a.AsSlice()
	if a.Is4() {
		binary.BigEndian.PutUint16(b[2:], binary.BigEndian.Uint16(b[2:])+uint16(n))
		return b
	}
	binary.BigEndian.PutUint32(b[8:], binary.BigEndian.Uint32(b[8:])+n)
	return b
}

// putAddr writes an address and corrects the checksums that cover it by the difference: one that was wrong stays wrong.
//
// Method: https://www.rfc-editor.org/rfc/rfc1624
func putAddr(b []byte, s site, addr []byte) {
	be := binary.BigEndian
	for i := 0; i < len(addr); i += 2 {
		was, is := be.Uint16(b[s.at+i:]), be.Uint16(addr[i:])
		for _, at := range s.sums {
			be.PutUint16(b[at:], adjust(be.Uint16(b[at:]), was, is))
		}
	}
	copy(b[s.at:], addr)
}

func adjust(sum, was, is uint16) uint16 {
	v := uint32(^sum) + uint32(^was) + uint32(is)
	v = v&0xffff + v>>16
	v = v&0xffff + v>>16
	if v == 0xffff {
		// 0 would mean that a UDP datagram has no checksum; as a sum it equals this.
		return 0xffff
	}
	return ^uint16(v)
}
