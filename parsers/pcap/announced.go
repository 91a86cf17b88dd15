package pcap

import (
	"maps"
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// An announcement is what one connection's content says of another that is still to come.
type announcement struct {
	protocol string
	unless   bool // the content tells another
	by       evidence.Ref
	at       time.Time
}

// A place is one end of a connection in a tunnel, or outside all.
type place struct {
	end    netip.AddrPort
	proto  uint32
	tunnel uint32
}

// announcements holds them until the connection begins.
type announcements map[place]announcement

const (
	// maxAwaited bounds the announcements that wait.
	maxAwaited = 1 << 14
	// longestWait is more than a client takes from being told a port to connecting to it.
	longestWait = 5 * time.Minute
)

// announce notes what the content of the connection names: at the address stated, and at that of the side that states it,
// which differs behind a translator of addresses.
func (l *listener) announce(f *flow, e service.Expectation, at time.Time) {
	from, to := f.ends()
	own := from
	if e.Side == service.Resp {
		own = to
	}
	port := e.At.Port()
	if port == 0 {
		port = own.Port()
	}
	l.forget(at)
	proto := f.key.proto
	if e.Transport == evidence.UDP {
		proto = protoUDP
	}
	a := announcement{e.Protocol, e.Unless, f.tracker.ref(f.first), at}
	for _, addr := range []netip.Addr{own.Addr(), e.At.Addr()} {
		switch {
		case !addr.IsValid():
		case len(l.awaited) < maxAwaited:
			l.awaited[place{netip.AddrPortFrom(addr, port), proto, f.key.tunnel}] = a
		default:
			l.unawaited.Note(f.first, 1)
		}
	}
}

// forget makes room among the announcements, at most once in the time that each may wait. One from a clock far ahead goes too: it
// would stay, and be looked at each time.
func (l *listener) forget(now time.Time) {
	if len(l.awaited) < maxAwaited || now.Sub(l.forgot) <= longestWait {
		return
	}
	l.forgot = now
	maps.DeleteFunc(l.awaited, func(_ place, a announcement) bool { return now.Sub(a.at).Abs() > longestWait })
}

// take finds what was announced of a connection that begins. What was used is used up.
func (l announcements) take(f *flow, at time.Time) *announcement {
	if len(l) == 0 {
		return nil
	}
	from, to := f.ends()
	for _, end := range [...]netip.AddrPort{to, from} {
		k := place{end, f.key.proto, f.key.tunnel}
		a, ok := l[k]
		if !ok {
			continue
		}
		delete(l, k)
		if a.at.IsZero() || at.Sub(a.at) <= longestWait {
			return kept(a)
		}
	}
	return nil
}

// kept is apart from take, which would otherwise allocate for every connection that begins.
func kept(a announcement) *announcement { return &a }

// name calls a connection what it was announced to be. What its content says runs inside.
func (a *announcement) name(c *evidence.Conn) {
	if a == nil || a.unless && c.Protocol != "" && c.Protocol != a.protocol {
		return
	}
	c.Announced = a.by
	if c.Protocol != "" && c.Protocol != a.protocol {
		c.Inner = append([]string{c.Protocol}, c.Inner...)
	}
	c.Protocol, c.Confirmed = a.protocol, true
}
