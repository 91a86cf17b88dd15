package zeek

import (
	"cmp"
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// conns holds the connections of a log until its end: a tunnel's outer connection is often logged after the inner ones
// that name it.
type conns struct {
	list    []evidence.Conn
	parents map[int]string // position in list -> UID of the tunnel
	outer   map[string]int // UID of a tunnel -> position in list, -1 until it is met
}

func (p *parser) conn(r row) error {
	orig, resp, ok := ends(r)
	if !ok {
		return errors.New("the ends of the connection cannot be read")
	}
	c := evidence.Conn{
		Ref: p.ref(), Sensor: p.sensor, UID: r.text("uid"), Orig: orig, Resp: resp,
		Transport: transport(r, orig), State: p.word(r.text("conn_state")), History: p.word(r.text("history")),
	}
	p.times(r, &c)
	c.App = p.services(r, &c)
	p.orient(&c)
	p.volume(r, &c)
	p.conns.add(c, r.list("tunnel_parents"))
	return nil
}

func (p *parser) times(r row, c *evidence.Conn) {
	start, ok := instant(r.text("ts"))
	if !ok {
		p.doubt(badTime)
		return
	}
	c.Start, c.End = start, start
	if d, ok := span(r.text("duration")); ok {
		c.End = start.Add(d)
	}
	p.span(c.Start, c.End)
}

// transport names the protocol that carries the connection. Zeek has one name for both versions of ICMP, and none for
// what it does not follow.
func transport(r row, orig netip.AddrPort) evidence.Transport {
	switch proto := strings.ToLower(r.text("proto")); proto {
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
	switch n := count(r, "ip_proto"); {
	case n == evidence.Measured(132):
		return evidence.SCTP
	case n.Known && n.N < 256:
		return evidence.Transport("ip/" + strconv.FormatUint(n.N, 10))
	}
	return "ip"
}

// orient tells how sure Zeek can have been of the direction. In history, ^ says that it went by the port; S from the
// originator or h (SYN-ACK) from the responder settles it all the same, and so does content that was understood.
func (p *parser) orient(c *evidence.Conn) {
	syn := strings.ContainsAny(c.History, "Sh")
	guessed := strings.Contains(c.History, "^")
	c.OrigKnown = syn || c.Confirmed && !guessed
	c.MidStream = c.Transport == evidence.TCP && c.History != "" && !strings.ContainsAny(c.History, "SsHh")
	if guessed && !syn {
		p.doubt(flipped)
	}
}

func (cs *conns) add(c evidence.Conn, parents []string) {
	if len(parents) > 0 {
		if cs.parents == nil {
			cs.parents, cs.outer = map[int]string{}, map[string]int{}
		}
		uid := parents[0] // a set: which of several is the nearest is not said
		cs.parents[len(cs.list)], cs.outer[uid] = uid, -1
	}
	cs.list = append(cs.list, c)
}

// push hands the connections over, inner ones with a reference to the outer one where the log has it.
func (cs *conns) push(out evidence.Sink) {
	for i := range cs.list {
		if _, carries := cs.outer[cs.list[i].UID]; carries {
			cs.outer[cs.list[i].UID] = i
			cs.list[i].Carries = true
		}
	}
	for i := range cs.list {
		c := &cs.list[i]
		if uid, isInner := cs.parents[i]; isInner {
			c.TunnelKind = "tunnel"
			if at := cs.outer[uid]; at >= 0 {
				c.Tunnel, c.TunnelKind = cs.list[at].Ref, cmp.Or(cs.list[at].Protocol, string(cs.list[at].Transport))
			}
		}
		out.Conn(*c)
	}
	*cs = conns{}
}
