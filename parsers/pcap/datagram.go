package pcap

import (
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// fragment counts a fragment for the connection of its datagram, as soon as that is known, and keeps it until the others are
// there.
func (t *tracker) fragment(f *capfile.Frame, c *contents, p *packet, carrier uint64, tunnel uint32) *flow {
	t.held.expire(f.Time)
	g := t.held.find(f, c, p, carrier, tunnel)
	if p.frag.first {
		fl, dir := t.find(f, c, p, carrier, tunnel)
		if g.flow != nil && g.flow != fl { // the number is used again
			t.held.drop(g)
			g = t.held.find(f, c, p, carrier, tunnel)
		}
		g.belongs(fl, dir, 0)
	}
	g.count(shareOf(f, p))
	t.held.add(g, f, p)
	return g.flow
}

// belongs settles the connection of a datagram. header is how much of the transport header, which is no payload, lies in the
// fragments seen so far.
func (g *datagram) belongs(fl *flow, dir, header int) {
	if g.flow == nil {
		fl.tracker.pin(fl)
	}
	g.flow, g.dir = fl, dir
	for _, s := range g.uncounted {
		s.payload -= min(max(header-s.offset, 0), s.payload)
		fl.count(s, dir)
	}
	g.uncounted = nil
}

func (g *datagram) count(s share) {
	switch {
	case g.flow != nil:
		g.flow.count(s, g.dir)
	case len(g.uncounted) < maxFragments:
		g.uncounted = append(g.uncounted, s)
	}
}

// datagrams looks at the datagrams that are complete or given up. What they carry may make others complete.
func (t *tracker) datagrams() {
	for g := t.held.next(); g != nil; g = t.held.next() {
		t.datagram(g)
		g.queue = queue{}
	}
	for i, g := range t.held.gone {
		if g.flow != nil {
			t.unpin(g.flow)
		}
		t.held.gone[i] = nil
	}
	t.held.gone = t.held.gone[:0]
}

func (t *tracker) datagram(g *datagram) {
	f := &g.latest
	switch {
	case !g.all && g.flow == nil:
		t.survey.count(evidence.Suspect, "fragments without their first", g.began.Number, g.n)
		return
	case !g.all:
		t.survey.counted("datagrams with fragments missing", g.began.Number, g.n)
		f = &g.began
	}
	d := &t.again
	d.datagram(g, g.content())
	switch err := d.err; {
	case err != nil && len(d.packets) == 0 && g.flow == nil:
		t.survey.count(severity(err), err.Error(), g.began.Number, g.n)
	case err != nil:
		t.survey.counted(err.Error()+", in fragments", g.began.Number, g.n)
	}
	if len(d.packets) == 0 {
		return
	}
	p := &d.packets[0]
	if g.flow == nil {
		fl, dir := t.find(f, &d.contents, p, g.carrier, g.key.tunnel)
		g.belongs(fl, dir, g.total-p.payload.wire)
	}
	g.flow.content(f, p, g.dir)
	t.packets(f, &d.contents, 1, g.flow, g.key.tunnel)
}

// datagram takes apart what was put together. The first packet is the datagram itself.
func (d *decoder) datagram(g *datagram, s span) {
	d.begin(d.packets)
	d.vlan, d.nvlan, d.kind = g.vlan, g.nvlan, g.kind
	d.whole(g, s)
	d.seal()
}

func (d *decoder) whole(g *datagram, s span) {
	defer d.guard()
	p, err := d.add()
	if err != nil {
		d.err = err
		return
	}
	p.src, p.dst = g.key.src, g.key.dst
	if p.isV4() {
		d.err = d.transport(p, g.proto, s)
	} else {
		d.err = d.extensions(p, g.proto, s)
	}
	if len(d.packets) > 0 && !p.frag.whole() { // fragments of fragments
		d.packets, d.err = d.packets[:0], errMalformed
	}
}
