package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"

	"github.com/wirewitness/wirewitness/report"
)

// named finds a format by its name.
func named[F any](formats []F, name func(F) string, want string) (F, error) {
	for _, f := range formats {
		if name(f) == want {
			return f, nil
		}
	}
	var none F
	return none, fmt.Errorf("--format %q is not one of %s", want, strings.Join(names(formats, name), ", "))
}

func names[F any](formats []F, name func(F) string) (all []string) {
	for _, f := range formats {
		all = append(all, name(f))
	}
	return all
}

func formatName(f report.Format) string         { return f.Name }
func flowFormatName(f report.FlowFormat) string { return f.Name }

// look describes the place that is printed to.
func (sh *shell) look(f *flags) report.Options {
	opt := report.Options{Wide: f.wide}
	if out, ok := sh.stdout.(*os.File); ok && isTerminal(out) {
		opt.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		opt.Width, _, _ = term.GetSize(int(out.Fd())) // 0 where it is not known
	}
	return opt
}

// print writes a report as a whole, so that a failure leaves no half of one, nor does an interruption before it begins. Where much
// was read, little of it is held by now: what is let go of makes room for the report.
func (sh *shell) print(ctx context.Context, write func(io.Writer) error) error {
	if memoryUsed() > roomy {
		runtime.GC()
	}
	all, err := sh.laidOut(ctx, write)
	if err != nil {
		return err
	}
	for _, page := range all {
		if _, err := sh.stdout.Write(page); err != nil {
			return err
		}
	}
	return nil
}

func (sh *shell) laidOut(ctx context.Context, write func(io.Writer) error) (all pages, err error) {
	defer sh.watch(ctx, func() {})()
	err = write(&heeder{ctx: ctx, to: &all})
	return all, cmp.Or(err, ctx.Err())
}

// pages hold what was written. Unlike a bytes.Buffer they are not copied as they grow: a report may be large.
type pages [][]byte

// pageSize is that of a page, unless more is written at once.
const pageSize = 1 << 17

func (p *pages) Write(b []byte) (int, error) {
	last := len(*p) - 1
	if last < 0 || len(b) > cap((*p)[last])-len((*p)[last]) {
		*p = append(*p, make([]byte, 0, max(len(b), pageSize)))
		last++
	}
	(*p)[last] = append((*p)[last], b...)
	return len(b), nil
}
