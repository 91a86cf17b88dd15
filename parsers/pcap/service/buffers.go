package service

import (
	"math/bits"
	"slices"
)

// buffers are memory for bytes, to be used again. It comes in powers of two: what holds little for long takes little.
type buffers [sizes][][]byte

// The least is 1<<leastSize bytes, and of each size there are up to eachSize bytes.
const (
	leastSize = 7
	sizes     = 11
	eachSize  = 1 << 20
)

// sizeOf is the size that has room for n bytes; beyond the last there is no keeping.
func sizeOf(n int) int { return bits.Len(uint(max(n, 1<<leastSize)-1)) - leastSize }

// grow returns b with room for n more bytes. b must not be used any more.
func (p *buffers) grow(b []byte, n int) []byte {
	if len(b)+n <= cap(b) {
		return b
	}
	size := sizeOf(len(b) + n)
	if size >= sizes {
		return slices.Grow(b, n)
	}
	more := p.take(size)
	more = append(more, b...)
	p.put(b)
	return more
}

func (p *buffers) take(size int) []byte {
	all := p[size]
	if len(all) == 0 {
		return make([]byte, 0, 1<<(leastSize+size))
	}
	b := all[len(all)-1]
	p[size] = all[:len(all)-1]
	return b
}

// put takes what grow returned back.
func (p *buffers) put(b []byte) {
	size := sizeOf(cap(b))
	if size < sizes && cap(b) == 1<<(leastSize+size) && len(p[size]) < eachSize>>(leastSize+size) {
		p[size] = append(p[size], b[:0])
	}
}
