package casefile

import (
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A uid is what a sensor calls one connection.
type uid struct{ sensor, uid string }

// settled leaves one statement of each connection that a sensor states more than once: a long one is logged while it
// lasts and again when it ends, with the counts of all of it each time. The last one is kept.
func (cf *Casefile) settled() {
	type key struct {
		uid
		Tuple // old versions of Suricata use an identifier again for another flow
	}
	of := func(c *evidence.Conn) key { return key{uid{c.Sensor, c.UID}, TupleOf(c.Transport, c.Orig, c.Resp)} }
	best := map[key]*evidence.Conn{}
	for _, c := range cf.Conns {
		if k := of(c); c.UID != "" && (best[k] == nil || supersedes(c, best[k])) {
			best[k] = c
		}
	}
	cf.Conns = slices.DeleteFunc(cf.Conns, func(c *evidence.Conn) bool {
		if c.UID == "" || best[of(c)] == c {
			return false
		}
		best[of(c)].Carries = best[of(c)].Carries || c.Carries
		return true
	})
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
	return CompareRefs(a.Ref, b.Ref) < 0
}

// A directory finds the connection that a content record belongs to.
type directory map[uid][]*evidence.Conn

func (d directory) add(c *evidence.Conn) {
	if c.UID != "" {
		k := uid{c.Sensor, c.UID}
		d[k] = append(d[k], c)
	}
}

// find returns the connection with the record's identifier and ends, nil when there is none. A record without ends
// belongs to whichever has the identifier. Of several the last that began before the record is meant.
func (d directory) find(a *evidence.AppRecord) (found *evidence.Conn) {
	for _, c := range d[uid{a.Sensor, a.UID}] {
		fits := !a.Orig.IsValid() || TupleOf(a.Transport, a.Orig, a.Resp) == TupleOf(a.Transport, c.Orig, c.Resp)
		if fits && (found == nil || c.Start.After(found.Start) && !c.Start.After(a.At)) {
			found = c
		}
	}
	return found
}
