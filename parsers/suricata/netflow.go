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

// halves puts the two directions of each flow together. The first one written is the client's.
type halves struct {
	list []evidence.Conn
	at   map[half]int
}

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
	p.halves.add(c)
	return nil
}

func (h *halves) add(c evidence.Conn) {
	if h.at == nil {
		h.at = map[half]int{}
	}
	k := half{c.Sensor, c.UID}
	i, met := h.at[k]
	if !met || c.UID == "" || h.list[i].Orig != c.Resp || h.list[i].Resp != c.Orig {
		h.at[k] = len(h.list)
		h.list = append(h.list, c)
		return
	}
	d := &h.list[i]
	d.Volume.Frame.Resp, d.Volume.Packets.Resp = c.Volume.Frame.Orig, c.Volume.Packets.Orig
	if !c.Start.IsZero() && c.Start.Before(d.Start) {
		d.Start = c.Start
	}
	if c.End.After(d.End) {
		d.End = c.End
	}
}

func (h *halves) push(out evidence.Sink) {
	for _, c := range h.list {
		out.Conn(c)
	}
}
