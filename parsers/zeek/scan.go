package zeek

import (
	"encoding/binary"
	"math/bits"
)

// A scanner takes a line of JSON apart in one pass, as strictly as encoding/json. Its methods, and the functions below, return
// the position behind what they read, failed where that is no JSON.
//
// https://www.rfc-editor.org/rfc/rfc8259
type scanner struct {
	b    []byte
	into *object
}

const failed = -1

// maxNest bounds how deep values lie in others.
const maxNest = 10000

// A place is where an object stands: it says which of its members are of interest.
type place uint8

const (
	inLine    place = iota // the line itself
	inID                   // its member id
	elsewhere              // anything else
)

// members reads those of an object whose brace stands before i.
func (s scanner) members(i, depth int, in place) int {
	b := s.b
	if i = blank(b, i); i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return failed
		}
		end := quoted(b, i+1)
		if end < 0 {
			return failed
		}
		k := s.into.named(b[i:end], in)
		if i = blank(b, end); i >= len(b) || b[i] != ':' {
			return failed
		}
		from, inside := blank(b, i+1), elsewhere
		if k.field == fID {
			s.into.forgetEnds()
			inside = inID
		}
		if i = s.value(from, depth, inside); i < 0 {
			return failed
		}
		if k.field != noField {
			s.into.note(k, b[from:i])
		}
		switch i = blank(b, i); {
		case i < len(b) && b[i] == ',':
			i = blank(b, i+1)
		case i < len(b) && b[i] == '}':
			return i + 1
		default:
			return failed
		}
	}
}

// elements reads those of a list whose bracket stands before i.
func (s scanner) elements(i, depth int) int {
	b := s.b
	if i = blank(b, i); i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		if i = s.value(i, depth, elsewhere); i < 0 {
			return failed
		}
		switch i = blank(b, i); {
		case i < len(b) && b[i] == ',':
			i = blank(b, i+1)
		case i < len(b) && b[i] == ']':
			return i + 1
		default:
			return failed
		}
	}
}

// value reads any value at i, which lies in depth others.
func (s scanner) value(i, depth int, in place) int {
	b := s.b
	if i >= len(b) {
		return failed
	}
	switch c := b[i]; {
	case c == '"':
		return quoted(b, i+1)
	case c == '-' || '0' <= c && c <= '9':
		return numeral(b, i)
	case c == '{' && depth < maxNest:
		return s.members(i+1, depth+1, in)
	case c == '[' && depth < maxNest:
		return s.elements(i+1, depth+1)
	case c == 't':
		return literal(b, i, "true")
	case c == 'f':
		return literal(b, i, "false")
	case c == 'n':
		return literal(b, i, "null")
	}
	return failed
}

func literal(b []byte, i int, w string) int {
	if len(b)-i < len(w) || string(b[i:i+len(w)]) != w {
		return failed
	}
	return i + len(w)
}

// numeral reads digits with what may stand before and behind them.
func numeral(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if i = digits(b, i); i < 0 {
		return failed
	}
	if i < len(b) && b[i] == '.' {
		if i = digits(b, i+1); i < 0 {
			return failed
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return digits(b, i)
	}
	return i
}

// digits reads at least one.
func digits(b []byte, i int) int {
	from := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == from {
		return failed
	}
	return i
}

// quoted reads a string behind its quote. Eight bytes are looked at together.
func quoted(b []byte, i int) int {
	for {
		for len(b)-i >= 8 {
			w := binary.LittleEndian.Uint64(b[i:])
			if hit := has(w, '"') | has(w, '\\') | control(w); hit != 0 {
				i += bits.TrailingZeros64(hit) / 8
				break
			}
			i += 8
		}
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
			i++
		}
		switch {
		case i >= len(b) || b[i] < ' ':
			return failed
		case b[i] == '"':
			return i + 1
		}
		if i = escape(b, i+1); i < 0 {
			return failed
		}
	}
}

const ones = 0x0101010101010101

// has marks bytes that are c by their highest bits; the lowest mark is right, those above it may not be.
func has(word uint64, c byte) uint64 {
	x := word ^ uint64(c)*ones
	return (x - ones) &^ x & (0x80 * ones)
}

// all marks bytes that are c by their highest bits, and no others.
func all(word uint64, c byte) uint64 {
	const low = 0x7f * ones
	x := word ^ uint64(c)*ones
	return ^((x&low + low) | x | low)
}

// control marks control characters in the same way.
func control(word uint64) uint64 { return (word - ' '*ones) &^ word & (0x80 * ones) }

// escape reads what follows a backslash.
func escape(b []byte, i int) int {
	if i >= len(b) {
		return failed
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
	default:
		return failed
	}
	const length = len("uXXXX")
	if len(b)-i < length {
		return failed
	}
	for _, c := range b[i+1 : i+length] {
		if c-'0' > 9 && c|0x20-'a' > 5 {
			return failed
		}
	}
	return i + length
}

// blank skips what may stand between the parts of a value.
func blank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}
