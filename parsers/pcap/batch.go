package pcap

import (
	"context"
	"io"
	"slices"

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
}

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

// batches yields one after the other until there is nothing more to read. What connections say lies in their memory, until it was
// heard.
func (s *source) batches(ctx context.Context, yield func(*batch) bool) {
	var memory [2 * rooms]batch
	for i := 0; ; i++ {
		b := &memory[i%len(memory)]
		if s.read(b); ctx.Err() != nil {
			b.err = ctx.Err()
		}
		if !yield(b) || b.err != nil {
			return
		}
	}
}

func (s *source) read(b *batch) {
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
