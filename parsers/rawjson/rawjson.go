// Package rawjson reads lines of JSON where they stand: what is not asked for is checked and stepped over, never decoded.
// It takes what encoding/json takes and nothing else.
//
// https://www.rfc-editor.org/rfc/rfc8259
package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// A Value is one value as it is written, without blanks around it. It is valid as long as the line is.
type Value []byte

// Opens reports whether the value begins with c: '{' an object, '[' a list, '"' a string, 'n' null.
func (v Value) Opens(c byte) bool { return len(v) > 0 && v[0] == c }

// Scalar returns what a string means, and a number or truth value as it is written; nil for anything else. It may be kept
// no longer than the value.
func (v Value) Scalar() []byte {
	if len(v) == 0 {
		return nil
	}
	switch v[0] {
	case '"':
		return meaning(v)
	case '{', '[', 'n':
		return nil
	}
	return v
}

// meaning unquotes a string. Hardly any needs more than its quotes taken away.
func meaning(quoted []byte) []byte {
	s := quoted[1 : len(quoted)-1]
	if plain(quoted, 1) == len(quoted)-1 || bytes.IndexByte(s, '\\') < 0 && utf8.Valid(s) {
		return s
	}
	if s, ok := unescaped(s); ok {
		return s
	}
	return unquoted(quoted)
}

// letters are what the escapes of one character stand for.
var letters = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescaped resolves the escapes of ASCII, as paths are full of.
func unescaped(s []byte) ([]byte, bool) {
	to := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' {
			i++
			c = letters[s[i]]
		}
		if c == 0 || c >= utf8.RuneSelf {
			return nil, false
		}
		to = append(to, c)
	}
	return to, true
}

// unquoted leaves to encoding/json what other escapes mean, and what becomes of bytes that are no text.
func unquoted(quoted []byte) []byte {
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return nil
	}
	return []byte(s)
}

// Members walks through an object: Name and Value are those of the member that Next went to. Of members of one name the
// last counts, and names are compared as they are, in their case.
type Members struct {
	Name  []byte
	Value Value
	list
}

// MembersOf stands before the first member of a value. One that is no object has none, and is not Whole.
func MembersOf(v []byte) Members { return Members{list: open(v, '{', '}')} }

// Next goes to the next member and reports whether there is one.
func (m *Members) Next() bool {
	i, more := m.next()
	if !more {
		return false
	}
	if i >= len(m.b) || m.b[i] != '"' {
		return m.stop()
	}
	if i = m.name(i + 1); i < 0 {
		return m.stop()
	}
	if i = blank(m.b, i); i >= len(m.b) || m.b[i] != ':' {
		return m.stop()
	}
	m.Value, more = m.value(blank(m.b, i+1))
	return more
}

// name reads a name behind its quote, and returns where it ends.
func (m *Members) name(i int) int {
	end := plain(m.b, i)
	if end < len(m.b) && m.b[end] == '"' {
		m.Name = m.b[i:end]
		return end + 1
	}
	if end = str(m.b, i); end >= 0 {
		m.Name = meaning(m.b[i-1 : end])
	}
	return end
}

// Elements walks through a list as Members does through an object.
type Elements struct {
	Value Value
	list
}

// ElementsOf stands before the first element of a value. One that is no list has none, and is not Whole.
func ElementsOf(v []byte) Elements { return Elements{list: open(v, '[', ']')} }

// Next goes to the next element and reports whether there is one.
func (e *Elements) Next() bool {
	i, more := e.next()
	if more {
		e.Value, more = e.value(i)
	}
	return more
}

// A list is what has commas between its parts.
type list struct {
	b     []byte
	at    int // behind what was read
	shut  byte
	begun bool
	done  bool
	whole bool
}

func open(v []byte, c, shut byte) list {
	l := list{b: v, shut: shut}
	l.at = blank(v, 0)
	if l.at >= len(v) || v[l.at] != c {
		l.done = true
	}
	l.at++
	return l
}

// Whole reports, once Next returned false, whether that was at the end of the value and nothing stood behind it.
func (l *list) Whole() bool { return l.whole }

func (l *list) stop() bool {
	l.done = true
	return false
}

// next returns where the next part begins, if there is one.
func (l *list) next() (at int, more bool) {
	if l.done {
		return 0, false
	}
	i := blank(l.b, l.at)
	switch {
	case i >= len(l.b):
		return 0, l.stop()
	case l.b[i] == l.shut:
		l.whole = blank(l.b, i+1) == len(l.b)
		return 0, l.stop()
	case !l.begun:
		l.begun = true
		return i, true
	case l.b[i] != ',':
		return 0, l.stop()
	}
	return blank(l.b, i+1), true
}

func (l *list) value(i int) (Value, bool) {
	end := value(l.b, i, 1)
	if end < 0 {
		return nil, l.stop()
	}
	l.at = end
	return l.b[i:end:end], true
}

var errOther = errors.New("a value of another kind")

// Fault says what is wrong with text that is not one object.
func Fault(text []byte) error {
	var value json.RawMessage
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	return errOther
}
