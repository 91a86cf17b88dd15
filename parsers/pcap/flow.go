package pcap

import (
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// A flow is a connection while its packets come in. Direction 0 is what its provisional originator sends; who really
// opened it is settled at the end.
type flow struct {
	tracker     *tracker
	key         key
	down        bool // the provisional originator is key.hi
	first, last uint64
	start, end  time.Time
	sides       [2]side
	tcp         *tcp // nil for other transports
	history     history
	series      series
	vlan        []uint16
	tunnel      evidence.Ref
	kind        string
	carries     bool

	session *service.Session // nil before the first payload and when it wants no more
	settled bool             // result is final
	result  service.Result
}

// A side counts what one end sent.
type side struct{ packets, seen, ip, cut uint64 }

// dir is the direction of a packet between the flow's ends.
func (f *flow) dir(down bool) int {
	if f.key.lo == f.key.hi && f.key.loPort == f.key.hiPort || down == f.down {
		return 0
	}
	return 1
}

// renewed tells whether the packet belongs to a new connection between the same ends.
func (f *flow) renewed(p *packet, dir int, at time.Time) bool {
	silent := time.Duration(0)
	if !at.IsZero() && !f.end.IsZero() {
		silent = at.Sub(f.end)
	}
	if f.tcp == nil {
		return silent > datagramSilence
	}
	return f.tcp.reused(p, dir) || (f.tcp.over() && silent > closedSilence)
}

// take counts a packet and follows its content.
func (f *flow) take(c *capfile.Frame, p *packet, dir int) {
	f.count(c, p, dir)
	f.history.packet(p, dir)
	if f.tcp != nil {
		f.tcp.take(f, c, p, dir)
		return
	}
	if p.proto == protoUDP && p.payload.wire > 0 && f.wants() {
		f.feed(service.Chunk{At: c.Time, Frame: c.Number, Side: service.Side(dir), Data: p.payload.data, Cut: uint32(p.payload.cut() + p.lacking)})
	}
}

// count adds a packet, or a later fragment of one, to what its sender sent.
func (f *flow) count(c *capfile.Frame, p *packet, dir int) {
	s := &f.sides[dir]
	s.packets++
	s.ip += uint64(p.ipLen)
	s.seen += uint64(p.payload.wire)
	s.cut += uint64(p.payload.cut())
	f.last = c.Number
	if c.Time.IsZero() {
		return
	}
	if f.start.IsZero() || c.Time.Before(f.start) {
		f.start = c.Time
	}
	if c.Time.After(f.end) {
		f.end = c.Time
	}
	if p.payload.wire > 0 {
		f.series.add(c.Time, dir, uint64(p.payload.wire))
	}
}

// wants tells whether further content matters, and starts following it if none was followed yet.
func (f *flow) wants() bool {
	if f.settled {
		return false
	}
	if f.session == nil {
		f.session = service.NewSession(f.transport(), f.tracker.file)
		f.session.SetEnds(address(f.key.lo), address(f.key.hi))
	}
	return true
}

// feed hands content over and lets go of the session when it has seen enough.
func (f *flow) feed(c service.Chunk) {
	f.session.Feed(c)
	if f.session.Done() {
		f.settle()
	}
}

// settle keeps what the content said and follows it no further.
func (f *flow) settle() {
	if f.session != nil {
		f.result = f.session.Result()
		f.session = nil
	}
	f.settled = true
}

// close ends the connection.
func (f *flow) close() {
	if f.tcp != nil {
		f.tcp.flush(f)
	}
	f.settle()
}
