package parsers

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Options are how Run works; none of them changes what it returns.
type Options struct {
	Jobs     int                     // files read at the same time, 0 for one per processor
	Progress func(done, total int64) // called from several goroutines; bytes, every file counted twice (hashed, read)
	Spool    string                  // folder for unpacked evidence, "" for the system's
}

// Run reads the files under args with the first format that recognises each. Results are sorted by name. The error is
// ctx's, or an argument that cannot be found; whatever is wrong with a single file stands in its Source.
func Run(ctx context.Context, args []string, formats []Format, opt Options) ([]*Source, error) {
	files, err := walk(ctx, args)
	if err != nil {
		return nil, err
	}
	r := &run{formats: formats, opt: opt, meter: newMeter(files, opt.Progress)}
	r.opened = make([]*opened, len(files))
	if err := r.each(ctx, len(files), func(i int) { r.opened[i] = r.look(ctx, files[i]) }); err != nil {
		return nil, err
	}
	nameApart(r.opened)
	slices.SortFunc(r.opened, func(a, b *opened) int { return cmp.Compare(a.Name, b.Name) })
	r.skipCopies()
	if err := r.each(ctx, len(files), func(i int) { r.read(ctx, r.opened[i]) }); err != nil {
		return nil, err
	}
	return r.sources(), nil
}

// A run is one call of Run.
type run struct {
	formats []Format
	opt     Options
	meter   *meter
	opened  []*opened
}

// An opened is a file on its way through the run.
type opened struct {
	*Source
	found
	folder string
	format *Format
	id     identity
	copyOf *opened
}

func (r *run) jobs() int { return cmp.Or(max(r.opt.Jobs, 0), runtime.GOMAXPROCS(0)) }

// share is how many of the jobs a file gets: as many as it has of all bytes, at least one.
func (r *run) share(o *opened) int {
	total := int64(0)
	for _, o := range r.opened {
		if o.format != nil && o.copyOf == nil {
			total += o.size
		}
	}
	return max(1, int(math.Ceil(float64(r.jobs())*float64(o.size)/float64(max(total, 1)))))
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

// look hashes a file and finds its format.
func (r *run) look(ctx context.Context, f found) *opened {
	o := &opened{found: f, Source: &Source{Name: f.name, Size: uint64(f.size), State: Unreadable, Batch: &evidence.Batch{}}}
	if o.folder = path.Dir(f.name); o.folder == "." {
		o.folder = ""
	}
	part := r.meter.part(f.size)
	defer part.finish()
	if o.id, o.err = identify(ctx, &f, r.recognised, part); o.err == nil {
		o.identified()
	}
	return o
}

// notOpened keeps the reason. What holds no bytes of its own is no evidence that went unread.
func (o *opened) notOpened() {
	if errors.As(o.err, new(specialError)) {
		o.State = Unknown
		o.problem(evidence.Unsupported, o.err)
		return
	}
	o.problem(kindOf(o.err), o.err)
}

// identified fills in what the first pass learned.
func (o *opened) identified() {
	o.Size, o.SHA256, o.format = uint64(o.id.size), hex.EncodeToString(o.id.stored[:]), o.id.format
	if o.id.packed != nil {
		o.Unpacked = o.id.packed.name
	}
	switch {
	case len(o.id.head) == 0 && o.id.stuck != nil:
		o.err = o.id.stuck
	case len(o.id.head) == 0:
		o.State = Empty
	case o.format == nil:
		o.State = Unknown
	default:
		o.Format, o.Unit = o.format.Name, o.format.Unit
	}
	o.id.head = nil
}

// recognised returns the first format that says yes. A format whose Sniff panics does not.
func (r *run) recognised(head []byte) *Format {
	for i := range r.formats {
		if sniffs(&r.formats[i], head) {
			return &r.formats[i]
		}
	}
	return nil
}

func sniffs(f *Format, head []byte) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	return f.Sniff(head)
}

// skipCopies leaves files out whose content stands in an earlier one too.
func (r *run) skipCopies() {
	first := map[[32]byte]*opened{}
	for _, o := range r.opened {
		if o.format == nil {
			continue
		}
		if of := first[o.id.content]; of != nil {
			o.copyOf, o.SameAs = of, of.Name
			continue
		}
		first[o.id.content] = o
	}
}

// read parses a recognised file.
func (r *run) read(ctx context.Context, o *opened) {
	part := r.meter.part(o.size)
	defer part.finish()
	if o.err != nil {
		o.notOpened()
	}
	if o.format == nil || o.copyOf != nil {
		return
	}
	if err := r.parse(ctx, o, part); err != nil {
		o.problemOf(err)
	}
	o.settle()
}

func (r *run) parse(ctx context.Context, o *opened, part *part) (err error) {
	in, err := openInput(ctx, o, r.opt.Spool)
	if err != nil {
		return err
	}
	defer in.Close()
	defer func() {
		if p := recover(); p != nil {
			err = evidence.Problem{Kind: evidence.Defect, Ref: evidence.Ref{File: o.Name}, Err: fmt.Errorf("panic: %v in %s", p, culprit())}
		}
	}()
	err = o.format.Parse(ctx, &Input{Name: o.Name, Folder: o.folder, Size: in.size, Jobs: r.share(o), ReaderAt: part.watch(in, in.size)}, o.Batch)
	return cmp.Or(err, in.unchanged())
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
