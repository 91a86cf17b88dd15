package pcap

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// A batch is a stretch of the capture whose frames are taken apart.
type batch struct {
	capfile.Block
	contents []contents // of each frame
	room     []packet   // that they lie in
	problems []evidence.Problem
	err      error // why it is the last
	panicked any
}

// batches is how many are on their way: while one is put together to connections, others are read and taken apart.
const batches = 4

// A source reads a capture in batches.
type source struct {
	*capfile.Reader
	decoder  decoder
	census   census
	problems []evidence.Problem // met since the last batch
}

func newSource(in io.ReaderAt, size int64) (*source, error) {
	s := &source{census: census{linked: map[capfile.LinkType]bool{}}}
	r, err := capfile.Open(in, size, func(p evidence.Problem) { s.problems = append(s.problems, p) })
	s.Reader = r
	return s, err
}

// each calls do with one batch after the other, beside the reading. The memory of a batch is used again.
func (s *source) each(ctx context.Context, do func(*batch)) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()

	done, free := make(chan *batch, batches), make(chan *batch, batches)
	for range batches {
		free <- &batch{}
	}
	running.Go(func() { s.fill(ctx, free, done) })
	for {
		select {
		case b := <-done:
			if b.panicked != nil {
				panic(b.panicked)
			}
			do(b)
			if b.err != nil {
				return unlessEnd(b.err)
			}
			free <- b
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// fill fills batches until there is nothing more to read.
func (s *source) fill(ctx context.Context, free <-chan *batch, done chan<- *batch) {
	for {
		select {
		case b := <-free:
			s.read(b)
			done <- b
			if b.err != nil || b.panicked != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (s *source) read(b *batch) {
	defer func() { b.panicked = recover() }()
	b.err = s.Read(&b.Block)
	b.problems, s.problems = s.problems, b.problems[:0]
	b.contents, b.room = b.contents[:0], slices.Grow(b.room[:0], len(b.Frames)+maxInFrame)
	room := b.room
	for i := range b.Frames {
		s.decoder.decode(&b.Frames[i], room)
		s.census.frame(&b.Frames[i], &s.decoder.contents)
		b.contents = append(b.contents, s.decoder.contents)
		room = s.decoder.packets[len(s.decoder.packets):]
	}
}
