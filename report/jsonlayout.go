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
	out := make([]byte, 0, min(2*len(value), 2*maxPending))
	for rest := value; len(rest) > 0; {
		n := 0
		out, n = l.token(out, rest)
		rest = rest[n:]
		if len(out) >= maxPending || len(rest) == 0 {
			if _, err := l.w.Write(escapeMisleading(out)); err != nil {
				return len(value) - len(rest), err
			}
			out = out[:0]
		}
	}
	return len(value), nil
}

// token lays out what b begins with behind out, and returns its length too.
func (l *layout) token(out, b []byte) ([]byte, int) {
	switch c := b[0]; c {
	case '"':
		n := quotedLength(b)
		return append(out, b[:n]...), n
	case '{', '[':
		if b[1] == c+2 { // the closing one
			return append(out, b[:2]...), 2
		}
		return l.line(append(out, c), +1), 1
	case '}', ']':
		return append(l.line(out, -1), c), 1
	case ',':
		return l.line(append(out, c), 0), 1
	case ':':
		return append(out, ": "...), 1
	default:
		return append(out, c), 1
	}
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

// quotedLength is the length of the string that b begins with, quotes included.
func quotedLength(b []byte) int {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}
