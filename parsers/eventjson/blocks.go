package eventjson

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// A merger is a Sink that takes what was collected elsewhere, in the order of the file.
type merger interface {
	evidence.Sink
	Merge(*evidence.Batch)
}

// blockLen is how much is handed to a worker at a time, and the longest line that can be.
const blockLen = 1 << 20

// blocks cuts a file at line breaks and reads several stretches at a time. A cut is right when the stretch before it ends
// between two objects; at the first that does not, the rest of the file is read in one go. So nothing that is stated
// depends on where the cuts are, or on whether there are any.
type blocks struct {
	name  string
	in    io.Reader
	out   merger
	size  int
	line  uint64 // of the first byte that is in no block yet
	rest  []byte // what was read behind the last line break
	ended bool   // no more blocks can be cut
	free  []*block
	work  chan *block
}

// A block is a stretch of lines and what it states.
type block struct {
	data     []byte
	line     uint64
	batch    evidence.Batch
	between  bool // it ends between two objects
	err      error
	panicked any
	done     chan struct{}
}

// read reads the file with the given number of workers. Twice as many blocks are under way, in the order of the file.
func (bs *blocks) read(ctx context.Context, jobs int) error {
	bs.work = make(chan *block, 2*jobs)
	var running sync.WaitGroup
	defer running.Wait()
	defer close(bs.work)
	for range jobs {
		running.Go(func() { bs.worker(ctx) })
	}
	var pending []*block
	for {
		for len(pending) < 2*jobs && !bs.ended {
			if b := bs.cut(); b != nil {
				pending = append(pending, b)
				bs.work <- b
			}
		}
		if len(pending) == 0 {
			return bs.inOneGo(ctx, nil)
		}
		b := pending[0]
		<-b.done
		switch {
		case b.panicked != nil:
			panic(b.panicked)
		case b.err != nil:
			return b.err
		case !b.between:
			return bs.inOneGo(ctx, pending)
		}
		bs.out.Merge(&b.batch)
		pending = pending[1:]
		bs.free = append(bs.free, b)
	}
}

// cut reads up to the last line break that fits into a block. Where there is none, or nothing more to read, it is nil.
func (bs *blocks) cut() *block {
	b := bs.spare()
	b.data = append(b.data[:0], bs.rest...)
	for len(b.data) < bs.size && !bs.ended {
		n, err := bs.in.Read(b.data[len(b.data):bs.size])
		b.data = b.data[:len(b.data)+n]
		if err != nil {
			bs.ended, bs.in = true, over{err}
		}
	}
	end := bytes.LastIndexByte(b.data, '\n') + 1
	bs.rest = append(bs.rest[:0], b.data[end:]...)
	if end == 0 {
		bs.ended = true
		return nil
	}
	b.data, b.line = b.data[:end], bs.line
	bs.line += uint64(bytes.Count(b.data, []byte{'\n'}))
	return b
}

func (bs *blocks) spare() *block {
	n := len(bs.free)
	if n == 0 {
		return &block{data: make([]byte, 0, bs.size), done: make(chan struct{}, 1)}
	}
	b := bs.free[n-1]
	bs.free = bs.free[:n-1]
	return b
}

// inOneGo reads the given blocks and what follows them.
func (bs *blocks) inOneGo(ctx context.Context, pending []*block) error {
	line := bs.line
	var parts []io.Reader
	for i, b := range pending {
		if i == 0 {
			line = b.line
		} else {
			<-b.done
		}
		parts = append(parts, bytes.NewReader(b.data))
	}
	s := newSplitter(io.MultiReader(append(parts, bytes.NewReader(bs.rest), bs.in)...), maxObject)
	s.line = line
	_, err := read(ctx, s, &reader{file: bs.name, out: bs.out})
	return err
}

// worker reads blocks until there are no more. What it has learned of one it keeps for the next.
func (bs *blocks) worker(ctx context.Context) {
	r, s := &reader{file: bs.name}, &splitter{limit: maxObject}
	for b := range bs.work {
		b.read(ctx, s, r)
		b.done <- struct{}{}
	}
}

func (b *block) read(ctx context.Context, s *splitter, r *reader) {
	defer func() { b.panicked = recover() }()
	b.batch.Reset()
	r.out = &b.batch
	s.Window, s.line, s.eol = winevent.WindowOver(b.data), b.line, 0
	b.between, b.err = read(ctx, s, r)
}

// over is a reader that has ended.
type over struct{ err error }

func (o over) Read([]byte) (int, error) { return 0, o.err }
