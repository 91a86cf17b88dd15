package pcap

import (
	"math"
	"time"

	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// A flow is a connection while its packets come in. Direction 0 is what its provisional originator sends; who really
// opened it is settled at the end.
type flow struct {
	tracker     *tracker
	key         key
	hash        uint64 // of key
	number      uint64 // counts the connections of the capture
	down        bool   // the provisional originator is key.hi
	first, last uint64
	start, end  time.Time
	sides       [2]side
	tcp         *tcp // nil for other transports
	history     history
	series      series
	vlan        []uint16
	tunnel      uint64 // first frame of the connection that carries it, 0 for none
	kind        string
	carries     bool

	waiting standing // in its line of live
	block   uint64   // in which it took its place there
	line    uint8
	waits   bool // in its line
	over    bool // nothing more belongs to it
	pins    int  // datagrams held whose fragments do

	hearing
}

// A side counts what one end sent.
type side struct{ packets, seen, ip, cut uint64 }

// dir is the direction of a packet between the flow's ends.
func (f *flow) dir(down bool) int {
	if down == f.down || f.key.loPort == f.key.hiPort && f.key.lo == f.key.hi {
		return 0
	}
	return 1
}

// renewed tells whether the packet belongs to a new connection between the same ends.
func (f *flow) renewed(p *packet, dir int, at time.Time) bool {
	if f.tcp == nil {
		return f.silent(at) > datagramSilence
	}
	return f.tcp.reused(p, dir) || (f.tcp.over() && f.silent(at) > closedSilence)
}

// silent is for how long nothing was heard of the connection; 0 where clocks do not say.
func (f *flow) silent(at time.Time) time.Duration {
	if at.IsZero() || f.end.IsZero() {
		return 0
	}
	return since(f.end, at)
}

// since is b.Sub(a), which looks twice whether the span is one that a Duration can hold.
func since(a, b time.Time) time.Duration {
	const most = int64(math.MaxInt64/time.Second) - 1
	if sec := b.Unix() - a.Unix(); -most <= sec && sec <= most {
		return time.Duration(sec)*time.Second + time.Duration(b.Nanosecond()-a.Nanosecond())
	}
	return b.Sub(a)
}

// content follows what a packet says, or a datagram that came in fragments.
func (f *flow) content(c *capfile.Frame, p *packet, dir int) {
	f.history.packet(p, dir)
	if f.tcp != nil {
		f.tcp.take(f, c, p, dir)
		return
	}
	if p.proto == protoUDP && p.payload.wire > 0 {
		f.say(service.Chunk{At: c.Time, Frame: c.Number, Side: service.Side(dir), Data: p.payload.data, Cut: uint32(p.payload.cut() + p.lacking)})
	}
}

// A share is what a packet, or a fragment of one, adds to its connection.
type share struct {
	frame            uint64
	at               time.Time
	ip, payload, cut int
	offset           int // in its datagram
}

func shareOf(c *capfile.Frame, p *packet) share {
	return share{c.Number, c.Time, p.ipLen, p.payload.wire, p.payload.cut(), p.frag.offset}
}

// count adds a packet to what its sender sent.
func (f *flow) count(p share, dir int) {
	s := &f.sides[dir]
	s.packets++
	s.ip += uint64(p.ip)
	s.seen += uint64(p.payload)
	s.cut += uint64(p.cut)
	f.last = max(f.last, p.frame)
	if p.at.IsZero() {
		return
	}
	switch {
	case f.start.IsZero():
		f.start, f.end = p.at, p.at
	case p.at.After(f.end):
		f.end = p.at
	case p.at.Before(f.start):
		f.start = p.at
	}
	if p.payload > 0 {
		f.series.add(p.at, dir, uint64(p.payload))
	}
}

// say has the listener hear the next piece of what the connection carries.
func (f *flow) say(c service.Chunk) {
	if !f.deaf.Load() {
		f.tracker.latest.turn(spoken, f, c)
	}
}

// close ends the connection.
func (f *flow) close() {
	if f.tcp != nil {
		f.tcp.flush(f)
	}
	f.tracker.latest.turn(ended, f, service.Chunk{})
}
