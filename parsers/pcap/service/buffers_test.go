package service

import (
	"bytes"
	"testing"
)

// TestBuffersAreBounded: what is kept of memory that came back has a bound for each size, and nobody gets more than twice of what is
// needed.
func TestBuffersAreBounded(t *testing.T) {
	var p buffers
	for n := 1; n < 1<<20; n = n*3/2 + 1 {
		b := p.grow(nil, n)
		if cap(b) < n || cap(b) > max(2*n, 1<<leastSize) {
			t.Errorf("%d bytes of room for %d", cap(b), n)
		}
		for range 2 * eachSize >> leastSize {
			p.put(b)
		}
	}
	for size, all := range p {
		if held := len(all) << (leastSize + size); held > eachSize {
			t.Errorf("%d bytes kept of size %d", held, size)
		}
	}
}

// TestBuffersGrow: what was written stays, and what it grew out of is used again.
func TestBuffersGrow(t *testing.T) {
	var p buffers
	var b []byte
	for i := range 300_000 {
		b = append(p.grow(b, 1), byte(i))
	}
	for i := range b {
		if b[i] != byte(i) {
			t.Fatalf("byte %d is %d", i, b[i])
		}
	}
	first := p.grow(nil, 200)
	if again := p.grow(nil, 200); cap(again) == 0 || &again[:1][0] == &first[:1][0] {
		t.Error("memory given twice")
	}
	text := append(first, "text"...)
	p.put(text)
	if next := p.grow(nil, 129); !bytes.Equal(next[:4], []byte("text")) {
		t.Error("memory not used again")
	}
}
