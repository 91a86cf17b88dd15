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
func (h *Hash) Uint(n uint64) { h.state = step(h.state, n) }

// step waits for the state once only: the order of what is combined is that in which it is there.
func step(state, n uint64) uint64 {
	hi, lo := bits.Mul64(state^(n^hashMix), hashStep)
	return bits.RotateLeft64(state, 23) ^ lo ^ hi
}

// Text folds in the hash of a text and its length, so that neighbouring values cannot run into each other.
func (h *Hash) Text(s string) { h.Uint(fold(hashStep, s)) }

// HashBytes hashes a record as it is stored. Each step waits for the one before, so that long records are folded in four
// states side by side.
func HashBytes(b []byte) uint64 {
	h, second, third, fourth := Hash{uint64(len(b))}, uint64(hashStep), uint64(hashMix), ^uint64(0)
	for ; len(b) >= 32; b = b[32:] {
		h.state, second = step(h.state, word(b)), step(second, word(b[8:]))
		third, fourth = step(third, word(b[16:])), step(fourth, word(b[24:]))
	}
	h.Uint(second)
	h.Uint(third)
	h.Uint(fourth)
	h.state = fold(h.state, b)
	return h.Sum()
}

func fold[T string | []byte](state uint64, s T) uint64 {
	state = step(state, uint64(len(s)))
	for ; len(s) >= 8; s = s[8:] {
		state = step(state, word(s))
	}
	var tail [8]byte
	if copy(tail[:], s) > 0 {
		state = step(state, binary.LittleEndian.Uint64(tail[:]))
	}
	return state
}

func word[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Sum returns the hash, never 0.
func (h *Hash) Sum() uint64 { return max(h.state, 1) }
