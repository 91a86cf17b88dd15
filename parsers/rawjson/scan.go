package rawjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// failed stands for the end of what is no JSON.
const failed = -1

// maxNest is how deep objects and lists may be nested, which is where encoding/json stops.
const maxNest = 10_000

// value returns where the value that begins at b[i] ends; depth is how many objects and lists it stands in.
func value(b []byte, i, depth int) int {
	if i >= len(b) {
		return failed
	}
	switch c := b[i]; {
	case c == '"':
		return str(b, i+1)
	case c == 't':
		return word(b, i, "true")
	case c == 'f':
		return word(b, i, "false")
	case c == 'n':
		return word(b, i, "null")
	case c != '{' && c != '[':
		return number(b, i)
	case depth >= maxNest:
		return failed
	case c == '{':
		return object(b, i+1, depth+1)
	}
	return array(b, i+1, depth+1)
}

// object returns where an object ends whose brace stands before i.
func object(b []byte, i, depth int) int {
	if i = blank(b, i); i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return failed
		}
		if i = str(b, i+1); i < 0 {
			return failed
		}
		if i = blank(b, i); i >= len(b) || b[i] != ':' {
			return failed
		}
		if i = value(b, blank(b, i+1), depth); i < 0 {
			return failed
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

// array returns where a list ends whose bracket stands before i.
func array(b []byte, i, depth int) int {
	if i = blank(b, i); i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		if i = value(b, i, depth); i < 0 {
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

// str returns where a string ends whose quote stands before i.
func str(b []byte, i int) int {
	for {
		for ; len(b)-i >= 8; i += 8 {
			if hit := special(binary.LittleEndian.Uint64(b[i:])); hit != 0 {
				i += bits.TrailingZeros64(hit) / 8
				break
			}
		}
		for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' {
			i++
		}
		switch {
		case i >= len(b) || b[i] < ' ':
			return failed
		case b[i] == '"':
			return i + 1
		}
		n := escape(b[i:])
		if n == 0 {
			return failed
		}
		i += n
	}
}

// plain skips what stands for itself whatever the rest of the string: ASCII without quotes, backslashes and control characters.
func plain(b []byte, i int) int {
	for ; len(b)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		if hit := special(w) | w&highest; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// Eight bytes are looked at together.
const (
	ones    = 0x0101010101010101
	highest = 0x80 * ones
)

// special marks quotes, backslashes and control characters by their highest bits; the lowest mark is right, those above it
// may not be.
func special(word uint64) uint64 {
	quote, slash := word^'"'*ones, word^'\\'*ones
	return ((quote-ones)&^quote | (slash-ones)&^slash | (word-' '*ones)&^word) & highest
}

// escape returns how long the escape is that s begins with, 0 when it is none.
func escape(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(s) >= 6 && hex(s[2]) && hex(s[3]) && hex(s[4]) && hex(s[5]) {
			return 6
		}
	}
	return 0
}

func hex(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// number returns where a number ends: a sign, digits, decimals and an exponent.
func number(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	whole := digits(b, i)
	if whole == i || b[i] == '0' && whole > i+1 {
		return failed
	}
	i = whole
	if i < len(b) && b[i] == '.' {
		decimals := digits(b, i+1)
		if decimals == i+1 {
			return failed
		}
		i = decimals
	}
	if i >= len(b) || b[i]|0x20 != 'e' {
		return i
	}
	if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
		i++
	}
	power := digits(b, i)
	if power == i {
		return failed
	}
	return power
}

// digits returns where those end that begin at i.
func digits(b []byte, i int) int {
	for i < len(b) && digit(b[i]) {
		i++
	}
	return i
}

func word(b []byte, i int, w string) int {
	if len(b)-i < len(w) || string(b[i:i+len(w)]) != w {
		return failed
	}
	return i + len(w)
}

// blank skips what may stand between the parts of a value.
func blank(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}
