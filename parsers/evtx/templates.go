package evtx

import (
	"bytes"
	"encoding/binary"
)

// templates keeps what was compiled. Every chunk defines the templates it uses anew; a definition is the same as one met
// before when its bytes are, but for the places where names stand, and the names there are the same.
type templates struct {
	byGUID map[templateKey][]*template
	kept   int
}

type templateKey struct {
	guid [16]byte
	size int
}

// Bounds of what is kept. A log has some hundred templates; which names are written inside a definition makes a few
// variants of each.
const (
	maxTemplates = 4096
	maxVariants  = 16
)

// A definition is a template in the chunk that is being read.
type definition struct {
	place int
	end   int
	*template
}

// define reads the definition at a place, which has to end before the record does. It returns nil if the check refuses it.
func (ts *templates) define(b []byte, place, end int, known []definition) *template {
	if end-place < definitionHead {
		return nil
	}
	body := int(binary.LittleEndian.Uint32(b[place+20:]))
	if body > end-place-definitionHead {
		return nil
	}
	key := templateKey{[16]byte(b[place+4:]), definitionHead + body}
	for _, t := range ts.byGUID[key] {
		if t.same(b, place, known) {
			return t
		}
	}
	k := &check{b: b, defs: map[uint32]int{}}
	if k.definition(&cursor{b: b, at: place, end: end}, uint32(place)) != nil {
		return nil
	}
	t := compile(b, place, key.size, k.defs[uint32(place)])
	if !t.same(b, place, known) {
		return nil // a name stands where the check writes
	}
	ts.keep(key, t)
	return t
}

func (ts *templates) keep(key templateKey, t *template) {
	if ts.byGUID == nil || ts.kept >= maxTemplates {
		ts.byGUID, ts.kept = map[templateKey][]*template{}, 0
	}
	if len(ts.byGUID[key]) < maxVariants {
		ts.byGUID[key] = append(ts.byGUID[key], t)
		ts.kept++
	}
}

// same tells whether the definition at a place says what t was compiled from. Names that stand elsewhere must stand in
// another definition of the chunk: nothing writes there.
func (t *template) same(b []byte, place int, known []definition) bool {
	from := definitionHead
	for i := range t.names {
		n := &t.names[i]
		at := int(binary.LittleEndian.Uint32(b[place+n.ref:]))
		if !bytes.Equal(t.body[from:n.ref], b[place+from:place+n.ref]) || n.inline != (at == place+n.ref+4) {
			return false
		}
		if from = n.ref + 4; n.inline {
			from += 4 // the place of the next name
			continue
		}
		if end := at + nameHead - 2 + len(n.name); !defined(at, end, known) && (at < place || end > place+t.size) ||
			!bytes.Equal(n.name, b[at+nameHead-2:end]) {
			return false
		}
	}
	return bytes.Equal(t.body[from:], b[place+from:place+t.size])
}

// defined tells whether a range lies inside one of the definitions.
func defined(at, end int, known []definition) bool {
	for i := range known {
		if at >= known[i].place && end <= known[i].end {
			return true
		}
	}
	return false
}
