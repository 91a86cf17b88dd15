package parsers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Options are how Run works; none of them changes what it returns.
type Options struct {
	Jobs     int                     // files read at the same time, 0 for one per processor
	Progress func(done, total int64) // called from several goroutines; bytes as stored
	Spool    string                  // folder for unpacked evidence, "" for the system's
	// Overflow returns where connections of one file go that memory has no room for; nil when all of them stay.
	Overflow func() evidence.Overflow
}

// Run reads the files under args with the first format that recognises each. Results are sorted by name. The error is
// ctx's, or an argument that cannot be found; whatever is wrong with a single file stands in its Source.
func Run(ctx context.Context, args []string, formats []Format, opt Options) ([]*Source, error) {
	r, err := begin(ctx, args, formats, opt)
	if err != nil {
		return nil, err
	}
	defer r.close()
	r.skipCopies()
	if err := r.each(ctx, len(r.opened), func(i int) { r.read(ctx, r.opened[i]) }); err != nil {
		return nil, err
	}
	return r.sources(), nil
}

// begin finds the files, recognises and names them, and sorts them by name.
func begin(ctx context.Context, args []string, formats []Format, opt Options) (*run, error) {
	files, err := walk(ctx, args)
	if err != nil {
		return nil, err
	}
	r := &run{formats: formats, opt: opt, meter: newMeter(files, opt.Progress)}
	r.opened = make([]*opened, len(files))
	if err := r.each(ctx, len(files), func(i int) { r.opened[i] = r.look(files[i]) }); err != nil {
		return nil, err
	}
	if err := r.hashFirst(ctx); err != nil {
		r.close()
		return nil, err
	}
	nameApart(r.opened)
	slices.SortFunc(r.opened, func(a, b *opened) int { return cmp.Compare(a.Name, b.Name) })
	return r, nil
}

// A run is one call of Run.
type run struct {
	formats []Format
	opt     Options
	meter   *meter
	opened  []*opened
	toRead  int64 // bytes of the files that are parsed, as stored
}

// An opened is a file on its way through the run.
type opened struct {
	*Source
	found
	folder string
	format *Format
	id     identity
	part   *part
	copyOf *opened

	// Of a file that was hashed before anything was parsed: the SHA-256 of its bytes as unpacked, and what they were unpacked into.
	content string
	input   *input
}

func (r *run) jobs() int { return cmp.Or(max(r.opt.Jobs, 0), runtime.GOMAXPROCS(0)) }

// share is how many of the jobs a file gets: as many as it has of all bytes, at least one.
func (r *run) share(o *opened) int {
	return max(1, int(math.Ceil(float64(r.jobs())*float64(o.size)/float64(max(r.toRead, 1)))))
}

// each calls do for 0..n-1, several at a time, and returns ctx's error.
func (r *run) each(ctx context.Context, n int, do func(int)) error {
	var g errgroup.Group
	g.SetLimit(r.jobs())
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error { do(i); return nil })
	}
	g.Wait()
	return ctx.Err()
}

// read parses a recognised file that is no copy, and hashes any.
func (r *run) read(ctx context.Context, o *opened) {
	defer o.part.finish()
	if o.format != nil && o.copyOf == nil {
		if err := r.parse(ctx, o); err != nil {
			o.problemOf(err)
		}
		o.settle()
	}
	if o.format == nil {
		if err := o.hash(ctx, o.part); err != nil {
			o.err, o.State = cmp.Or(o.err, err), Unreadable
		}
	}
	if o.err != nil {
		o.notOpened()
	}
}

func (r *run) parse(ctx context.Context, o *opened) error {
	in, err := r.inputOf(ctx, o)
	if err != nil {
		o.hash(ctx, o.part)
		return err
	}
	defer in.Close()
	if in.loss != nil {
		o.Batch.Problem(in.loss.of(o.Name))
	}
	err = o.parse(ctx, &Input{Name: o.Name, Folder: o.folder, Size: in.size, Jobs: r.share(o), ReaderAt: in})
	unread := in.finish(o)
	return cmp.Or(err, in.unchanged(), unread)
}

// inputOf opens a file, unless it had to be opened before.
func (r *run) inputOf(ctx context.Context, o *opened) (*input, error) {
	if in := o.input; in != nil {
		o.input = nil
		return in, nil
	}
	return r.openInput(ctx, o, r.share(o), nil)
}

func (o *opened) parse(ctx context.Context, in *Input) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = evidence.Problem{Kind: evidence.Defect, Ref: evidence.Ref{File: o.Name}, Err: fmt.Errorf("panic: %v in %s", p, culprit())}
		}
	}()
	defer o.Batch.Settle()
	return o.format.Parse(ctx, in, o.Batch)
}

// culprit names the function that panicked, as seen from a deferred one.
func culprit() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if !more || !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s, line %d", f.Function, f.Line)
		}
	}
}

// problemOf notes what Parse returned.
func (o *opened) problemOf(err error) {
	var p evidence.Problem
	switch {
	case errors.As(err, &p):
		o.Batch.Problem(p)
	case errors.Is(err, io.ErrUnexpectedEOF):
		o.problem(evidence.Truncated, err)
	default:
		o.problem(evidence.Unreadable, err)
	}
}

// close closes what was opened early and not parsed.
func (r *run) close() {
	for _, o := range r.opened {
		if o != nil {
			o.letGo()
		}
	}
}

// letGo closes what was opened early.
func (o *opened) letGo() {
	if o.input != nil {
		o.input.Close()
		o.input = nil
	}
}

func (r *run) sources() []*Source {
	all := make([]*Source, len(r.opened))
	for i, o := range r.opened {
		if o.copyOf != nil {
			o.State = o.copyOf.State
		}
		o.figures()
		all[i] = o.Source
	}
	return all
}
