package casefile

import (
	"iter"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A uid is what a sensor calls one connection.
type uid struct{ sensor, uid string }

// putTogether makes connections of what dns.log, http.log and their like say beside conn.log: of all records of one sensor and
// UID. Where those are on disk, so are the connections, as far as memory has no room for them.
func (g *gatherer) putTogether() {
	out := evidence.Batch{Overflow: g.room, Whole: true}
	for said := range g.byUID() {
		t := g.certs.together(said)
		g.cf.unplaced(t.unplaced)
		for _, c := range t.conns {
			if g.sensors[c.Sensor] = true; len(g.parts) > 0 {
				out.Conn(*c)
			} else {
				g.conns = append(g.conns, c)
			}
		}
	}
	out.Settle()
	g.conns = append(g.conns, evidence.Pointers(out.Conns)...)
	g.moved = append(g.moved, out.Moved...)
	g.named, g.apps, g.parts = nil, nil, nil
}

// byUID yields what one sensor states of one UID, in the order of evidence.CompareParts; what has no UID comes alone. What is
// yielded is valid until the next, but for what it points at.
func (g *gatherer) byUID() iter.Seq[[]*evidence.Conn] {
	return func(yield func([]*evidence.Conn) bool) {
		m, texts := merge{compare: evidence.CompareParts}, new(evidence.Texts)
		for _, r := range g.parts {
			m.add(kept(r.Open(func(*evidence.Conn) bool { return true }, texts)), &g.err)
		}
		m.add(listed(evidence.Parts(g.named, g.apps)), &g.err)
		var said []*evidence.Conn
		for c := range m.all(&g.err) {
			if len(said) > 0 && (c.UID == "" || c.UID != said[0].UID || c.Sensor != said[0].Sensor) {
				if !yield(said) {
					return
				}
				said = said[:0]
			}
			said = append(said, c)
		}
		if len(said) > 0 {
			yield(said)
		}
	}
}

// kept gives each connection of a run memory of its own.
func kept(next func() (*evidence.Conn, error)) func() (*evidence.Conn, error) {
	return func() (*evidence.Conn, error) {
		c, err := next()
		if c == nil {
			return nil, err
		}
		mine := *c
		return &mine, err
	}
}

// together makes connections of what one sensor states of one UID. Where conn.log has none of the ends that a content record
// names, or is missing, the record becomes a connection without volumes; one that names no ends belongs to the last.
func (cs certificates) together(said []*evidence.Conn) (t talk) {
	for i, c := range said {
		switch {
		case !c.Part:
			t.state(c)
			continue
		case i == 0 || !said[i-1].Part:
			t.stated()
		}
		a := c.Record()
		to := t.find(c)
		if to == nil && !a.Orig.IsValid() {
			t.unplaced = append(t.unplaced, a.Ref)
			continue
		}
		if to == nil {
			to = &evidence.Conn{Ref: a.Ref, Sensor: a.Sensor, UID: a.UID, Transport: a.Transport, Orig: a.Orig, Resp: a.Resp,
				OrigKnown: true, Start: a.At, End: a.At}
			t.add(to)
		}
		mergeApp(&to.App, &cs.complete(&a).App)
	}
	return t
}

// unplaced counts records that belong to no connection.
func (cf *Casefile) unplaced(refs []evidence.Ref) {
	for _, r := range refs {
		if cf.Unplaced++; cf.FirstUnplaced.IsZero() || evidence.CompareRefs(r, cf.FirstUnplaced) < 0 {
			cf.FirstUnplaced = r
		}
	}
}

// A talk is the connections of one UID: old versions of Suricata use an identifier again for another flow. The transport is left
// out, since not every log names it.
type talk struct {
	conns []*evidence.Conn
	last  *evidence.Conn
	by    map[Tuple]int // place in conns, once there are more than few

	unplaced []evidence.Ref // records of content that name no ends, where there is no connection
}

// few are as many as are looked through.
const few = 8

// at is the place of the connection of the same ends, -1 where there is none.
func (t *talk) at(c *evidence.Conn) int {
	k := TupleOf("", c.Orig, c.Resp)
	if t.by != nil {
		if i, ok := t.by[k]; ok {
			return i
		}
		return -1
	}
	for i, other := range t.conns {
		if TupleOf("", other.Orig, other.Resp) == k {
			return i
		}
	}
	return -1
}

func (t *talk) add(c *evidence.Conn) {
	t.conns, t.last = append(t.conns, c), c
	if len(t.conns) == few {
		t.by = map[Tuple]int{}
		for i, c := range t.conns {
			t.by[TupleOf("", c.Orig, c.Resp)] = i
		}
	} else if t.by != nil {
		t.by[TupleOf("", c.Orig, c.Resp)] = len(t.conns) - 1
	}
}

// state keeps one statement of each connection that is stated more than once: a long one is logged while it lasts and again when
// it ends, with the counts of all of it each time. The last one is kept.
func (t *talk) state(c *evidence.Conn) {
	i := t.at(c)
	if i < 0 {
		t.add(c)
		return
	}
	was := t.conns[i]
	carries := was.Carries || c.Carries
	if supersedes(c, was) {
		t.conns[i] = c
	}
	t.conns[i].Carries = carries
}

// stated settles which connection is the last: the one whose record is.
func (t *talk) stated() {
	for i, c := range t.conns {
		if i == 0 || evidence.CompareRefs(c.Ref, t.last.Ref) > 0 {
			t.last = c
		}
	}
}

// find returns the connection that a content record belongs to, nil when there is none.
func (t *talk) find(c *evidence.Conn) *evidence.Conn {
	if !c.Orig.IsValid() {
		return t.last
	}
	if i := t.at(c); i >= 0 {
		return t.conns[i]
	}
	return nil
}

// supersedes tells whether a was stated after b: it lasted longer or, at the same length, names a protocol where b does
// not.
func supersedes(a, b *evidence.Conn) bool {
	if c := a.End.Compare(b.End); c != 0 {
		return c > 0
	}
	if (a.Protocol == "") != (b.Protocol == "") {
		return a.Protocol != ""
	}
	return evidence.CompareRefs(a.Ref, b.Ref) < 0
}
