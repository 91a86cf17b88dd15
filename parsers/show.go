package parsers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Show returns the records that a reference of Run's with the same arguments leads to.
func Show(ctx context.Context, args []string, formats []Format, ref evidence.Ref, opt Options) ([]evidence.Original, error) {
	r, err := begin(ctx, args, formats, opt)
	if err != nil {
		return nil, err
	}
	defer r.close()
	i := slices.IndexFunc(r.opened, func(o *opened) bool { return o.Name == ref.File })
	if i < 0 {
		return nil, fmt.Errorf("no file %q among the evidence: names depend on the arguments, which must be those of the report", ref.File)
	}
	return r.show(ctx, r.opened[i], ref)
}

func (r *run) show(ctx context.Context, o *opened, ref evidence.Ref) (all []evidence.Original, err error) {
	if o.err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, o.err)
	}
	if o.format == nil {
		return nil, fmt.Errorf("%s: no format recognises it", o.Name)
	}
	in, err := r.inputOf(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	defer in.Close()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: panic: %v in %s", o.Name, p, culprit())
		}
	}()
	all, err = o.format.Show(ctx, &Input{Name: o.Name, Folder: o.folder, Size: in.size, ReaderAt: in}, ref)
	if err == nil && len(all) == 0 {
		err = ErrNoRecord
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s %d: %w", o.Name, ref.Unit, ref.N, err)
	}
	return all, in.unchanged()
}

// ShowLine is Show for a log of lines.
func ShowLine(ctx context.Context, in *Input, ref evidence.Ref) ([]evidence.Original, error) {
	if ref.Unit != "line" {
		return nil, ErrNotShown
	}
	for l := NewLines(in); ; {
		if l.N%lookEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !l.Next() {
			return nil, errors.Join(l.Err, ErrNoRecord)
		}
		if l.N == ref.N {
			return []evidence.Original{{Ref: ref, Text: string(l.Text)}}, nil
		}
	}
}

// lookEvery is the number of lines between two looks at the context.
const lookEvery = 4096
