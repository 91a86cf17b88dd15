package pcap

import (
	"container/list"
	"time"

	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// Bounds of the datagrams whose fragments are held: how many, their bytes, fragments of one, and how long one is waited for
// by the clock of the capture. Beyond the bounds the oldest is given up.
const (
	maxDatagrams     = 1024
	maxFragmentBytes = 16 << 20
	maxFragments     = 1024
	maxDatagramLen   = 65535
	fragmentPatience = 30 * time.Second
)

// A fragment is the place of a packet in a fragmented datagram.
type fragment struct {
	id     uint32
	first  bool // holds the transport header, and more fragments follow
	later  bool // does not hold the whole transport header
	last   bool
	offset int
	proto  uint8 // of what was cut into fragments
	data   span  // its part of that
}

// set notes where in its datagram a packet lies.
func (f *fragment) set(id uint32, offset int, more bool) {
	*f = fragment{id: id, offset: offset, first: offset == 0 && more, later: offset > 0, last: !more}
}

// whole tells whether the packet is no fragment.
func (f *fragment) whole() bool { return !f.first && !f.later }

// A datagramKey tells datagrams apart while they travel.
//
// https://www.rfc-editor.org/rfc/rfc791#section-2.3
// https://www.rfc-editor.org/rfc/rfc8200#section-4.5
type datagramKey struct {
	src, dst          [16]byte
	id, proto, tunnel uint32
}

func datagramKeyOf(p *packet, tunnel uint32) datagramKey {
	k := datagramKey{src: p.src, dst: p.dst, id: p.frag.id, tunnel: tunnel}
	if p.isV4() {
		k.proto = uint32(p.frag.proto)
	}
	return k
}

// A datagram is put together of its fragments. Each is counted where it was seen, as a packet of its own; content is what
// they say together.
type datagram struct {
	queue
	key   datagramKey
	proto uint8
	kind  string // of the tunnel it travels in
	// carrier is the first frame of the connection that is the tunnel.
	carrier uint64
	flow    *flow // nil as long as the ports are not known
	dir     int
	// uncounted are the fragments that came while the ports were not known.
	uncounted []share
	began     capfile.Frame // of the fragment that came first
	latest    capfile.Frame
	vlan      [maxVLAN]uint16
	nvlan     int
	total     int // its length once the last fragment is there
	n         uint64
	all       bool // nothing is missing
	over      bool // nothing more is waited for
	place     *list.Element
}

// take adds a fragment. Where fragments overlap, the one that came first is believed.
func (g *datagram) take(f *capfile.Frame, p *packet) {
	g.n++
	g.latest = capfile.Frame{Number: f.Number, Time: f.Time}
	s := &p.frag
	end := s.offset + s.data.wire
	if g.over || end > maxDatagramLen || len(g.pending) >= maxFragments {
		return
	}
	if s.offset == 0 {
		g.proto = s.proto
	}
	if s.last && g.total == 0 {
		g.total = end
	}
	g.insert(segment{from: uint64(s.offset), to: uint64(end), data: s.data.data, size: len(s.data.data)})
}

// complete tells whether all fragments are there.
func (g *datagram) complete() bool {
	if g.over || g.total == 0 {
		return false
	}
	at := uint64(0)
	for i := 0; i < len(g.pending) && g.pending[i].from == at; i++ {
		at = g.pending[i].to
	}
	return at >= uint64(g.total)
}

// content is the datagram as far as it goes without a hole.
func (g *datagram) content() span {
	buf, wire := make([]byte, 0, g.size), g.total
	if n := len(g.pending); wire == 0 && n > 0 {
		wire = int(g.pending[n-1].to)
	}
	for _, s := range g.pending {
		if s.from != uint64(len(buf)) {
			break
		}
		buf = append(buf, s.data...)
	}
	return span{buf, wire}.limit(wire)
}

// A collection holds the datagrams whose fragments are coming in, and those that are over for as long as their fragments
// may come once more.
type collection struct {
	known map[datagramKey]*datagram
	order list.List // by arrival of the first fragment seen
	bytes int
	ready []*datagram // to be looked at
	gone  []*datagram // dropped since the last look
}

// find returns the datagram of a fragment.
func (c *collection) find(f *capfile.Frame, of *contents, p *packet, carrier uint64, tunnel uint32) *datagram {
	k := datagramKeyOf(p, tunnel)
	if g := c.known[k]; g != nil && (!g.over || !p.frag.first) {
		return g
	}
	if g := c.known[k]; g != nil {
		c.drop(g) // the number is used again
	}
	if c.known == nil {
		c.known = map[datagramKey]*datagram{}
	}
	g := &datagram{
		key: k, proto: p.frag.proto, kind: p.kind, carrier: carrier,
		began: capfile.Frame{Number: f.Number, Time: f.Time}, vlan: of.vlan, nvlan: of.nvlan,
	}
	g.place = c.order.PushBack(g)
	c.known[k] = g
	return g
}

// add puts a fragment to its datagram.
func (c *collection) add(g *datagram, f *capfile.Frame, p *packet) {
	before := g.size
	g.take(f, p)
	c.bytes += g.size - before
	if g.complete() {
		g.all = true
		c.finish(g)
	}
	for c.bytes > maxFragmentBytes || c.order.Len() > maxDatagrams {
		c.drop(c.order.Front().Value.(*datagram))
	}
}

// expire gives up what has been waited for long enough.
func (c *collection) expire(now time.Time) {
	for e := c.order.Front(); e != nil; e = c.order.Front() {
		g := e.Value.(*datagram)
		if now.IsZero() || g.began.Time.IsZero() || now.Sub(g.began.Time) <= fragmentPatience {
			return
		}
		c.drop(g)
	}
}

// drop forgets a datagram, which is looked at before if it has not been.
func (c *collection) drop(g *datagram) {
	c.finish(g)
	c.order.Remove(g.place)
	delete(c.known, g.key)
	c.gone = append(c.gone, g)
}

// finish has a datagram looked at.
func (c *collection) finish(g *datagram) {
	if g.over {
		return
	}
	c.ready = append(c.ready, g)
	c.bytes -= g.size
	g.over = true
}

// next returns a datagram that is to be looked at.
func (c *collection) next() *datagram {
	if len(c.ready) == 0 {
		return nil
	}
	g := c.ready[0]
	c.ready = c.ready[1:]
	return g
}
