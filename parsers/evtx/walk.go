package evtx

import (
	"bytes"
	"encoding/binary"
)

var recordMagic = []byte{0x2a, 0x2a, 0, 0}

// walk finds the records from header to header. Where one is damaged it goes on at the next that is sound, and keeps the
// damaged one if its extent is certain.
func (c *chunk) walk() {
	mended, gapAt, misnumbered := 0, 0, 0
	for p := chunkHeaderSize; p < c.bound; {
		r, ok := c.recordAt(p, c.bound)
		if !c.head.ok && c.past(p, r, ok) {
			break
		}
		if !ok {
			next := c.resync(p + minRecordSize)
			if r, ok = c.mend(p, next); ok {
				mended++
				r.mended = true
			} else {
				c.gaps++
				gapAt = p
				p = next
				continue
			}
		}
		if n := len(c.records); n > 0 && r.id != c.records[n-1].id+1 && c.gaps == 0 {
			misnumbered++
		}
		c.records = append(c.records, r)
		p = r.end
	}
	if mended > 0 {
		c.note("%d damaged record headers, records read by what is left of them", mended)
	}
	if misnumbered > 0 {
		c.note("record identifiers out of sequence at %d places", misnumbered)
	}
	if c.gaps > 0 {
		c.note("unreadable between records at %d places, the last at offset %#x", c.gaps, gapAt)
	}
}

// past tells, where the chunk header is damaged, whether the records end at p: the header still says so, or what
// follows is not the next record.
func (c *chunk) past(p int, r record, ok bool) bool {
	n := len(c.records)
	if n == 0 {
		return false
	}
	if p == int(c.head.free) {
		return true
	}
	last := c.records[n-1].id
	if ok {
		return r.id != last+1
	}
	next := c.resync(p + minRecordSize)
	if next == c.bound {
		return true
	}
	r, _ = c.recordAt(next, c.bound)
	return r.id <= last || r.id-last > uint64(1+(next-p)/minRecordSize)
}

// recordAt reads the header of the record at p and the copy of its size at its end.
func (c *chunk) recordAt(p, bound int) (record, bool) {
	if p+minRecordSize > bound || !bytes.Equal(c.b[p:p+4], recordMagic) {
		return record{}, false
	}
	return c.sized(p, bound)
}

// sized is the record at p whose size and copy of it agree.
func (c *chunk) sized(p, bound int) (record, bool) {
	if p+minRecordSize > bound {
		return record{}, false
	}
	size := uint64(binary.LittleEndian.Uint32(c.b[p+4:]))
	if size < minRecordSize || size > uint64(bound-p) {
		return record{}, false
	}
	end := p + int(size)
	if uint64(binary.LittleEndian.Uint32(c.b[end-4:])) != size {
		return record{}, false
	}
	return record{at: p, end: end, id: binary.LittleEndian.Uint64(c.b[p+8:])}, true
}

// resync returns where the next sound record begins, the end of the records when there is none.
func (c *chunk) resync(from int) int {
	for from < c.bound {
		i := bytes.Index(c.b[from:c.bound], recordMagic)
		if i < 0 {
			break
		}
		if _, ok := c.recordAt(from+i, c.bound); ok {
			return from + i
		}
		from += i + 1
	}
	return c.bound
}

// mend accepts a damaged record between p and the next sound one when its extent is certain: size and copy agree, or the
// neighbours' identifiers leave room for exactly one, or the magic is right and size or copy leads to the next record.
func (c *chunk) mend(p, next int) (record, bool) {
	if r, ok := c.sized(p, c.bound); ok {
		return r, true
	}
	if next-p < minRecordSize {
		return record{}, false
	}
	r := record{at: p, end: next, id: binary.LittleEndian.Uint64(c.b[p+8:])}
	if before, after, ok := c.neighbours(next); ok && after-before == 2 {
		r.id = before + 1
		return r, true
	}
	size := uint32(next - p)
	fits := binary.LittleEndian.Uint32(c.b[p+4:]) == size || binary.LittleEndian.Uint32(c.b[next-4:]) == size
	return r, fits && bytes.Equal(c.b[p:p+4], recordMagic)
}

// neighbours returns the identifiers of the last record found and of the one at next. At either end of the chunk they
// follow from a sound header.
func (c *chunk) neighbours(next int) (before, after uint64, ok bool) {
	n := len(c.records)
	switch {
	case n > 0:
		before = c.records[n-1].id
	case c.head.ok:
		before = c.head.firstID - 1
	default:
		return 0, 0, false
	}
	if r, sound := c.recordAt(next, c.bound); sound {
		return before, r.id, true
	}
	return before, c.head.lastID + 1, c.head.ok && !c.cut
}
