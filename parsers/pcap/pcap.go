// Package pcap reads packet captures: pcap and pcapng files.
//
// capfile yields the frames and a decoder peels the layers of each; beside them a tracker puts the packets together to
// connections; beside that a listener feeds what they carry to package service; and beside both the connections that are over
// become evidence. A packet inside a tunnel belongs to a connection of its own, and so does the tunnel. Nothing is dropped for
// a wrong checksum, and lengths come from the headers, bounded by the length of the frame on the wire: a capture made on the
// endpoint has segments without checksums and without lengths, and a snaplen shortens what is read, not what was sent.
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
	var given leases
	survey := newSurvey(report)
	t, l := newTracker(in.Name, survey), newListener(in.Name)
	followed := beside(func(yield func(*stretch) bool) { err = t.follow(ctx, r, yield) })
	for s := range beside(func(yield func(*stretch) bool) { l.listen(followed, yield) }) {
		s.tell(report, out, &given)
	}
	if err != nil {
		return err
	}
	t.finish()
	l.finish(survey)
	survey.finish()
	given.emit(out)
	out.Capture(r.census.capture(in.Name, r.Info()))
	stateNames(in.Name, r.Info().Names, out)
	return nil
}
