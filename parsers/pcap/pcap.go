// Package pcap reads packet captures: pcap and pcapng files.
//
// capfile yields the frames, a decoder peels the layers of each, and beside it a tracker puts the packets together to connections and
// feeds their content to package service. A packet inside a tunnel belongs to a connection of its own, and so does the
// tunnel. Nothing is dropped for a wrong checksum, and lengths come from the headers, bounded by the length of the frame on
// the wire: a capture made on the endpoint has segments without checksums and without lengths, and a snaplen shortens what
// is read, not what was sent.
package pcap

import (
	"context"
	"fmt"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// Format reads pcap and pcapng captures.
var Format = parsers.Format{
	Name:        "pcap",
	Description: "packet captures, pcap or pcapng",
	Unit:        "frames",
	Sniff:       capfile.Sniff,
	Parse:       parse,
	Show:        show,
}

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	report := func(p evidence.Problem) {
		p.Ref.File = in.Name
		out.Problem(p)
	}
	r, err := newSource(in, in.Size)
	if err != nil {
		return fmt.Errorf("open capture: %w", err)
	}
	s := newSurvey(report)
	t := newTracker(in.Name, out, s)
	if err := r.each(ctx, func(b *batch) { b.hand(s, t) }); err != nil {
		return err
	}
	t.giveUp()
	t.finish()
	s.finish()
	out.Capture(r.census.capture(in.Name, r.Info()))
	stateNames(in.Name, r.Info().Names, out)
	return nil
}

// hand hands the packets of a batch to the tracker.
func (b *batch) hand(s *survey, t *tracker) {
	for _, p := range b.problems {
		s.report(p)
	}
	for i := range b.Frames {
		s.frame(&b.Frames[i], &b.contents[i])
		t.frame(&b.Frames[i], &b.contents[i])
	}
}
