package pcap

import (
	"context"
	"errors"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// endings are what a stretch of the capture brought to an end: connections, and what could not be read.
type endings struct {
	flows    []*flow
	problems []evidence.Problem
}

// follow puts the packets of a capture together, and yields what comes to an end. The memory of connections is used again once
// they were told and rooms more were yielded.
func (t *tracker) follow(ctx context.Context, r *source, yield func(*endings) bool) (err error) {
	var memory [rooms]endings
	told := 0
	for b := range beside(func(yield func(*batch) bool) { r.batches(ctx, yield) }) {
		t.batch(b)
		e := &memory[told%rooms]
		t.handOver(e)
		told++
		if !yield(e) {
			return nil
		}
		err = b.err
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	t.giveUp()
	t.endAll()
	yield(&t.ended)
	return nil
}

// batch takes the frames of a stretch.
func (t *tracker) batch(b *batch) {
	t.ended.problems = append(t.ended.problems, b.problems...)
	for i := range b.Frames {
		t.survey.frame(&b.Frames[i], &b.contents[i])
		t.frame(&b.Frames[i], &b.contents[i])
	}
}

// handOver moves what ended of late to e, whose connections were told long ago.
func (t *tracker) handOver(e *endings) {
	for i, f := range e.flows {
		t.spare.put(f)
		e.flows[i] = nil
	}
	e.flows, t.ended.flows = t.ended.flows, e.flows[:0]
	e.problems, t.ended.problems = t.ended.problems, e.problems[:0]
}

// tell states connections of which nothing more can be learned, and leaves their memory to be used again.
func (e *endings) tell(report func(evidence.Problem), out evidence.Sink, given *leases) {
	for _, p := range e.problems {
		report(p)
	}
	for _, f := range e.flows {
		out.Conn(f.conn())
		given.add(f.result.DHCP)
		f.clear()
	}
}
