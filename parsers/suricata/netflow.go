package suricata

import "github.com/wirewitness/wirewitness/parsers/evidence"

// netflow is one direction of a flow.
type netflow struct {
	Pkts, Bytes number
	Start, End  text
}

func (n *netflow) field(name []byte) any {
	switch string(name) {
	case "pkts":
		return &n.Pkts
	case "bytes":
		return &n.Bytes
	case "start":
		return &n.Start
	case "end":
		return &n.End
	}
	return nil
}

// A half is what the two directions of a flow have in common. The first one written is the client's.
type half struct{ sensor, uid string }

func (p *parser) netflow(e *event) error {
	src, dst, err := e.ends(e.Netflow != nil)
	if err != nil {
		return err
	}
	c := e.conn(src, dst)
	n := e.Netflow
	p.times(&c, e, n.Start, n.End)
	c.Volume.Frame.Orig, c.Volume.Packets.Orig = n.Bytes.Count, n.Pkts.Count
	c.App = e.named(&c)
	c.OrigKnown = c.Confirmed
	p.doubts.add(frames, e.ref)
	k := half{c.Sensor, c.UID}
	if first := p.halves.last[k]; first == nil || c.UID == "" || first.Orig != c.Resp || first.Resp != c.Orig {
		p.halves.put(k, &c, p.now, true)
	} else {
		join(first, &c)
	}
	p.doubts.count(early, p.halves.release(p.now, p.out.Conn), e.ref)
	return nil
}

// join adds what the other direction says.
func join(d, c *evidence.Conn) {
	d.Volume.Frame.Resp, d.Volume.Packets.Resp = c.Volume.Frame.Orig, c.Volume.Packets.Orig
	if !c.Start.IsZero() && c.Start.Before(d.Start) {
		d.Start = c.Start
	}
	if c.End.After(d.End) {
		d.End = c.End
	}
}
