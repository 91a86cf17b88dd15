package pcap

import (
	"github.com/google/gopacket/layers"

	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// Bounds of one frame. Real stacks are far below; a frame made of nothing but headers ends here.
const (
	maxPackets = 8 // of one chain
	maxSteps   = 32
	maxVLAN    = 4
	maxChains  = 8 // at least: most packets carry no others
)

// A decoder takes frames apart. Its packets are used again for every frame, so what it returns is valid until the next.
//
// Layers come from gopacket where its decoders are sound on hostile input and can be used again. Those for Geneve and GTP
// grow with every packet (and the latter prints), those for IPv6 options, GRE and SLL index without looking, and MPLS, PPP
// and PPPoE have none that can be used again: these are a few lines each in link.go, network.go and tunnel.go. So are IP,
// TCP and UDP, which every frame has: gopacket reads all of their fields and options, and a packet needs few.
type decoder struct {
	tag  layers.Dot1Q
	llc  layers.LLC
	snap layers.SNAP

	packets [maxPackets * maxChains]packet
	n       int
	chain   int // where the chain at hand begins
	vlan    [maxVLAN]uint16
	nvlan   int
	steps   int
	kind    string // of the tunnel that the next IP header is in
	vni     uint32
	// unsupported is set when the link type of the frame is not read.
	unsupported bool
}

// SetTruncated lets the decoder serve as gopacket's feedback; a span knows what was cut.
func (d *decoder) SetTruncated() {}

// decode fills d.packets[:d.n]. Packets found before an error stay valid.
func (d *decoder) decode(f *capfile.Frame) (err error) {
	d.begin()
	defer d.guard(&err)
	return d.link(f.LinkType, span{f.Data, f.OrigLen})
}

func (d *decoder) begin() {
	d.n, d.chain, d.nvlan, d.steps, d.kind, d.vni, d.unsupported = 0, 0, 0, 0, "", 0, false
}

// guard turns a panic into an error.
func (d *decoder) guard(err *error) {
	if recover() != nil {
		*err = errDefect
	}
}

// step bounds the number of headers.
func (d *decoder) step() error {
	if d.steps++; d.steps > maxSteps {
		return errDeep
	}
	return nil
}

// add begins the next packet of the frame.
func (d *decoder) add() (*packet, error) {
	if d.n == d.chain+maxPackets {
		return nil, errDeep
	}
	p := &d.packets[d.n]
	*p = packet{kind: d.kind, vni: d.vni, within: d.n > d.chain}
	d.n++
	d.kind, d.vni = "", 0
	return p, nil
}

// inside decodes what a tunnel carries.
func (d *decoder) inside(kind string, vni uint32, decode func(span) error, s span) error {
	d.kind, d.vni = kind, vni
	return decode(s)
}
