package eventxml

import (
	"context"
	"errors"
	"io"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// show returns the element at a position.
func show(ctx context.Context, in *parsers.Input, ref evidence.Ref) ([]evidence.Original, error) {
	if ref.Unit != "event" {
		return nil, parsers.ErrNotShown
	}
	elements := newSplitter(winevent.Text(in.Reader()), maxEvent)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, err := elements.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil, parsers.ErrNoRecord
		case err != nil:
			return nil, err
		case e.n == ref.N:
			return []evidence.Original{{Ref: ref, Text: string(e.text)}}, nil
		}
	}
}
