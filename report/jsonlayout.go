package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// encode writes one value and a line end.
func encode(w io.Writer, v any, indent string) error {
	enc := json.NewEncoder(&layout{w: w, indent: indent})
	enc.SetEscapeHTML(false) // a command line is full of > and &
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return nil
}

// A layout writes the JSON that an Encoder makes, which is without spaces, line by line where there is an indent. An Encoder's
// own indenting checks the syntax once more, which takes several times as long as encoding.
type layout struct {
	w      io.Writer
	indent string
	depth  int
}

// Write takes one value with its line end, as an Encoder hands it over.
func (l *layout) Write(value []byte) (int, error) {
	if l.indent == "" {
		return l.w.Write(escapeMisleading(value))
	}
	if _, err := l.w.Write(l.lay(nil, value)); err != nil {
		return 0, err
	}
	return len(value), nil
}

// lay lays out what b says behind out. A value may come in parts, which end behind a token; an empty list or object is in one.
func (l *layout) lay(out, b []byte) []byte {
	for len(b) > 0 {
		n := 1
		switch c := b[0]; c {
		case '"':
			var plain bool
			if n, plain = quotedLength(b); plain {
				out = append(out, b[:n]...)
			} else {
				out = append(out, escapeMisleading(b[:n])...)
			}
		case '{', '[':
			if out = append(out, c); len(b) > 1 && b[1] == c+2 { // the closing one
				out, n = append(out, b[1]), 2
			} else {
				out = l.line(out, +1)
			}
		case '}', ']':
			out = append(l.line(out, -1), c)
		case ',':
			out = l.line(append(out, c), 0)
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, c)
		}
		b = b[n:]
	}
	return out
}

// line begins a line, so many levels deeper than the last.
func (l *layout) line(out []byte, deeper int) []byte {
	l.depth += deeper
	out = append(out, '\n')
	for range l.depth {
		out = append(out, l.indent...)
	}
	return out
}

// quotedLength is the length of the string that b begins with, quotes included, and whether nothing in it can mislead.
func quotedLength(b []byte) (n int, plain bool) {
	plain = true
	for i := 1; ; i++ {
		switch c := b[i]; {
		case c == '\\':
			i++
		case c == '"':
			return i + 1, plain
		case c >= 0x7f:
			plain = false
		}
	}
}
