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
	maxInFrame = maxPackets * maxChains
)

// The contents of a frame are the packets in it, and what is to say of it as a whole.
type contents struct {
	packets []packet
	vlan    [maxVLAN]uint16
	nvlan   int
	// unsupported is set when the link type of the frame is not read.
	unsupported bool
	err         error // why there may be more packets
}

// A decoder takes frames apart, one after the other.
//
// Layers come from gopacket where its decoders are sound on hostile input and can be used again. Those for Geneve and GTP
// grow with every packet (and the latter prints), those for IPv6 options, GRE and SLL index without looking, and MPLS, PPP
// and PPPoE have none that can be used again: these are a few lines each in link.go, network.go and tunnel.go. So are IP,
// TCP and UDP, which every frame has: gopacket reads all of their fields and options, and a packet needs few.
type decoder struct {
	contents
	tag  layers.Dot1Q
	llc  layers.LLC
	snap layers.SNAP

	chain int // where the chain at hand begins
	steps int
	kind  string // of the tunnel that the next IP header is in
	vni   uint32
}

// SetTruncated lets the decoder serve as gopacket's feedback; a span knows what was cut.
func (d *decoder) SetTruncated() {}

// decode fills d.contents, with the packets in room. Those found before an error stay valid.
func (d *decoder) decode(f *capfile.Frame, room []packet) {
	d.begin(room)
	d.frame(f)
	d.seal()
}

func (d *decoder) frame(f *capfile.Frame) {
	defer d.guard()
	d.err = d.link(f.LinkType, span{f.Data, f.OrigLen})
}

// seal settles what finds the connections of the packets.
func (d *decoder) seal() {
	for i := range d.packets {
		d.packets[i].seal()
	}
}

// begin begins a frame. There is always room for as many packets as one may hold: they do not move while it is taken apart.
func (d *decoder) begin(room []packet) {
	if cap(room) < maxInFrame {
		room = make([]packet, 0, 8*maxInFrame)
	}
	d.contents = contents{packets: room[:0]}
	d.chain, d.steps, d.kind, d.vni = 0, 0, "", 0
}

// guard turns a panic into an error.
func (d *decoder) guard() {
	if recover() != nil {
		d.err = errDefect
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
	n := len(d.packets)
	if n == d.chain+maxPackets {
		return nil, errDeep
	}
	d.packets = append(d.packets, packet{kind: d.kind, vni: d.vni, within: n > d.chain})
	d.kind, d.vni = "", 0
	return &d.packets[n], nil
}

// inside decodes what a tunnel carries.
func (d *decoder) inside(kind string, vni uint32, decode func(span) error, s span) error {
	d.kind, d.vni = kind, vni
	return decode(s)
}
