package pcap

import (
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
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
	probed   bool // the stream begins with a packet that may have been a probe
	finished bool
	finAt    uint64 // position of the FIN
}

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
	me.join(p)
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
	peer.probed = peer.probed && peer.length() == 0
	if peer.probed && at == peer.start+1 {
		peer.begins(at)
	}
	if at > peer.acked && peer.plausible(at) {
		peer.acked = at
	}
}

// join sets the first position of a stream whose SYN was not seen. A keep-alive probe repeats the last sequence number, with a
// byte of garbage or none. Data of one byte would be pushed; without a byte, only the answer tells a probe from an ordinary
// acknowledgement.
//
// https://www.rfc-editor.org/rfc/rfc9293#section-3.8.4
func (e *endpoint) join(p *packet) {
	if e.known {
		return
	}
	bare := p.flags&(flagPSH|flagFIN) == 0
	e.probed = bare && p.payload.wire == 0
	if bare && p.payload.wire == 1 {
		e.begin(p.seq + 1)
		return
	}
	e.begin(p.seq)
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
