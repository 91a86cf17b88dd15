package eventjson

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"strings"
)

var (
	errNotJSON = errors.New("a name, a value or what stands between them is missing")
	errShort   = errors.New("it ends too early")
	errLarge   = errors.New("too many values for an event")
)

// parse takes apart text that holds one value and nothing else.
func (d *document) parse(text []byte) error {
	start := blank(text, 0)
	end, err := d.scan(text, start)
	if err == nil && blank(text, end) != len(text) {
		return errNotJSON
	}
	return err
}

// scan takes apart the value that begins at b[i] and returns where it ends. It has been checked to its end then: brackets
// and quotes match, names, colons, commas and words stand where they may.
func (d *document) scan(b []byte, i int) (end int, err error) {
	if len(b) > math.MaxInt32 {
		return failed, errLarge
	}
	d.reset(b)
	if end, ok := d.follow(i); ok {
		return end, nil
	}
	d.reset(b)
	d.own.reset()
	d.layout = &d.own
	s := scanner{d, b, nil}
	if end = s.value(i, span{}, none, 0); end >= 0 {
		d.learn(i, end)
	}
	return end, s.err
}

// A scanner is on its way through a text. Its methods return the position behind what they read, and failed once there is
// an error.
type scanner struct {
	doc *document
	b   []byte
	err error
}

const failed = -1

func (s *scanner) fail(err error) int {
	s.err = err
	return failed
}

// missing is the error for something that does not stand at i: it may only not have been read yet.
func (s *scanner) missing(i int) int {
	if i >= len(s.b) {
		return s.fail(errShort)
	}
	return s.fail(errNotJSON)
}

// value reads any value at i.
func (s *scanner) value(i int, name span, parent int32, depth int) int {
	if i >= len(s.b) {
		return s.fail(errShort)
	}
	if len(s.doc.nodes) >= maxNodes {
		return s.fail(errLarge)
	}
	n := s.doc.add(name, parent)
	s.doc.raws = append(s.doc.raws, span{})
	var end int
	switch c := s.b[i]; {
	case c != '{' && c != '[':
		if end, s.err = scalar(s.b, i); s.err != nil {
			return failed
		}
	case depth >= maxNest:
		return s.fail(errDeep)
	case c == '{':
		end = s.object(i+1, n, depth+1)
	default:
		end = s.list(i+1, n, depth+1)
	}
	if end < 0 {
		return failed
	}
	s.doc.raws[n] = span{uint32(i), uint32(end)}
	return end
}

// object reads the members of an object whose brace stands before i.
func (s *scanner) object(i int, self int32, depth int) int {
	if i = blank(s.b, i); i < len(s.b) && s.b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(s.b) || s.b[i] != '"' {
			return s.missing(i)
		}
		name, end := s.name(i + 1)
		if end < 0 {
			return failed
		}
		if i = blank(s.b, end); i >= len(s.b) || s.b[i] != ':' {
			return s.missing(i)
		}
		if i = s.value(blank(s.b, i+1), name, self, depth); i < 0 {
			return failed
		}
		i = blank(s.b, i)
		switch {
		case i < len(s.b) && s.b[i] == ',':
			i = blank(s.b, i+1)
		case i < len(s.b) && s.b[i] == '}':
			return i + 1
		default:
			return s.missing(i)
		}
	}
}

// list reads the elements of a list whose bracket stands before i.
func (s *scanner) list(i int, self int32, depth int) int {
	if i = blank(s.b, i); i < len(s.b) && s.b[i] == ']' {
		return i + 1
	}
	for {
		if i = s.value(i, span{}, self, depth); i < 0 {
			return failed
		}
		i = blank(s.b, i)
		switch {
		case i < len(s.b) && s.b[i] == ',':
			i = blank(s.b, i+1)
		case i < len(s.b) && s.b[i] == ']':
			return i + 1
		default:
			return s.missing(i)
		}
	}
}

// name reads a name behind its quote. Names are short and hardly ever have escapes: eight bytes are looked at together.
func (s *scanner) name(i int) (name span, end int) {
	b, j := s.b, i
	for ; len(b)-j >= 8; j += 8 {
		w := binary.LittleEndian.Uint64(b[j:])
		if hit := has(w, '"') | has(w, '\\'); hit != 0 {
			j += bits.TrailingZeros64(hit) / 8
			break
		}
	}
	for j < len(b) && b[j] != '"' && b[j] != '\\' {
		j++
	}
	if j == len(b) {
		return span{}, s.fail(errShort)
	}
	if b[j] == '\\' {
		return s.escapedName(i)
	}
	d := s.doc
	name.from = uint32(len(d.names))
	d.names = append(d.names, b[i:j]...)
	name.to = uint32(len(d.names))
	return name, j + 1
}

// has marks bytes that are c by their highest bits; the lowest mark is right, those above it may not be.
func has(word uint64, c byte) uint64 {
	const ones = 0x0101010101010101
	x := word ^ uint64(c)*ones
	return (x - ones) &^ x & (0x80 * ones)
}

func (s *scanner) escapedName(i int) (name span, end int) {
	end = closing(s.b, i)
	if end < 0 {
		return span{}, s.fail(errShort)
	}
	d := s.doc
	name.from = uint32(len(d.names))
	d.names = appendUnescaped(d.names, s.b[i:end])
	name.to = uint32(len(d.names))
	return name, end + 1
}

// scalar reads a string, a number, or a word that stands for a value. The end is failed when there is none at i.
func scalar(b []byte, i int) (end int, err error) {
	if i >= len(b) {
		return failed, errShort
	}
	if b[i] != '"' {
		return word(b, i)
	}
	if end = closing(b, i+1); end < 0 {
		return failed, errShort
	}
	return end + 1, nil
}

func word(b []byte, i int) (end int, err error) {
	rest, n := b[i:], 0
	for n < len(rest) && ofNumber[rest[n]] {
		n++
	}
	signed := n == 1 && (rest[0] == '-' || rest[0] == '+')
	if n == len(rest) || n > 0 && !signed {
		return i + n, nil
	}
	rest = rest[n:]
	for _, w := range []string{"true", "false", "null"} {
		if !signed && len(rest) >= len(w) && string(rest[:len(w)]) == w {
			return i + len(w), nil
		}
	}
	for _, w := range []string{"nan", "inf"} {
		if len(rest) >= len(w) && strings.EqualFold(string(rest[:len(w)]), w) {
			return i + n + len(w), nil
		}
	}
	if len(rest) < len("false") {
		return failed, errShort
	}
	return failed, errNotJSON
}

// ofNumber marks the bytes of numbers.
var ofNumber = func() (is [256]bool) {
	for _, c := range "0123456789+-.eE" {
		is[c] = true
	}
	return is
}()

// closing finds the quote that ends a string whose content begins at i.
func closing(b []byte, i int) int {
	for j := i; ; j++ {
		n := bytes.IndexByte(b[j:], '"')
		if n < 0 {
			return failed
		}
		if j += n; j == i || b[j-1] != '\\' || !escaped(b[i:j]) {
			return j
		}
	}
}

// blank skips what may stand between the parts of a value.
func blank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}
