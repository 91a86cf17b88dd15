package parsers

import (
	"io"
	"sync"
	"sync/atomic"
)

// A meter adds up how far the run is.
type meter struct {
	report func(done, total int64)
	done   atomic.Int64
	total  int64
}

func newMeter(files []found, report func(done, total int64)) *meter {
	m := &meter{report: report}
	for _, f := range files {
		m.total += f.size
	}
	return m
}

// A part is one file.
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

// follow follows the reads of somebody who goes through size bytes, which are the part from one fraction of it to another.
func (p *part) follow(r io.ReaderAt, size int64, from, to float64) io.ReaderAt {
	return &followed{r, size, p, from, to}
}

type followed struct {
	io.ReaderAt
	size     int64
	part     *part
	from, to float64
}

func (f *followed) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(b, off)
	if end := off + int64(n); n > 0 && end < f.size {
		f.part.reach(int64(float64(f.part.size) * (f.from + (f.to-f.from)*float64(end)/float64(f.size))))
	}
	return n, err
}
