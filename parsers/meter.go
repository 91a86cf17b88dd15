package parsers

import (
	"io"
	"sync"
	"sync/atomic"
)

// A meter adds up how far the run is. Every file counts twice: once hashed, once read.
type meter struct {
	report func(done, total int64)
	done   atomic.Int64
	total  int64
}

func newMeter(files []found, report func(done, total int64)) *meter {
	m := &meter{report: report}
	for _, f := range files {
		m.total += 2 * f.size
	}
	return m
}

// A part is one of the two passes over one file.
type part struct {
	meter *meter
	size  int64 // bytes as stored

	mu   sync.Mutex
	done int64
}

func (m *meter) part(size int64) *part { return &part{meter: m, size: size} }

// reach moves the part forward to a position in the file as stored; it never goes back or beyond the end.
func (p *part) reach(pos int64) {
	p.mu.Lock()
	step := min(pos, p.size) - p.done
	if step > 0 {
		p.done += step
	}
	p.mu.Unlock()
	if step > 0 && p.meter.report != nil {
		p.meter.report(p.meter.done.Add(step), p.meter.total)
	}
}

func (p *part) finish() { p.reach(p.size) }

// count follows a reader that reads the file as stored once from the beginning.
func (p *part) count(r io.Reader) io.Reader { return &counted{r: r, part: p} }

type counted struct {
	r    io.Reader
	n    int64
	part *part
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	c.part.reach(c.n)
	return n, err
}

// watch follows the reads of a parser over the unpacked file of the given size.
func (p *part) watch(r io.ReaderAt, size int64) io.ReaderAt { return &watched{r, size, p} }

type watched struct {
	io.ReaderAt
	size int64
	part *part
}

func (w *watched) ReadAt(b []byte, off int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(b, off)
	if end := off + int64(n); n > 0 && end < w.size {
		w.part.reach(int64(float64(w.part.size) * (float64(end) / float64(w.size))))
	}
	return n, err
}
