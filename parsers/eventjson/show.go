package eventjson

import (
	"context"
	"errors"
	"io"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// show returns the objects that begin in a line.
func show(ctx context.Context, in *parsers.Input, ref evidence.Ref) (all []evidence.Original, err error) {
	if ref.Unit != "line" {
		return nil, parsers.ErrNotShown
	}
	objects := newSplitter(winevent.Text(in.Reader()), maxObject)
	for len(all) < evidence.MaxOriginals {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o, err := objects.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err != nil || o.line > ref.N {
			break
		}
		if o.line == ref.N {
			all = append(all, evidence.Original{Ref: ref, Text: string(o.text)})
		}
	}
	return all, nil
}
