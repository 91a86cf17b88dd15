package pcap

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// show returns a frame as it was captured.
func show(ctx context.Context, in *parsers.Input, ref evidence.Ref) ([]evidence.Original, error) {
	if ref.Unit != "frame" {
		return nil, parsers.ErrNotShown
	}
	r, err := capfile.Open(in, in.Size, func(evidence.Problem) {})
	if err != nil {
		return nil, fmt.Errorf("open capture: %w", err)
	}
	for b := (capfile.Block{}); err == nil && ctx.Err() == nil; {
		err = r.Read(&b)
		for i := range b.Frames {
			if f := &b.Frames[i]; f.Number == ref.N {
				return []evidence.Original{{Ref: ref, Data: slices.Clone(f.Data), Note: noteOf(f)}}, nil
			}
		}
	}
	if errors.Is(err, io.EOF) {
		return nil, parsers.ErrNoRecord
	}
	return nil, cmp.Or(ctx.Err(), err)
}

// noteOf is what a capture says about a frame beside its bytes.
func noteOf(f *capfile.Frame) string {
	at := "at a time the file does not state"
	if !f.Time.IsZero() {
		at = f.Time.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("%s, %s, %d bytes, %d of them captured", at, linkName(f.LinkType), f.OrigLen, len(f.Data))
}
