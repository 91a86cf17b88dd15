package pcap

import (
	"net/netip"
	"strconv"
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
	closed  bool
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

// piece counts a later fragment of a datagram.
func (f *flow) piece(c *capfile.Frame, p *packet, dir int) { f.count(c, p, dir) }

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
	if f.closed {
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
	f.closed = true
}

// close ends the connection.
func (f *flow) close() {
	if f.tcp != nil {
		f.tcp.flush(f)
	}
	f.settle()
}

func (f *flow) transport() evidence.Transport {
	switch f.key.proto {
	case protoTCP:
		return evidence.TCP
	case protoUDP:
		return evidence.UDP
	case protoICMP:
		return evidence.ICMP
	case protoICMP6:
		return evidence.ICMP6
	case protoSCTP:
		return evidence.SCTP
	}
	return evidence.Transport("ip/" + strconv.Itoa(int(f.key.proto)))
}

// orig tells which direction the originator's is, and whether a SYN or the content says so.
func (f *flow) orig() (dir int, known bool) {
	if f.tcp != nil {
		if dir, known = f.tcp.opener(); known {
			return dir, true
		}
	}
	if f.result.ClientKnown && !f.isGroup(int(f.result.Client)) {
		return int(f.result.Client), true
	}
	return 0, false
}

// isGroup tells whether an end is a multicast or broadcast address: those are answered and announced to, but never ask.
func (f *flow) isGroup(dir int) bool {
	from, to := f.ends()
	a := from.Addr()
	if dir == 1 {
		a = to.Addr()
	}
	return a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// conn states the connection as evidence.
func (f *flow) conn() evidence.Conn {
	orig, known := f.orig()
	from, to := f.ends()
	if orig == 1 {
		from, to = to, from
	}
	c := evidence.Conn{
		Ref:       evidence.Ref{File: f.tracker.file, Unit: "frame", N: f.first},
		Last:      evidence.Ref{File: f.tracker.file, Unit: "frame", N: f.last},
		Sensor:    f.tracker.file,
		Transport: f.transport(),
		Orig:      from, Resp: to, OrigKnown: known,
		Start: f.start, End: f.end,
		Volume:  f.volume(orig),
		State:   f.state(orig),
		History: f.history.String(orig),
		Tunnel:  f.tunnel, TunnelKind: f.kind, Carries: f.carries,
		VLAN:   f.vlan,
		App:    f.result.App,
		Series: f.series.points(orig),
	}
	c.MidStream = f.tcp != nil && f.tcp.midStream()
	return c
}

// ends returns the provisional originator and responder.
func (f *flow) ends() (from, to netip.AddrPort) {
	lo := netip.AddrPortFrom(address(f.key.lo), f.key.loPort)
	hi := netip.AddrPortFrom(address(f.key.hi), f.key.hiPort)
	if f.down {
		return hi, lo
	}
	return lo, hi
}

func (f *flow) volume(orig int) evidence.Volume {
	pair := func(field func(dir int) evidence.Count) evidence.Pair {
		return evidence.Pair{Orig: field(orig), Resp: field(1 - orig)}
	}
	v := evidence.Volume{
		Seen:    pair(func(d int) evidence.Count { return evidence.Measured(f.sides[d].seen) }),
		IP:      pair(func(d int) evidence.Count { return evidence.Measured(f.sides[d].ip) }),
		Packets: pair(func(d int) evidence.Count { return evidence.Measured(f.sides[d].packets) }),
		Cut:     pair(func(d int) evidence.Count { return evidence.Measured(f.sides[d].cut) }),
	}
	if f.tcp == nil {
		v.Payload = v.Seen
		return v
	}
	v.Payload = pair(f.tcp.payload)
	v.Missed = pair(f.tcp.missed)
	return v
}

func (f *flow) state(orig int) string {
	if f.tcp != nil {
		return f.tcp.state(orig)
	}
	switch o, r := f.sides[orig].packets > 0, f.sides[1-orig].packets > 0; {
	case o && r:
		return "SF"
	case o:
		return "S0"
	}
	return "SHR"
}
