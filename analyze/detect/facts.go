package detect

import (
	"encoding/binary"
	"slices"
	"strings"
	"unique"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// citations are references of which the first finding.MaxRefs are kept and all are counted. A case holds many of them, nearly
// all of one place each.
type citations struct {
	packed []byte // of each that is kept: which of the places it is of, and its number there
	places []unique.Handle[place]
	total  int
}

// A place is what references of one file and unit have in common.
type place struct{ file, unit string }

func cite(refs ...evidence.Ref) citations {
	var c citations
	c.add(refs...)
	return c
}

func (c *citations) add(refs ...evidence.Ref) {
	for _, r := range refs {
		if c.total < finding.MaxRefs {
			c.keep(r)
		}
		c.total++
	}
}

func (c *citations) keep(r evidence.Ref) {
	at := place{r.File, r.Unit}
	i := slices.IndexFunc(c.places, func(p unique.Handle[place]) bool { return p.Value() == at })
	if i < 0 {
		i = len(c.places)
		c.places = append(c.places, unique.Make(at))
	}
	c.packed = binary.AppendUvarint(binary.AppendUvarint(c.packed, uint64(i)), r.N)
}

func (c *citations) join(o citations) {
	kept := o.refs()
	c.add(kept...)
	c.total += o.total - len(kept)
}

// refs are those that are kept.
func (c citations) refs() []evidence.Ref {
	var refs []evidence.Ref
	for b := (unpacker{c.packed}); len(b.rest) > 0; {
		p := c.places[b.unsigned()].Value()
		refs = append(refs, evidence.Ref{File: p.file, Unit: p.unit, N: b.unsigned()})
	}
	return refs
}

// fact is the one fact that a detector states; Run fills in its id and family.
func fact(points float64, text string, from citations, numbers ...finding.Number) []finding.Fact {
	return []finding.Fact{{Points: points, Text: text, Numbers: numbers, Refs: from.refs(), RefsTotal: from.total}}
}

// shown is the base name of a path as it is written.
func shown(image string) string {
	if image == "" {
		return "a program of unknown name"
	}
	return image[strings.LastIndexAny(image, `\/`)+1:]
}

// maxQuoted bounds what a fact repeats of the content, in bytes: whoever is at the other end chose it.
const maxQuoted = 200

// clip shortens text from the content for a fact.
func clip(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "..."
}

// refs are the records of all links, or of the look-ups of a usage that stands for names.
func (u *Usage) refs() citations {
	if u.Tunnel != nil {
		return u.Tunnel.refs
	}
	return u.cited
}

// link adds what captures say of a link first, then what the host's log says.
func (c *citations) link(l *correlate.Link) {
	if l.Conn != nil {
		c.add(l.Conn.Ref)
	}
	for _, s := range l.Sockets {
		c.add(s.Ref())
	}
}

func citeLink(l *correlate.Link) (c citations) {
	c.link(l)
	return c
}

// processRefs are the start events of the program's instances, else the records of the links.
func (u *Usage) processRefs() citations {
	var c citations
	for _, p := range u.Processes {
		c.add(p.Refs()...)
	}
	if c.total == 0 {
		return u.refs()
	}
	return c
}
