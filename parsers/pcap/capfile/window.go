package capfile

import (
	"errors"
	"fmt"
	"io"
)

// window is a buffer over a part of the file that moves forward.
type window struct {
	in   io.ReaderAt
	size int64
	buf  []byte
	at   int64 // offset of the next unread byte
	from int64 // offset of buf[0]

	kept    []byte // the memory before buf, unless keeping
	spare   []byte // to go on in
	keeping bool

	scratch [lookLen]byte
}

// lookLen is the most that look returns.
const lookLen = 24

// minRead is how much the window reads at once.
const minRead = 256 << 10

// keep says that what is in memory stays in use, and gives other memory to go on in.
func (w *window) keep(spare []byte) { w.kept, w.spare, w.keeping = nil, spare, true }

// moved returns the memory that was kept once the window has gone on.
func (w *window) moved() (kept []byte, moved bool) { return w.kept, !w.keeping }

// peek returns the next n bytes without moving, fewer at the end of the file. They are valid until the next call, or as long
// as they are kept.
func (w *window) peek(n int) ([]byte, error) {
	if left := w.size - w.at; int64(n) > left {
		n = int(max(left, 0))
	}
	if w.at < w.from || w.at+int64(n) > w.from+int64(len(w.buf)) {
		if err := w.fill(n); err != nil {
			return nil, err
		}
	}
	start := int(w.at - w.from)
	return w.buf[start:min(start+n, len(w.buf))], nil
}

func (w *window) fill(n int) error {
	n = int(min(int64(n+minRead-1)/minRead*minRead, w.size-w.at))
	if w.keeping {
		w.kept, w.buf, w.spare, w.keeping = w.buf, w.spare, nil, false
	}
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	w.buf = w.buf[:n]
	w.from = w.at
	got, err := w.in.ReadAt(w.buf, w.at)
	w.buf = w.buf[:got]
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read at offset %d: %w", w.at, err)
	}
	if got < n {
		w.size = w.at + int64(got)
	}
	return nil
}

// look returns n bytes at an offset, fewer at the end of the file, and leaves the window where it is: a search may look far
// ahead at every byte without reading the file again for each.
func (w *window) look(off int64, n int) []byte {
	n = int(min(int64(n), max(w.size-off, 0)))
	if off >= w.from && off+int64(n) <= w.from+int64(len(w.buf)) {
		return w.buf[off-w.from:][:n]
	}
	got, _ := w.in.ReadAt(w.scratch[:n], off)
	return w.scratch[:got]
}

func (w *window) left() int64 { return w.size - w.at }
