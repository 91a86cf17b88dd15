package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The tokens of BinXML that are understood. Bit 0x40 of some says that attributes or more of them follow.
const (
	tokEnd          = 0x00
	tokOpen         = 0x01
	tokCloseStart   = 0x02
	tokCloseEmpty   = 0x03
	tokCloseElement = 0x04
	tokValue        = 0x05
	tokAttribute    = 0x06
	tokTemplate     = 0x0c
	tokNormal       = 0x0d
	tokOptional     = 0x0e
	tokFragment     = 0x0f
	tokMore         = 0x40
)

// Bounds of what is unfolded. Windows nests event data one level deep, and an event has some hundred values at most.
const (
	maxNested = 4    // BinXML values inside BinXML values
	maxDepth  = 64   // elements inside elements
	maxValues = 4096 // of one template instance
	maxName   = 1024 // characters of an element's or attribute's name, which is repeated wherever it is used
	// maxNodes is how many elements, attributes and holes the records of one chunk may unfold to. A small record costs
	// its whole template; the busiest chunk of the recordings has 9,769.
	maxNodes = 1 << 17
)

// A check follows the BinXML of a chunk's records in the way the reader will, with every length held against the record
// it stands in, and prepares it in place: templates are renamed after the place of their definition, because the reader
// knows them by a number that two can share; values become opaque bytes, because the reader drops their types, rounds
// times and overruns arrays; and an end is set behind each record.
type check struct {
	b     []byte
	kinds *[chunkSize]byte // type of the value at each offset
	// defs maps the place of each definition the reader will have met to the number of nodes in it.
	defs  map[uint32]int
	added []uint32 // places defined in the record being checked
	nodes int
}

var errSize = errors.New("a length leaves the record")

// A missing error names the place of a template that none of the records the reader will see defines.
type missing uint32

func (m missing) Error() string { return fmt.Sprintf("its template at %#x is missing", uint32(m)) }

// A cursor reads inside [at, end) of the chunk. Once err is set, it reads zeros.
type cursor struct {
	b   []byte
	at  int
	end int
	err error
}

func (c *cursor) take(n int) []byte {
	if c.err != nil || n > c.end-c.at {
		c.fail(errSize)
		return make([]byte, 4)
	}
	c.at += n
	return c.b[c.at-n : c.at]
}

func (c *cursor) u8() byte    { return c.take(1)[0] }
func (c *cursor) u16() uint16 { return binary.LittleEndian.Uint16(c.take(2)) }
func (c *cursor) u32() uint32 { return binary.LittleEndian.Uint32(c.take(4)) }

// peek returns the next byte without moving, an end token when there is none.
func (c *cursor) peek() byte {
	if c.err != nil || c.at == c.end {
		return tokEnd
	}
	return c.b[c.at]
}

func (c *cursor) skip(n int) {
	if c.err != nil || n > c.end-c.at {
		c.fail(errSize)
		return
	}
	c.at += n
}

// fail keeps the first error.
func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// record checks and prepares one record. A refused one is left as it was in the original chunk.
func (k *check) record(r record, original []byte) error {
	c := &cursor{b: k.b, at: r.at + recordHeaderSize, end: r.end - 4}
	nodes := k.nodes
	k.added = k.added[:0]
	if err := k.fragment(c, 0); err != nil {
		for _, place := range k.added {
			delete(k.defs, place)
		}
		copy(k.b[r.at:r.end], original[r.at:r.end])
		k.nodes = nodes
		return err
	}
	k.b[c.at] = tokEnd // at worst the first byte of the size's copy, which nobody reads again
	return nil
}

// fragment checks a template instance or an element, with a fragment header in front or, in nested values of live logs,
// without.
func (k *check) fragment(c *cursor, nested int) error {
	if nested > maxNested {
		return errors.New("nested too deeply")
	}
	if c.peek() == tokFragment {
		c.skip(4)
	}
	if c.peek() == tokTemplate {
		c.skip(1)
		return k.instance(c, nested)
	}
	nodes, err := k.content(c, false)
	k.nodes += nodes
	return err
}

// instance checks the use of a template: where it is defined, and its values.
func (k *check) instance(c *cursor, nested int) error {
	if c.u8() != 1 {
		return errors.New("template instance of another version")
	}
	id := c.at
	c.skip(4)
	place := c.u32()
	if c.err != nil {
		return c.err
	}
	binary.LittleEndian.PutUint32(k.b[id:], place)
	if err := k.definition(c, place); err != nil {
		return err
	}
	k.nodes += k.defs[place]
	if k.nodes > maxNodes {
		return fmt.Errorf("the chunk unfolds to more than %d nodes", maxNodes)
	}
	return k.values(c, nested)
}

// definition checks a template where it is defined, and otherwise that it has been defined before.
func (k *check) definition(c *cursor, place uint32) error {
	_, known := k.defs[place]
	if int64(place) != int64(c.at) {
		if !known || int64(place) > int64(c.at) {
			return missing(place)
		}
		return nil
	}
	if known {
		return errors.New("a template is defined twice in one place")
	}
	c.skip(4 + 16)
	size := c.u32()
	body := &cursor{b: k.b, at: c.at, end: c.at + int(size)}
	if c.skip(int(size)); c.err != nil {
		return c.err
	}
	if body.peek() == tokFragment {
		body.skip(4)
	}
	nodes, err := k.content(body, true)
	if err != nil {
		return fmt.Errorf("template at %#x: %w", place, err)
	}
	if body.u8() != tokEnd || body.err != nil {
		return fmt.Errorf("template at %#x has no end", place)
	}
	k.defs[place] = nodes
	k.added = append(k.added, place)
	return nil
}

// values checks the table of sizes and types and makes the values opaque. The byte behind the type is a flag that only
// the reader takes for a part of it.
func (k *check) values(c *cursor, nested int) error {
	n := c.u32()
	if n > maxValues {
		return fmt.Errorf("%d values", n)
	}
	table := c.at
	if c.skip(4 * int(n)); c.err != nil {
		return c.err
	}
	endless := -1 // where nested XML without an end token ended
	le := binary.LittleEndian
	for at := table; at < table+4*int(n); at += 4 {
		size, kind := int(le.Uint16(k.b[at:])), k.b[at+2]
		value := &cursor{b: k.b, at: c.at, end: c.at + size}
		if c.skip(size); c.err != nil {
			return c.err
		}
		opaque := uint16(kindBinary)
		switch {
		case kind == kindNull || kind == kindBinXML && size == 0:
			opaque = kindNull
		case kind == kindBinXML:
			opaque = kindBinXML
			if err := k.fragment(value, nested+1); err != nil {
				return err
			}
			if value.at == value.end {
				endless = value.end
			} else {
				k.b[value.at] = tokEnd
			}
		case size > 0:
			k.kinds[value.at] = kind
		}
		le.PutUint16(k.b[at+2:], opaque)
	}
	// The reader does not know the size of nested XML and stops at an end token only. Behind the last value comes the
	// end of what encloses it, elsewhere the next value's first byte has to be none that the reader takes for a token.
	if endless >= 0 && endless < c.at && continues(k.b[endless]) {
		return errors.New("nested XML has no end")
	}
	return nil
}

// continues tells whether the reader may go on at this token.
func continues(tok byte) bool { return tok&^tokMore >= tokOpen && tok&^tokMore <= tokFragment }
