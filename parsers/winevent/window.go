package winevent

import "io"

// A Window shows the stretch of a stream that has been read and not consumed. It grows until the caller has a whole record
// in it; how long that may be is for the caller to decide.
type Window struct {
	in  io.Reader
	buf []byte
	pos int   // first byte not consumed
	err error // of in, once it has ended
}

// NewWindow returns an empty window on in. It is wide enough for Text to read straight into it.
func NewWindow(in io.Reader) Window { return Window{in: in, buf: make([]byte, 0, 256<<10)} }

// WindowOver returns a window that shows all of b, and nothing comes after it.
func WindowOver(b []byte) Window { return Window{buf: b, err: io.EOF} }

// Bytes returns what is in the window, valid until the next call of More.
func (w *Window) Bytes() []byte { return w.buf[w.pos:] }

// Take consumes and returns the first n bytes, valid until the next call of More.
func (w *Window) Take(n int) []byte {
	b := w.buf[w.pos : w.pos+n]
	w.pos += n
	return b
}

// Err returns why there is no more: io.EOF at the end.
func (w *Window) Err() error { return w.err }

// More reads on and tells whether anything came. The buffer doubles only when it is full of what is not consumed.
func (w *Window) More() bool {
	if w.err != nil {
		return false
	}
	w.buf = w.buf[:copy(w.buf, w.buf[w.pos:])]
	w.pos = 0
	if len(w.buf) == cap(w.buf) {
		w.buf = append(make([]byte, 0, 2*cap(w.buf)), w.buf...)
	}
	const tries = 100 // a reader that returns nothing so often will not return anything
	for range tries {
		n, err := w.in.Read(w.buf[len(w.buf):cap(w.buf)])
		w.buf, w.err = w.buf[:len(w.buf)+n], err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	w.err = io.ErrNoProgress
	return false
}
