package winevent

import (
	"encoding/binary"
	"math/bits"
)

// Hash folds values into 64 bits. It is the same on every run and machine, fast, and no protection against anyone who
// wants two records to look alike: such a pair differs in nothing that is read, or cost its maker a search.
type Hash struct{ state uint64 }

// Two odd constants with as many ones as zeros: the fractions of the golden ratio and of the square root of 5.
const (
	hashStep = 0x9e3779b97f4a7c15
	hashMix  = 0x3c6ef372fe94f82b
)

// NewHash starts a hash with a text.
func NewHash(text string) Hash {
	h := Hash{hashStep}
	h.Text(text)
	return h
}

// Uint folds in a number.
func (h *Hash) Uint(n uint64) {
	hi, lo := bits.Mul64(h.state^n^hashMix, hashStep)
	h.state = bits.RotateLeft64(h.state, 23) ^ hi ^ lo
}

// Text folds in a text and its length, so that neighbouring values cannot run into each other.
func (h *Hash) Text(s string) {
	h.Uint(uint64(len(s)))
	for ; len(s) >= 8; s = s[8:] {
		h.Uint(binary.LittleEndian.Uint64([]byte(s[:8])))
	}
	var tail [8]byte
	if copy(tail[:], s) > 0 {
		h.Uint(binary.LittleEndian.Uint64(tail[:]))
	}
}

// Sum returns the hash, never 0.
func (h *Hash) Sum() uint64 { return max(h.state, 1) }
