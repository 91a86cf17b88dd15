package pcap

import (
	"net/netip"
	"strconv"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

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
		Ref:       f.tracker.ref(f.first),
		Last:      f.tracker.ref(f.last),
		Sensor:    f.tracker.file,
		Transport: f.transport(),
		Orig:      from, Resp: to, OrigKnown: known,
		Start: f.start, End: f.end,
		Volume:  f.volume(orig),
		State:   f.state(orig),
		History: f.history.String(orig),
		Tunnel:  f.tracker.ref(f.tunnel), TunnelKind: f.kind, Carries: f.carries,
		VLAN:   f.vlan,
		App:    f.result.App,
		Series: f.series.points(orig),
	}
	f.announced.name(&c)
	c.MidStream = f.tcp != nil && f.tcp.midStream()
	return c
}

// ref is the reference to a frame, none where there is no frame.
func (t *tracker) ref(frame uint64) evidence.Ref {
	if frame == 0 {
		return evidence.Ref{}
	}
	return evidence.Ref{File: t.file, Unit: "frame", N: frame}
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
	switch f.key.proto {
	case protoTCP:
		return f.tcp.state(orig)
	case protoUDP:
	default:
		return "OTH"
	}
	switch o, r := f.sides[orig].packets > 0, f.sides[1-orig].packets > 0; {
	case o && r:
		return "SF"
	case o:
		return "S0"
	}
	return "SHR"
}
