package cmd

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/wirewitness/wirewitness/analyze"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/all"
)

// grace is how long an interrupted run may take to stop by itself.
const grace = 800 * time.Millisecond

// examine reads the evidence, joins it and looks for what is suspicious.
func (sh *shell) examine(ctx context.Context, args []string, f *flags) (*analyze.Result, error) {
	bar, done := sh.watch(ctx)
	defer done()
	joined, err := sh.read(ctx, bar, args, f)
	if err != nil {
		return nil, err
	}
	return joined.Judge(ctx)
}

// join reads the evidence and joins it.
func (sh *shell) join(ctx context.Context, args []string, f *flags) (*analyze.Joined, error) {
	bar, done := sh.watch(ctx)
	defer done()
	return sh.read(ctx, bar, args, f)
}

// watch shows progress and sees to it that an interrupted run stops, until done is called: from then on something may be
// half written.
func (sh *shell) watch(ctx context.Context) (bar *progress, done func()) {
	leave := context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { os.Exit(statusInterrupted) }) })
	bar = newProgress(sh.stderr)
	return bar, func() {
		bar.clear()
		leave()
	}
}

// read does the work of join. Whatever is left unread shows in the exit status.
func (sh *shell) read(ctx context.Context, bar *progress, args []string, f *flags) (*analyze.Joined, error) {
	opt, err := f.options()
	if err != nil {
		return nil, err
	}
	if sh.budget, err = newBudget(f.maxMemory); err != nil {
		return nil, err
	}
	sources, err := parsers.Run(ctx, args, all.Formats, parsers.Options{Jobs: f.jobs, Progress: bar.report, Overflow: sh.budget.space.For})
	if err != nil {
		return nil, err
	}
	bar.say("analysing")
	sh.judge(sources)
	return analyze.Join(ctx, convert(sources), opt)
}

// judge sets the exit status that the state of the files calls for.
func (sh *shell) judge(sources []*parsers.Source) {
	recognised := 0
	for _, s := range sources {
		if s.Incomplete() {
			sh.status = statusIncomplete
		}
		if s.Format != "" {
			recognised++
		}
	}
	if recognised == 0 {
		fmt.Fprintf(sh.stderr, "wirewitness: none of %d files is in a format that is read here (see: wirewitness formats)\n", len(sources))
	}
}

// convert hands the files over to the analysis, which knows nothing of formats.
func convert(sources []*parsers.Source) []analyze.Source {
	out := make([]analyze.Source, len(sources))
	for i, s := range sources {
		out[i] = analyze.Source{Batch: s.Batch, File: finding.File{
			Name: s.Name, Size: s.Size, SHA256: s.SHA256, Format: s.Format, State: s.State, Unpacked: s.Unpacked,
			Records: s.Records, Unit: s.Unit, Problems: s.Problems, ProblemsTotal: s.ProblemsTotal, Lost: s.Lost, SameAs: s.SameAs,
		}}
	}
	return out
}
