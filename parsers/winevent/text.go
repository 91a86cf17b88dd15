package winevent

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Text reads an export of events as UTF-8: a byte order mark is left out, UTF-16 is converted. Exports made with
// PowerShell 5 and wevtutil are UTF-16 with a mark; without one a zero next to the first bracket tells.
func Text(r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, 64<<10)
	head, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		in.Discard(3)
		return in
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		in.Discard(2)
		return &wide{in: in, low: 0, high: 1}
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		in.Discard(2)
		return &wide{in: in, low: 1, high: 0}
	case len(head) == 4 && head[0] != 0 && head[1] == 0 && head[3] == 0:
		return &wide{in: in, low: 0, high: 1}
	case len(head) == 4 && head[0] == 0 && head[1] != 0 && head[2] == 0:
		return &wide{in: in, low: 1, high: 0}
	}
	return in
}

// A wide converts UTF-16. Halves of a pair that stand alone, and a last odd byte, become U+FFFD.
type wide struct {
	in        *bufio.Reader
	low, high int    // where in a unit the low and the high byte stand
	out       []byte // converted, not yet read
	buf       []byte
}

func (w *wide) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if err := w.convert(); err != nil {
			return 0, err
		}
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

// convert turns the next stretch of input into w.out. It returns an error only when there is none left.
func (w *wide) convert() error {
	head, err := w.in.Peek(4)
	if len(head) == 0 {
		return err
	}
	units, _ := w.in.Peek(max(w.in.Buffered(), len(head)))
	w.buf = w.buf[:0]
	used := 0
	for len(units)-used >= 2 {
		r := w.unit(units[used:])
		size := 2
		if utf16.IsSurrogate(r) {
			if len(units)-used < 4 && used > 0 {
				break // the other half comes with the next stretch
			}
			if len(units)-used >= 4 {
				if pair := utf16.DecodeRune(r, w.unit(units[used+2:])); pair != utf8.RuneError {
					r, size = pair, 4
				}
			}
		}
		w.buf = utf8.AppendRune(w.buf, r)
		used += size
	}
	if used == 0 {
		w.buf = utf8.AppendRune(w.buf, utf8.RuneError)
		used = len(units)
	}
	w.in.Discard(used)
	w.out = w.buf
	return nil
}

func (w *wide) unit(b []byte) rune { return rune(b[w.low]) | rune(b[w.high])<<8 }
