package pcap

import (
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// payloadOf puts a packet's payload into the stream of its sender.
func (c *tcp) payloadOf(f *flow, frame *capfile.Frame, p *packet, dir int) {
	seq := p.seq
	if p.has(flagSYN) {
		seq++
	}
	me := &c.ends[dir]
	from := me.position(seq)
	to := from + uint64(p.payload.wire)
	if from < me.start && !me.syn && !me.synAck {
		me.extend(from, to)
	}
	if to <= me.next {
		f.history.add(dir, 'T')
		return
	}
	if !me.reaches(to) {
		return
	}
	data := p.payload.data
	if from < me.next {
		data = data[min(me.next-from, uint64(len(data))):]
		from = me.next
	}
	s := segment{from: from, to: to, data: data, at: frame.Time, frame: frame.Number}
	if from == me.next && len(me.pending) == 0 && !c.held(dir) {
		c.deliver(f, dir, &s)
		return
	}
	c.keep(f, dir, s)
}

// An acknowledgement of bytes that were not captured says that they are missing, unless they are captured a moment
// later: packets are recorded out of order where several queues feed a capture. Until then what the other side sends is
// held, so that an answer never comes before its question.
const patience = 3 // packets

// held tells whether delivery from a side waits for the other.
func (c *tcp) held(dir int) bool { return c.ends[1-dir].waiting != 0 }

// settle gives up waiting for what was acknowledged and not captured.
func (c *tcp) settle(f *flow, force bool) {
	for dir := range c.ends {
		s := &c.ends[dir]
		if s.acked <= s.next {
			s.waiting = 0
			continue
		}
		if s.waiting == 0 {
			s.waiting = c.count
		}
		if force || f.sides[dir].packets == 0 || c.count-s.waiting >= patience {
			c.giveUp(f, dir, s.acked)
		}
	}
}

// giveUp declares everything before a position missing that is not there, and delivers what is.
func (c *tcp) giveUp(f *flow, dir int, until uint64) {
	s := &c.ends[dir]
	for s.next < until {
		end := until
		if len(s.pending) > 0 {
			end = min(end, s.pending[0].from)
		}
		if end > s.next {
			c.gap(f, dir, end-s.next)
			s.missed += end - s.next
			s.next = end
		}
		if len(s.pending) > 0 && s.pending[0].from <= s.next {
			c.deliverFirst(f, dir)
		}
	}
	s.waiting = 0
}

func (c *tcp) gap(f *flow, dir int, n uint64) {
	f.history.add(dir, 'G')
	f.say(service.Chunk{At: f.end, Frame: f.last, Side: service.Side(dir), Gap: n})
}

// drain delivers what has become contiguous.
func (c *tcp) drain(f *flow, dir int) {
	s := &c.ends[dir]
	for len(s.pending) > 0 && s.pending[0].from <= s.next && !c.held(dir) {
		c.deliverFirst(f, dir)
	}
}

// deliverFirst delivers the first pending segment, which begins where the stream has arrived.
func (c *tcp) deliverFirst(f *flow, dir int) {
	s := &c.ends[dir]
	first := s.shift()
	f.tracker.budget += first.size
	f.tracker.places++
	c.deliver(f, dir, &first)
}

// deliver has the next bytes of a stream heard. What the snaplen cut off them, or was not kept, is a gap.
func (c *tcp) deliver(f *flow, dir int, g *segment) {
	c.ends[dir].next = g.to
	if len(g.data) > 0 {
		f.say(service.Chunk{At: g.at, Frame: g.frame, Side: service.Side(dir), Data: g.data})
	}
	if cut := g.to - g.from - uint64(len(g.data)); cut > 0 {
		f.say(service.Chunk{At: g.at, Frame: g.frame, Side: service.Side(dir), Gap: cut})
	}
}

// flush ends both streams: nothing more will fill a hole.
func (c *tcp) flush(f *flow) {
	c.settle(f, true)
	for dir := range c.ends {
		c.giveUp(f, dir, c.ends[dir].end)
	}
}

// keep holds a segment back until the stream has arrived at it, within the bounds: beyond them the stream moves on without
// what is missing.
func (c *tcp) keep(f *flow, dir int, g segment) {
	s := &c.ends[dir]
	switch g.size = len(g.data); {
	case g.size > f.tracker.budget:
		f.tracker.unheld.Note(g.frame, 1)
		g.data, g.size = nil, 0
	case f.deaf.Load(): // by chance already: the room is taken all the same
		g.data = nil
	}
	size, n := s.size, len(s.pending)
	s.insert(g)
	f.tracker.budget -= s.size - size
	f.tracker.places -= len(s.pending) - n
	for s.size > maxHeld || len(s.pending) > maxSegments || f.tracker.places < 0 {
		c.giveUp(f, dir, s.pending[0].to)
	}
}
