package suricata

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A flow is what Suricata says when it forgets a flow. The client is the sender of the first packet, unless a SYN-ACK or
// the content told otherwise; bytes are the captured lengths of its frames, link layer included.
type flow struct {
	PktsToServer, PktsToClient, BytesToServer, BytesToClient number
	Start, End, Bypass                                       text
}

func (f *flow) field(name []byte) any {
	switch string(name) {
	case "pkts_toserver":
		return &f.PktsToServer
	case "pkts_toclient":
		return &f.PktsToClient
	case "bytes_toserver":
		return &f.BytesToServer
	case "bytes_toclient":
		return &f.BytesToClient
	case "start":
		return &f.Start
	case "end":
		return &f.End
	case "bypass":
		return &f.Bypass
	}
	return nil
}

// tcp is what the stream engine saw; flags are the sum of all segments, in hexadecimal.
type tcp struct {
	FlagsTS, FlagsTC, State text
	TSGap, TCGap            bool
	GapTS                   bool // as older versions write it
	GapTC                   bool
}

func (t *tcp) field(name []byte) any {
	switch string(name) {
	case "tcp_flags_ts":
		return &t.FlagsTS
	case "tcp_flags_tc":
		return &t.FlagsTC
	case "state":
		return &t.State
	case "ts_gap":
		return &t.TSGap
	case "tc_gap":
		return &t.TCGap
	case "gap_ts":
		return &t.GapTS
	case "gap_tc":
		return &t.GapTC
	}
	return nil
}

func (p *parser) flow(e *event) error {
	orig, resp, err := e.ends(e.Flow != nil)
	if err != nil {
		return err
	}
	c := e.conn(orig, resp)
	f := e.Flow
	p.times(&c, e, f.Start, f.End)
	c.Volume.Frame = evidence.Pair{Orig: f.BytesToServer.Count, Resp: f.BytesToClient.Count}
	c.Volume.Packets = evidence.Pair{Orig: f.PktsToServer.Count, Resp: f.PktsToClient.Count}
	c.App = e.named(&c)
	p.session(e, &c)
	if len(f.Bypass) > 0 {
		p.doubts.add(bypassed, e.ref)
	}
	p.doubts.add(frames, e.ref)
	p.out.Conn(c)
	return nil
}

func (e *event) conn(orig, resp netip.AddrPort) evidence.Conn {
	return evidence.Conn{Ref: e.ref, Sensor: e.sensor.capture.Sensor, UID: string(e.FlowID), Transport: e.transport(), Orig: orig, Resp: resp, VLAN: e.vlans()}
}

func (p *parser) times(c *evidence.Conn, e *event, start, end text) {
	from, ok1 := p.instant(start)
	to, ok2 := p.instant(end)
	if !ok1 {
		p.doubts.add(badTime, e.ref)
		from = to
	}
	if c.Start, c.End = from, to; !ok2 || to.Before(from) {
		c.End = from
	}
	e.sensor.span(c.Start)
	e.sensor.span(c.End)
}

// Flags of a TCP segment: https://www.rfc-editor.org/rfc/rfc9293#section-3.1
const (
	fin = 1 << iota
	syn
	rst
)

// session reads what the stream engine says of the connection's course.
func (p *parser) session(e *event, c *evidence.Conn) {
	c.OrigKnown = c.Confirmed
	if c.Transport == evidence.UDP {
		c.State = "S0"
		if c.Volume.Packets.Resp.N > 0 {
			c.State = "SF"
		}
	}
	if c.Transport != evidence.TCP || e.TCP == nil {
		return
	}
	t := e.TCP
	ts, tc := flags(t.FlagsTS), flags(t.FlagsTC)
	c.OrigKnown = c.OrigKnown || ts&syn != 0
	c.MidStream = (ts|tc)&syn == 0
	c.State = state(ts, tc, string(t.State))
	if t.TSGap || t.TCGap || t.GapTS || t.GapTC {
		p.doubts.add(gaps, e.ref)
	}
}

func flags(s text) uint8 {
	n, _ := strconv.ParseUint(string(s), 16, 8) // without a session there are none
	return uint8(n)
}

// state gives the end of a connection Zeek's name. Suricata keeps which flags each side sent, not their order.
func state(ts, tc uint8, stream string) string {
	switch {
	case ts&syn == 0:
		return "OTH"
	case tc&syn == 0 && tc&rst != 0:
		return "REJ"
	case tc&syn == 0 && ts&rst != 0:
		return "RSTOS0"
	case tc&syn == 0 && ts&fin != 0:
		return "SH"
	case tc&syn == 0 || stream == "syn_sent":
		return "S0"
	case ts&tc&fin != 0:
		return "SF"
	case ts&rst != 0:
		return "RSTO"
	case tc&rst != 0:
		return "RSTR"
	case ts&fin != 0:
		return "S2"
	case tc&fin != 0:
		return "S3"
	}
	return "S1"
}

// named says which protocol Suricata found. A protocol that took over from another (STARTTLS, CONNECT) runs inside it.
func (e *event) named(c *evidence.Conn) evidence.App {
	name, outer := protocol(e.AppProto, c), protocol(e.AppOrig, c)
	app := evidence.App{Protocol: cmp.Or(outer, name), Content: name != "" || string(e.AppProto) == "failed" || roomForContent(c)}
	if outer != "" && outer != name {
		app.Inner = strs(text(name))
	}
	app.Confirmed = app.Protocol != "" && !slices.Contains(announced, app.Protocol)
	return app
}

// maxHeaders is the most that a frame without content holds: Ethernet, IPv6, and TCP with all its options.
const maxHeaders = 14 + 40 + 60

// roomForContent tells whether a flow must have carried something although no protocol was named: a datagram does, and
// segments that are longer than their headers can be. Short frames leave it open.
func roomForContent(c *evidence.Conn) bool {
	v := &c.Volume
	if c.Transport == evidence.UDP {
		return v.Packets.Orig.N > 0 || v.Packets.Resp.N > 0
	}
	beyond := func(bytes, packets evidence.Count) bool {
		return c.Transport == evidence.TCP && packets.N > 0 && bytes.N/packets.N > maxHeaders
	}
	return beyond(v.Frame.Orig, v.Packets.Orig) || beyond(v.Frame.Resp, v.Packets.Resp)
}
