package casefile

import (
	"iter"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A uid is what a sensor calls one connection.
type uid struct{ sensor, uid string }

// putTogether makes connections of what dns.log, http.log and their like say beside conn.log: of all records of one sensor and
// UID. Where those are on disk, so are the connections, as far as memory has no room for them.
func (g *gatherer) putTogether() {
	out, spilled := evidence.Batch{Overflow: g.room, Whole: true}, len(g.parts) > 0
	t := talk{certs: g.certs, passing: spilled}
	end := func() {
		for i := range t.conns {
			c := t.conns[i].Conn
			if g.sensors[c.Sensor] = true; spilled {
				out.Conn(*c)
			} else {
				g.conns = append(g.conns, c)
			}
		}
		t.end()
	}
	for c := range g.byUID() {
		if c.UID == "" || c.UID != t.uid.uid || c.Sensor != t.uid.sensor {
			end()
		}
		if !t.take(c) {
			g.cf.unplaced(c.Ref)
		}
	}
	end()
	out.Settle()
	g.conns = append(g.conns, evidence.Pointers(out.Conns)...)
	g.moved = append(g.moved, out.Moved...)
	g.named, g.apps, g.parts = nil, nil, nil
}

// byUID yields what sensors state of their UIDs, in the order of evidence.CompareParts. What comes from disk is valid until the
// next, but for what it points at.
func (g *gatherer) byUID() iter.Seq[*evidence.Conn] {
	m, texts := merge{compare: evidence.CompareParts}, new(evidence.Texts)
	for _, r := range g.parts {
		m.add(r.Open(true, texts), &g.err)
	}
	m.add(listed(evidence.Parts(g.named, g.apps)), &g.err)
	return m.all(&g.err)
}

// unplaced counts a record that belongs to no connection.
func (cf *Casefile) unplaced(r evidence.Ref) {
	if cf.Unplaced++; cf.FirstUnplaced.IsZero() || evidence.CompareRefs(r, cf.FirstUnplaced) < 0 {
		cf.FirstUnplaced = r
	}
}

// A talk is the connections of one UID: old versions of Suricata use an identifier again for another flow. The transport is left
// out, since not every log names it. There may be millions of records to one: none of content is held.
type talk struct {
	certs   certificates
	passing bool // what is taken is gone with the next
	uid     uid
	conns   []told
	last    int           // the one that a record belongs to which names no ends
	by      map[Tuple]int // place in conns, once there are more than few
	parts   bool          // all connections are stated
}

// A told is a connection with what was said of its content so far.
type told struct {
	*evidence.Conn
	asked bool // its list of questions is its own
}

// few are as many as are looked through.
const few = 8

// end forgets the connections.
func (t *talk) end() { *t = talk{certs: t.certs, passing: t.passing, conns: t.conns[:0]} }

// take takes the next record of the UID. Where conn.log has none of the ends that a content record names, or is missing, the
// record becomes a connection without volumes; one that names no ends belongs to the last, and where there is none it is not
// taken.
func (t *talk) take(c *evidence.Conn) bool {
	t.uid = uid{c.Sensor, c.UID}
	if !c.Part {
		t.state(c)
		return true
	}
	if !t.parts {
		t.stated()
	}
	i := t.find(c)
	if i < 0 && !c.Orig.IsValid() {
		return false
	}
	if i < 0 {
		i = t.add(&evidence.Conn{Ref: c.Ref, Sensor: c.Sensor, UID: c.UID, Transport: c.Transport, Orig: c.Orig, Resp: c.Resp,
			OrigKnown: true, Start: c.Start, End: c.Start})
	}
	a := c.Record()
	t.conns[i].say(&t.certs.complete(&a).App)
	return true
}

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

func (t *talk) add(c *evidence.Conn) int {
	t.last = len(t.conns)
	t.conns = append(t.conns, told{Conn: c})
	if len(t.conns) == few {
		t.by = map[Tuple]int{}
		for i, c := range t.conns {
			t.by[TupleOf("", c.Orig, c.Resp)] = i
		}
	} else if t.by != nil {
		t.by[TupleOf("", c.Orig, c.Resp)] = t.last
	}
	return t.last
}

// state keeps one statement of each connection that is stated more than once: a long one is logged while it lasts and again when
// it ends, with the counts of all of it each time. The last one is kept.
func (t *talk) state(c *evidence.Conn) {
	if t.passing {
		mine := *c
		c = &mine
	}
	i := t.at(c)
	if i < 0 {
		t.add(c)
		return
	}
	was := t.conns[i].Conn
	carries := was.Carries || c.Carries
	if supersedes(c, was) {
		t.conns[i].Conn = c
	}
	t.conns[i].Carries = carries
}

// stated settles which connection is the last: the one whose record is.
func (t *talk) stated() {
	t.parts = true
	for i, c := range t.conns {
		if i == 0 || evidence.CompareRefs(c.Ref, t.conns[t.last].Ref) > 0 {
			t.last = i
		}
	}
}

// find returns the place of the connection that a content record belongs to, -1 when there is none.
func (t *talk) find(c *evidence.Conn) int {
	if !c.Orig.IsValid() {
		return min(t.last, len(t.conns)-1)
	}
	return t.at(c)
}

// say adds what a record says of the content.
func (c *told) say(b *evidence.App) {
	if c.DNS != nil && b.DNS != nil && !c.asked {
		c.DNS, c.asked = &evidence.DNS{Questions: slices.Clone(c.DNS.Questions), Total: c.DNS.Total}, true
	}
	mergeApp(&c.App, b)
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
