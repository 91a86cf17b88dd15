package zeek

import (
	"errors"
	"net/netip"
	"strconv"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func (p *parser) conn(r row) error {
	orig, resp, ok := ends(r)
	if !ok {
		return errors.New("the ends of the connection cannot be read")
	}
	if p.tunnels == nil {
		p.tunnels = findTunnels(p.rows.ctx, p.in)
	}
	c := evidence.Conn{
		Ref: p.ref(), Sensor: p.sensor, UID: string(r.text(fUID)), Orig: orig, Resp: resp,
		Transport: transport(r, orig), State: p.word(r.text(fConnState)), History: p.word(r.text(fHistory)),
	}
	seen := lettersOf(c.History)
	p.times(r, &c)
	c.App = p.services(r, &c, seen)
	p.orient(&c, seen)
	p.volume(r, &c, seen)
	p.carry(r, &c)
	p.out.Conn(c)
	return nil
}

func (p *parser) times(r row, c *evidence.Conn) {
	start, ok := instant(r.text(fTS))
	if !ok {
		p.doubt(badTime)
		return
	}
	c.Start, c.End = start, start
	if d, ok := span(r.text(fDuration)); ok {
		c.End = start.Add(d)
	}
	p.span(c.Start, c.End)
}

// transport names the protocol that carries the connection. Zeek has one name for both versions of ICMP, and none for
// what it does not follow.
func transport(r row, orig netip.AddrPort) evidence.Transport {
	switch string(lower(r.text(fProto))) {
	case "tcp":
		return evidence.TCP
	case "udp":
		return evidence.UDP
	case "icmp", "icmp6":
		if orig.Addr().Is6() {
			return evidence.ICMP6
		}
		return evidence.ICMP
	}
	switch n := count(r, fIPProto); {
	case n == evidence.Measured(132):
		return evidence.SCTP
	case n.Known && n.N < 256:
		return evidence.Transport("ip/" + strconv.FormatUint(n.N, 10))
	}
	return "ip"
}

// orient tells how sure Zeek can have been of the direction. In history, ^ says that it went by the port; S from the
// originator or h (SYN-ACK) from the responder settles it all the same, and so does content that was understood.
func (p *parser) orient(c *evidence.Conn, seen letters) {
	syn, guessed := seen.any(opening), seen.any(turned)
	c.OrigKnown = syn || c.Confirmed && !guessed
	c.MidStream = c.Transport == evidence.TCP && c.History != "" && !seen.any(anySYN)
	if guessed && !syn {
		p.doubt(flipped)
	}
}
