package evtx

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// A value is what stands in a slot: bytes of the chunk with their type, or text of the template.
type value struct {
	kind byte
	b    []byte
	text string
	ok   bool // there is one
}

// string is the value's text.
func (v value) string() string {
	if len(v.b) == 0 || !v.ok {
		return v.text
	}
	return text(v.kind, v.b)
}

// number reads a whole number, decimal or 0x.
func (v value) number() uint64 {
	if n, ok := v.uint(); ok {
		return n
	}
	n, _ := strconv.ParseUint(v.string(), 0, 64)
	return n
}

// uint is the number that is stored, if it is a whole one that is not negative, or written in decimal digits.
func (v value) uint() (n uint64, ok bool) {
	le := binary.LittleEndian
	switch v.kind {
	case kindString:
		return decimal(v.b)
	case kindUint8, kindInt8:
		if len(v.b) == 1 {
			return uint64(v.b[0]), v.kind == kindUint8 || v.b[0] < 1<<7
		}
	case kindUint16, kindInt16:
		if len(v.b) == 2 {
			n := le.Uint16(v.b)
			return uint64(n), v.kind == kindUint16 || n < 1<<15
		}
	case kindUint32, kindInt32, kindHex32:
		if len(v.b) == 4 {
			n := le.Uint32(v.b)
			return uint64(n), v.kind != kindInt32 || n < 1<<31
		}
	case kindUint64, kindInt64, kindHex64:
		if len(v.b) == 8 {
			n := le.Uint64(v.b)
			return n, v.kind != kindInt64 || n < 1<<63
		}
	}
	return 0, false
}

// decimal reads digits in UTF-16 and nothing else, as many as surely fit.
func decimal(b []byte) (n uint64, ok bool) {
	const most = 19
	if len(b) == 0 || len(b) > 2*most || len(b)%2 != 0 {
		return 0, false
	}
	for ; len(b) > 0; b = b[2:] {
		digit := b[0] - '0'
		if digit > 9 || b[1] != 0 {
			return 0, false
		}
		n = 10*n + uint64(digit)
	}
	return n, true
}

// holes finds the data fields of a record in the values of its template.
type holes struct {
	from *compiled
	in   *instance
	turn int // how often a field was asked for
}

// An ask is a field as it was asked for, and where it stands, nil for nowhere. The meaning of an event asks for the same
// fields in the same order, record after record.
type ask struct {
	name string
	slot *slot
}

// maxAsks bounds what a template remembers.
const maxAsks = 128

func (h *holes) value(name string) value {
	t := h.in.template
	if t == nil {
		return value{}
	}
	var s *slot
	if h.turn < len(t.asked) && t.asked[h.turn].name == name {
		s = t.asked[h.turn].slot
	} else if s = t.data.search(name); h.turn < maxAsks {
		t.asked = append(t.asked[:h.turn], ask{name, s})
	}
	h.turn++
	if s == nil {
		return value{}
	}
	return h.from.value(h.in, s)
}

func (d *data) search(name string) *slot {
	for i := range d.fields {
		if strings.EqualFold(d.fields[i].name, name) {
			return &d.fields[i].slot
		}
	}
	return nil
}

// Field implements winevent.Fields.
func (h *holes) Field(name string) (string, bool) {
	v := h.value(name)
	return h.from.texts.of(v).Written(), v.ok
}

// Text implements winevent.Typed.
func (h *holes) Text(name string) (*winevent.FieldText, bool) {
	v := h.value(name)
	if !v.ok {
		return nil, false
	}
	t := h.from.texts.of(v)
	return t, t.Written() != ""
}

// Uint implements winevent.Typed.
func (h *holes) Uint(name string) (uint64, bool) { return h.value(name).uint() }

// GUID implements winevent.Typed.
func (h *holes) GUID(name string) (evidence.GUID, bool) {
	v := h.value(name)
	if v.kind != kindGUID || len(v.b) != 16 {
		return evidence.GUID{}, false
	}
	return written(v.b), true
}

// Stamp implements winevent.Typed.
func (h *holes) Stamp(name string) (evidence.Stamp, bool) {
	return h.from.texts.stamp(h.value(name), name)
}
