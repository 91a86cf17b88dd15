package pcap

import (
	"bytes"

	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// A tracker puts packets together to connections.
type tracker struct {
	file    string
	flows   table
	live    live
	spare   spare
	latest  stretch
	begun   uint64 // connections
	tunnels tunnelNumbers
	budget  int           // bytes that reassembly may still buffer
	places  int           // segments that it may still hold
	unheld  service.Tally // segments that it had no room for

	held   collection
	again  decoder // of datagrams that came in fragments
	survey *survey
}

func newTracker(file string, s *survey) *tracker {
	return &tracker{file: file, flows: newTable(), budget: maxBuffered, places: maxPending, survey: s, live: live{max: maxLive}}
}

// frame takes the packets of a frame, and the datagrams that it makes complete.
func (t *tracker) frame(f *capfile.Frame, c *contents) {
	if now, ok := t.live.tick(f.Time); ok {
		t.expire(now)
	}
	t.packets(f, c, 0, nil, 0)
	t.datagrams()
}

// packets takes the packets of a frame from one on, outermost first.
func (t *tracker) packets(f *capfile.Frame, c *contents, from int, outer *flow, tunnel uint32) {
	for i := from; i < len(c.packets); i++ {
		p := &c.packets[i]
		if p.within {
			tunnel = t.tunnel(f.Number, &c.packets[i-1], p, tunnel)
		} else {
			outer, tunnel = nil, 0
		}
		carrier := uint64(0)
		if outer != nil {
			outer.carries = true
			carrier = outer.first
		}
		outer = t.packet(f, c, p, carrier, tunnel)
	}
}

// tunnel numbers the tunnel between two packets of a frame.
func (t *tracker) tunnel(frame uint64, outer, inner *packet, in uint32) uint32 {
	k := tunnelKey{lo: outer.src, hi: outer.dst, kind: inner.kind, vni: inner.vni, outer: in}
	if bytes.Compare(k.lo[:], k.hi[:]) > 0 {
		k.lo, k.hi = k.hi, k.lo
	}
	return t.tunnels.of(k, frame)
}

// packet takes a packet to its connection; nil when that is not known yet. The first frame of the connection that carries it is
// that of carrier, 0 when none does.
func (t *tracker) packet(f *capfile.Frame, c *contents, p *packet, carrier uint64, tunnel uint32) *flow {
	if !p.frag.whole() {
		return t.fragment(f, c, p, carrier, tunnel)
	}
	fl, dir := t.find(f, c, p, carrier, tunnel)
	fl.count(shareOf(f, p), dir)
	fl.content(f, p, dir)
	t.live.heard(fl)
	return fl
}

// find finds or begins the connection of a packet.
func (t *tracker) find(f *capfile.Frame, c *contents, p *packet, carrier uint64, tunnel uint32) (fl *flow, dir int) {
	k, hash := key{p.ends(), tunnel}, p.hashIn(tunnel)
	fl = t.flows.find(&k, hash)
	if fl != nil && fl.renewed(p, fl.dir(p.down), f.Time) {
		t.end(fl)
		fl = nil
	}
	if fl == nil {
		fl = t.begin(f, c, p, k, hash)
		if carrier != 0 {
			fl.tunnel, fl.kind = carrier, p.kind
		}
	}
	return fl, fl.dir(p.down)
}

// begin starts a connection. Its provisional originator is the sender, unless only the sender has a port that servers use
// or answers to a SYN.
func (t *tracker) begin(f *capfile.Frame, c *contents, p *packet, k key, hash uint64) *flow {
	swapped := servesAt(p.sport) && !servesAt(p.dport)
	if p.proto == protoTCP && p.has(flagSYN) {
		swapped = p.has(flagACK)
	}
	if t.live.n >= t.live.max {
		t.makeRoom()
	}
	t.live.n++
	t.begun++
	fl := t.spare.take(p.proto)
	fl.tracker, fl.key, fl.hash, fl.number, fl.down, fl.first = t, k, hash, t.begun, p.down != swapped, f.Number
	if c.nvlan > 0 {
		fl.vlan = append([]uint16(nil), c.vlan[:c.nvlan]...)
	}
	if swapped {
		fl.history.flip()
	}
	t.flows.add(fl)
	t.latest.turn(begun, fl, service.Chunk{At: f.Time})
	return fl
}

// giveUp ends the waiting for fragments.
func (t *tracker) giveUp() {
	for e := t.held.order.Front(); e != nil; e = t.held.order.Front() {
		t.held.drop(e.Value.(*datagram))
		t.datagrams()
	}
}
