package pcap

import (
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// A tcp follows one TCP connection. Index 0 is what the provisional originator sends.
//
// https://www.rfc-editor.org/rfc/rfc9293
type tcp struct {
	ends  [2]endpoint
	count uint64 // packets, the clock of reassembly
}

// An endpoint is one end with the stream that it sends.
type endpoint struct {
	stream
	phase    phase
	syn      bool // a SYN without ACK was seen
	synAck   bool
	isn      uint32
	finished bool
	finAt    uint64 // position of the FIN
}

// A phase is what an end has done so far.
type phase uint8

const (
	inactive    phase = iota
	partial           // sent something, but no SYN
	synSent           // sent a SYN
	synAckSent        // answered a SYN that was not seen
	established       // took part in a handshake
	finSent
	resetSent
)

// take follows a packet.
func (c *tcp) take(f *flow, frame *capfile.Frame, p *packet, dir int) {
	c.count++
	c.phases(p, dir)
	c.positions(p, dir)
	c.acknowledge(p, dir)
	c.settle(f, false)
	if p.payload.wire > 0 && !p.has(flagRST) {
		c.payloadOf(f, frame, p, dir)
	}
	c.drain(f, dir)
	c.drain(f, 1-dir)
}

// phases moves the sender and, in a handshake, its peer on.
func (c *tcp) phases(p *packet, dir int) {
	me, peer := &c.ends[dir], &c.ends[1-dir]
	switch {
	case me.phase == finSent && peer.phase == finSent:
		// A RST that follows both FINs ends nothing.
	case p.has(flagRST):
		me.phase = resetSent
	case p.has(flagSYN | flagACK):
		if me.phase == inactive && peer.phase == inactive {
			me.phase = synAckSent
		} else if me.phase <= synAckSent {
			me.phase = established
			if peer.phase == synSent {
				peer.phase = established
			}
		}
	case p.has(flagSYN):
		if me.phase == inactive {
			me.phase = synSent
		}
	case p.has(flagFIN):
		if me.phase != resetSent {
			me.phase = finSent
		}
	case me.phase == inactive:
		me.phase = partial
	}
	if p.flags&(flagACK|flagSYN|flagRST) == flagACK && peer.phase == synAckSent && peer.known && p.ack-uint32(peer.start) < maxJump {
		me.phase, peer.phase = max(me.phase, established), established
	}
}

// positions notes where the sender's stream begins and ends.
func (c *tcp) positions(p *packet, dir int) {
	me := &c.ends[dir]
	if p.has(flagRST) {
		return // its sequence number may be anything
	}
	if p.has(flagSYN) {
		me.isn = p.seq
		if p.has(flagACK) {
			me.synAck = true
		} else {
			me.syn = true
		}
		me.begin(p.seq + 1)
		return
	}
	me.begin(p.seq)
	if p.has(flagFIN) {
		me.finished, me.finAt = true, me.position(p.seq)+uint64(p.payload.wire)
		me.reaches(me.finAt)
	}
}

// acknowledge notes what the sender has received from its peer, be it in the capture or not.
func (c *tcp) acknowledge(p *packet, dir int) {
	if !p.has(flagACK) || p.has(flagRST) {
		return
	}
	peer := &c.ends[1-dir]
	peer.begin(p.ack)
	at := peer.position(p.ack)
	if peer.finished && at == peer.finAt+1 {
		at = peer.finAt
	}
	if at > peer.acked && peer.plausible(at) {
		peer.acked = at
	}
}

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
	if f.wants() {
		f.feed(service.Chunk{At: f.end, Frame: f.last, Side: service.Side(dir), Gap: n})
	}
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
	f.tracker.budget += len(first.data)
	c.deliver(f, dir, &first)
}

// deliver hands the next bytes of a stream to the session. What the snaplen cut off them is a gap to it.
func (c *tcp) deliver(f *flow, dir int, g *segment) {
	c.ends[dir].next = g.to
	if g.skipped || !f.wants() {
		return
	}
	if len(g.data) > 0 {
		f.feed(service.Chunk{At: g.at, Frame: g.frame, Side: service.Side(dir), Data: g.data})
	}
	if cut := g.to - g.from - uint64(len(g.data)); cut > 0 && f.wants() {
		f.feed(service.Chunk{At: g.at, Frame: g.frame, Side: service.Side(dir), Gap: cut})
	}
}

// flush ends both streams: nothing more will fill a hole.
func (c *tcp) flush(f *flow) {
	c.settle(f, true)
	for dir := range c.ends {
		c.giveUp(f, dir, c.ends[dir].end)
	}
}

// over tells whether the connection was closed or refused.
func (c *tcp) over() bool {
	a, b := c.ends[0].phase, c.ends[1].phase
	return a == resetSent || b == resetSent || (a == finSent && b == finSent)
}

// reused tells whether a SYN or its answer belongs to a new connection: its initial sequence number is not the one that
// this connection began with.
func (c *tcp) reused(p *packet, dir int) bool {
	if !p.has(flagSYN) || p.has(flagRST) {
		return false
	}
	me, peer := &c.ends[dir], &c.ends[1-dir]
	if me.known && uint32(me.start) == p.seq+1 {
		return false
	}
	if me.known {
		return true
	}
	return p.has(flagACK) && peer.known && (peer.syn || peer.synAck) && p.ack != peer.isn+1 && c.over()
}

// opener tells who opened the connection, if the handshake was seen.
func (c *tcp) opener() (dir int, known bool) {
	for dir := range c.ends {
		if c.ends[dir].syn && !c.ends[1-dir].syn {
			return dir, true
		}
	}
	for dir := range c.ends {
		if c.ends[dir].synAck {
			return 1 - dir, true
		}
	}
	return 0, c.ends[0].syn // both sent one: the first did
}

func (c *tcp) midStream() bool {
	for _, e := range c.ends {
		if e.syn || e.synAck {
			return false
		}
	}
	return true
}

// payload is the length of a side's stream. It is 0 where a handshake began and nothing followed, and unknown where the
// side was neither seen nor acknowledged otherwise.
func (c *tcp) payload(dir int) evidence.Count {
	s := &c.ends[dir]
	if !s.known && c.midStream() {
		return evidence.Count{}
	}
	return evidence.Measured(s.length())
}

func (c *tcp) missed(dir int) evidence.Count {
	s := &c.ends[dir]
	if !s.known && c.midStream() {
		return evidence.Count{}
	}
	return evidence.Measured(s.missed)
}

// state is the connection's state in Zeek's words.
//
// https://docs.zeek.org/en/current/scripts/base/protocols/conn/main.zeek.html
func (c *tcp) state(orig int) string {
	o, r := c.ends[orig].phase, c.ends[1-orig].phase
	unopened := func(p phase) bool { return p <= partial }
	empty := c.ends[0].length() == 0 && c.ends[1].length() == 0
	switch {
	case r == resetSent && (o == synSent || o == synAckSent || (o == resetSent && empty)):
		return "REJ"
	case r == resetSent && unopened(o):
		return "RSTRH"
	case r == resetSent:
		return "RSTR"
	case o == resetSent && unopened(r):
		return "RSTOS0"
	case o == resetSent:
		return "RSTO"
	case o == finSent && r == finSent:
		return "SF"
	case o == finSent && unopened(r):
		return "SH"
	case o == finSent:
		return "S2"
	case r == finSent && unopened(o):
		return "SHR"
	case r == finSent:
		return "S3"
	case o == synSent && r == inactive:
		return "S0"
	case o == established && r == established:
		return "S1"
	}
	return "OTH"
}
