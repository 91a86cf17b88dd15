package replay

import (
	"encoding/binary"
	"net/netip"
)

// A site is a place in a frame at which an address stands.
type site struct {
	at   int
	addr netip.Addr
	// sums are the places of the checksums that cover the address.
	sums []int
	// host numbers the local address of this site from 1; 0 is a peer.
	host uint32
}

// A flow is what the addresses and ports of a frame are, the smaller end first.
type flow struct {
	proto byte
	a, b  netip.AddrPort
}

// The IP protocols that matter here.
const (
	protoIPv4   = 4
	protoTCP    = 6
	protoUDP    = 17
	protoIPv6   = 41
	protoGRE    = 47
	protoICMPv6 = 58
)

// sites returns the addresses of a frame, those of IP inside IP and GRE included, and the outermost flow. What UDP carries
// stays as it is.
func sites(b []byte) (all []site, f flow) {
	at, ok := findIP(b)
	for depth := 0; ok && depth < 4; depth++ {
		var found []site
		var inner flow
		found, inner, at, ok = ipSites(b, at)
		if depth == 0 {
			f = inner
		}
		all = append(all, found...)
	}
	return all, f
}

// ipSites looks at one IP header. It returns where the next one inside begins, if there is one.
func ipSites(b []byte, at int) (found []site, f flow, next int, ok bool) {
	h, ok := readHeader(b, at)
	if !ok {
		return nil, f, 0, false
	}
	f.proto = h.proto
	sum, sport, dport := h.transport(b)
	sums := h.sums
	if sum != 0 {
		sums = append(sums, sum)
	}
	found = []site{{at: h.src, addr: h.addr(b, h.src), sums: sums}, {at: h.dst, addr: h.addr(b, h.dst), sums: sums}}
	f.a, f.b = netip.AddrPortFrom(found[0].addr, sport), netip.AddrPortFrom(found[1].addr, dport)
	if f.b.Compare(f.a) < 0 {
		f.a, f.b = f.b, f.a
	}
	next, ok = h.inner(b)
	return found, f, next, ok
}

// A header is what matters of an IP header.
type header struct {
	src, dst, size int
	sums           []int
	proto          byte
	payload        int
	rest           bool // a fragment that is not the first
}

func (h header) addr(b []byte, at int) netip.Addr {
	a, _ := netip.AddrFromSlice(b[at : at+h.size])
	return a
}

func readHeader(b []byte, at int) (header, bool) {
	switch {
	case at+20 <= len(b) && b[at]>>4 == 4:
		return header{src: at + 12, dst: at + 16, size: 4, sums: []int{at + 10}, proto: b[at+9],
			payload: at + int(b[at]&15)*4, rest: binary.BigEndian.Uint16(b[at+6:])&0x1fff != 0}, true
	case at+40 <= len(b) && b[at]>>4 == 6:
		h := header{src: at + 8, dst: at + 24, size: 16, proto: b[at+6], payload: at + 40}
		h.skipExtensions(b)
		return h, true
	}
	return header{}, false
}

func (h *header) skipExtensions(b []byte) {
	const hopByHop, routing, fragment, options = 0, 43, 44, 60
	for h.payload+8 <= len(b) {
		length := 8 + int(b[h.payload+1])*8
		switch h.proto {
		case hopByHop, routing, options:
		case fragment:
			length = 8
			h.rest = h.rest || binary.BigEndian.Uint16(b[h.payload+2:])&0xfff8 != 0
		default:
			return
		}
		h.proto = b[h.payload]
		h.payload += length
	}
}

// transport returns where the checksum that covers the addresses stands, 0 when there is none, and the ports.
func (h header) transport(b []byte) (sum int, src, dst uint16) {
	if h.rest || h.payload+8 > len(b) {
		return 0, 0, 0
	}
	switch h.proto {
	case protoTCP:
		sum = h.payload + 16
	case protoUDP:
		sum = h.payload + 6
	case protoICMPv6:
		return h.payload + 2, 0, 0
	default:
		return 0, 0, 0
	}
	src, dst = binary.BigEndian.Uint16(b[h.payload:]), binary.BigEndian.Uint16(b[h.payload+2:])
	if sum+2 > len(b) || h.proto == protoUDP && binary.BigEndian.Uint16(b[sum:]) == 0 {
		sum = 0
	}
	return sum, src, dst
}

// inner returns where the IP header that this one carries begins.
func (h header) inner(b []byte) (at int, ok bool) {
	switch {
	case h.rest:
		return 0, false
	case h.proto == protoIPv4 || h.proto == protoIPv6:
		return h.payload, true
	case h.proto != protoGRE || h.payload+4 > len(b):
		return 0, false
	}
	const checksum, key, sequence = 0x80, 0x20, 0x10
	at = h.payload + 4
	for _, optional := range []byte{checksum, key, sequence} {
		if b[h.payload]&optional != 0 {
			at += 4
		}
	}
	kind := binary.BigEndian.Uint16(b[h.payload+2:])
	return at, b[h.payload]&checksum == 0 && (kind == typeIPv4 || kind == typeIPv6)
}
