package pcap

import (
	"errors"
	"net/netip"
)

// A packet is one IP packet of a frame, with what its headers say. The packets of a frame are its tunnels outermost first;
// a frame of 802.11 may hold several such chains.
type packet struct {
	src, dst     [16]byte // IPv4 addresses in their IPv6 form
	sport, dport uint16
	proto        uint8 // of the transport layer, after all IPv6 extension headers
	// down and hash are of the ends, once the frame is taken apart.
	down bool
	hash uint64
	// ipLen is the length of the IP packet, bounded by the frame.
	ipLen int
	// payload is what the transport layer carries.
	payload span
	// lacking is how many bytes of a datagram travel in further fragments.
	lacking int

	seq, ack uint32
	window   uint16
	flags    uint8
	badSum   bool

	frag fragment
	// within tells that the packet before carries this one, which else begins a chain.
	within bool
	// kind names the tunnel that carries the packet, "" for none; vni is its network identifier where it has one that is
	// the same in both directions.
	kind string
	vni  uint32
}

// The TCP flags.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

func (p *packet) has(flags uint8) bool { return p.flags&flags == flags }

// A span is what is left of a frame: the bytes captured, and how many there were on the wire.
type span struct {
	data []byte
	wire int
}

// Why a header could not be read.
var (
	errCut       = errors.New("headers cut off by the snaplen")
	errShort     = errors.New("header longer than its packet")
	errMalformed = errors.New("header contradicts itself")
	errDeep      = errors.New("too many nested headers")
	errDefect    = errors.New("decoder panicked")
	errMany      = errors.New("more packets in one frame than are read")
)

// need tells whether n bytes were captured.
func (s span) need(n int) error {
	switch {
	case n <= len(s.data):
		return nil
	case n <= s.wire:
		return errCut
	}
	return errShort
}

// skip returns the span behind n bytes, of which the snaplen may have cut some off; n is at most s.wire.
func (s span) skip(n int) span {
	return span{s.data[min(n, len(s.data)):], s.wire - n}
}

// limit returns the first n bytes of the span: the rest is padding.
func (s span) limit(n int) span {
	return span{s.data[:min(n, len(s.data))], min(n, s.wire)}
}

// cut is how many bytes of the span were not captured.
func (s span) cut() int { return s.wire - len(s.data) }

// isV4 tells whether the packet is one of IPv4.
func (p *packet) isV4() bool { return address(p.src).Is4() }

func address(a [16]byte) netip.Addr { return netip.AddrFrom16(a).Unmap() }
