package service

import "encoding/binary"

// frames cuts one side's stream into units that say how long they are.
type frames struct {
	// length returns how long the unit at the beginning of b is, 0 when b is too short to tell, and a negative number
	// when no unit begins like this.
	length func(b []byte) int
	// keep is how much of a unit is handed out; the rest passes by.
	keep int

	buf  []byte
	skip uint64 // bytes of the unit handed out that are still to come
	lost bool
	pool *Pool // that buf goes back to between units
}

// feed hands out the units that the chunk completes. A unit is valid during the call; size is its whole length.
func (f *frames) feed(c Chunk, unit func(c Chunk, u []byte, size int)) {
	if c.Gap > 0 {
		f.gap(c, unit)
	}
	if f.lost {
		return
	}
	b := c.Data
	if len(f.buf) > 0 {
		f.buf = append(f.pool.buffers.grow(f.buf, len(b)), b...)
		b = f.buf
	}
	for len(b) > 0 {
		if f.skip > 0 {
			n := min(f.skip, uint64(len(b)))
			b, f.skip = b[n:], f.skip-n
			continue
		}
		size := f.length(b)
		if size < 0 || size == 0 && len(b) > f.keep {
			f.lost, b = true, nil
			break
		}
		if size == 0 || len(b) < min(size, f.keep) {
			break
		}
		unit(c, b[:min(size, f.keep)], size)
		n := min(size, len(b))
		b, f.skip = b[n:], uint64(size-n)
	}
	f.hold(b)
}

// hold keeps the beginning of a unit.
func (f *frames) hold(b []byte) {
	if len(b) == 0 {
		f.pool.buffers.put(f.buf)
		f.buf = nil
		return
	}
	f.buf = append(f.pool.buffers.grow(f.buf[:0], len(b)), b...)
}

// gap moves over bytes that the capture missed. Inside a unit the next one is still known to begin after it; otherwise
// the unit after the gap must begin with the data after it, or this side is lost until the next gap.
func (f *frames) gap(c Chunk, unit func(c Chunk, u []byte, size int)) {
	if c.Gap <= f.skip {
		f.skip -= c.Gap
		return
	}
	if size := f.partial(); !f.lost && size > 0 && uint64(len(f.buf))+c.Gap <= uint64(size) {
		unit(c, f.buf, size)
		f.skip = uint64(size-len(f.buf)) - c.Gap
		f.buf = f.buf[:0]
		return
	}
	f.buf, f.skip, f.lost = f.buf[:0], 0, false
}

func (f *frames) partial() int {
	if len(f.buf) == 0 {
		return 0
	}
	return f.length(f.buf)
}

// drop forgets everything and gives the memory back.
func (f *frames) drop() { f.buf, f.lost = nil, true }

// A cursor reads big-endian numbers and strings. Past the end it yields zeros and remembers that it was short.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.b, c.short = nil, true
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) uint(n int) uint64 {
	var v uint64
	for _, b := range c.take(n) {
		v = v<<8 | uint64(b)
	}
	return v
}

func (c *cursor) u8() int  { return int(c.uint(1)) }
func (c *cursor) u16() int { return int(c.uint(2)) }
func (c *cursor) u24() int { return int(c.uint(3)) }

// vec reads a string whose length stands before it in n bytes.
func (c *cursor) vec(n int) cursor {
	size := int(c.uint(n))
	b := c.take(size)
	return cursor{b: b, short: c.short}
}

// le16 and le32 read little-endian numbers at an offset, 0 past the end.
func le16(b []byte, at int) int {
	if at < 0 || at+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[at:]))
}

func le32(b []byte, at int) int {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b[at:]))
}

// span is b[at:at+n] as far as it exists, nil when it does not wholly.
func span(b []byte, at, n int) []byte {
	if at < 0 || n < 0 || at > len(b) || n > len(b)-at {
		return nil
	}
	return b[at : at+n]
}

// maxValues bounds the distinct values kept in a list.
const maxValues = 64

// note appends a value that is not in the list yet, and reports whether one was left out for lack of room.
func note[T comparable](list *[]T, v T) (left bool) { return noteOf(list, v, maxValues) }

// noteOf is note for a list of so many.
func noteOf[T comparable](list *[]T, v T, most int) (left bool) {
	for _, have := range *list {
		if have == v {
			return false
		}
	}
	if len(*list) >= most {
		return true
	}
	*list = append(*list, v)
	return false
}
