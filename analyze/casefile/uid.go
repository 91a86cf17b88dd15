package casefile

import (
	"net/netip"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A uid is what a sensor calls one connection.
type uid struct{ sensor, uid string }

// An identity is a uid with its ends: old versions of Suricata use an identifier again for another flow. The transport is
// left out, since not every log names it.
type identity struct {
	uid
	Tuple
}

func identify(sensor, id string, a, b netip.AddrPort) identity {
	return identity{uid{sensor, id}, TupleOf("", a, b)}
}

// settled leaves one statement of each connection that a sensor states more than once: a long one is logged while it
// lasts and again when it ends, with the counts of all of it each time. The last one is kept.
func (g *gatherer) settled() {
	best := map[identity]*evidence.Conn{}
	for _, c := range g.conns {
		if k := identify(c.Sensor, c.UID, c.Orig, c.Resp); c.UID != "" && (best[k] == nil || supersedes(c, best[k])) {
			best[k] = c
		}
	}
	g.conns = slices.DeleteFunc(g.conns, func(c *evidence.Conn) bool {
		kept := best[identify(c.Sensor, c.UID, c.Orig, c.Resp)]
		if c.UID == "" || c == kept {
			return false
		}
		kept.Carries = kept.Carries || c.Carries
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
	return evidence.CompareRefs(a.Ref, b.Ref) < 0
}

// A directory finds the connection that a content record belongs to.
type directory struct {
	exact map[identity]*evidence.Conn
	named map[uid]*evidence.Conn // by identifier alone, for records without ends
}

func newDirectory(conns []*evidence.Conn) directory {
	d := directory{map[identity]*evidence.Conn{}, map[uid]*evidence.Conn{}}
	for _, c := range conns {
		d.add(c)
	}
	return d
}

func (d directory) add(c *evidence.Conn) {
	if c.UID != "" {
		d.exact[identify(c.Sensor, c.UID, c.Orig, c.Resp)] = c
		d.named[uid{c.Sensor, c.UID}] = c
	}
}

// find returns nil when there is none.
func (d directory) find(a *evidence.AppRecord) *evidence.Conn {
	if a.Orig.IsValid() {
		return d.exact[identify(a.Sensor, a.UID, a.Orig, a.Resp)]
	}
	return d.named[uid{a.Sensor, a.UID}]
}
