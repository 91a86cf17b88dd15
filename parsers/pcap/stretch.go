package pcap

import (
	"context"
	"errors"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// A stretch is what came of a batch: what connections did, those of which nothing more can be learned, and what could not be read.
type stretch struct {
	turns    []turn
	over     []*flow
	problems []evidence.Problem
}

// A turn is what the listener hears of a connection, in the order of the capture.
type turn struct {
	what
	flow *flow
	service.Chunk
}

// what a connection did.
type what uint8

// The turns of a connection: one of the first kind, any number of the second, and one of the last that counts.
const (
	begun what = iota
	spoken
	ended
)

func (s *stretch) turn(w what, f *flow, c service.Chunk) {
	s.turns = append(s.turns, turn{w, f, c})
}

// follow puts the packets of a capture together, and yields stretch after stretch. It looks at what was yielded again after
// twice as many as there are rooms, when those behind have done with it.
func (t *tracker) follow(ctx context.Context, r *source, yield func(*stretch) bool) (err error) {
	var memory [2 * rooms]stretch
	told := 0
	tell := func() bool {
		s := &memory[told%len(memory)]
		t.handOver(s)
		told++
		return yield(s)
	}
	for b := range beside(func(yield func(*batch) bool) { r.batches(ctx, yield) }) {
		if t.batch(b); !tell() {
			return nil
		}
		err = b.err
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	if t.giveUp(); tell() {
		t.endAll(tell)
	}
	return nil
}

// batch takes the frames of a stretch.
func (t *tracker) batch(b *batch) {
	t.latest.problems = append(t.latest.problems, b.problems...)
	for i := range b.Frames {
		t.survey.frame(&b.Frames[i], &b.contents[i])
		t.frame(&b.Frames[i], &b.contents[i])
	}
}

// ordinaryTurns are more than a batch has in which no connections end that had much waiting; room for more is not kept.
const ordinaryTurns = 1 << 14

// handOver moves what came of late to s, whose connections were told long ago.
func (t *tracker) handOver(s *stretch) {
	for i, f := range s.over {
		t.spare.put(f)
		s.over[i] = nil
	}
	was := *s
	*s = t.latest
	t.latest = stretch{turns: was.turns[:0], over: was.over[:0], problems: was.problems[:0]}
	if cap(was.turns) > ordinaryTurns {
		t.latest.turns = nil
	}
}

// tell states connections of which nothing more can be learned, and leaves their memory to be used again.
func (s *stretch) tell(report func(evidence.Problem), out evidence.Sink, given *leases) {
	for _, p := range s.problems {
		report(p)
	}
	for _, f := range s.over {
		out.Conn(f.conn())
		given.add(f.result.DHCP)
		f.clear()
	}
}
