// Package pcap reads packet captures: pcap and pcapng files.
//
// capfile yields the frames, a decoder peels the layers of each, a tracker puts the packets together to connections and
// feeds their content to package service. A packet inside a tunnel belongs to a connection of its own, and so does the
// tunnel. Nothing is dropped for a wrong checksum, and lengths come from the headers, bounded by the length of the frame on
// the wire: a capture made on the endpoint has segments without checksums and without lengths, and a snaplen shortens what
// is read, not what was sent.
package pcap

import (
	"context"
	"errors"
	"fmt"
	"io"

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

// cancelEvery is the number of frames between two looks at the context.
const cancelEvery = 4096

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	report := func(p evidence.Problem) {
		p.Ref.File = in.Name
		out.Problem(p)
	}
	r, err := capfile.Open(in, in.Size, report)
	if err != nil {
		return fmt.Errorf("open capture: %w", err)
	}
	s := newSurvey(in.Name, report)
	t := newTracker(in.Name, out, s)
	if err := frames(ctx, r, s, t); err != nil {
		return err
	}
	t.giveUp()
	t.finish()
	s.finish()
	out.Capture(s.capture(r.Info()))
	s.names(r.Info().Names, out)
	return nil
}

// frames runs every frame of the capture through the decoder and hands its packets to the tracker.
func frames(ctx context.Context, r *capfile.Reader, s *survey, t *tracker) error {
	var f capfile.Frame
	var d decoder
	for {
		if f.Number%cancelEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.Next(&f); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read frame %d: %w", f.Number+1, err)
		}
		err := d.decode(&f)
		s.frame(&f, &d, err)
		t.frame(&f, &d)
	}
}
