package cmd

import (
	"context"
	"fmt"

	"github.com/wirewitness/wirewitness/analyze"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/all"
)

// examine reads the evidence, joins it and looks for what is suspicious.
func (sh *shell) examine(ctx context.Context, args []string, f *flags) (*analyze.Result, error) {
	joined, err := sh.join(ctx, args, f)
	if err != nil {
		return nil, err
	}
	bar := newProgress(sh.stderr)
	bar.say("analysing")
	defer sh.watch(ctx, bar.clear)()
	defer bar.clear()
	return joined.Judge(ctx)
}

// join reads the evidence and joins it. Whatever is left unread shows in the exit status.
func (sh *shell) join(ctx context.Context, args []string, f *flags) (*analyze.Joined, error) {
	opt, err := f.options()
	if err != nil {
		return nil, err
	}
	if sh.budget, err = newBudget(f.maxMemory); err != nil {
		return nil, err
	}
	bar := newProgress(sh.stderr)
	defer sh.watch(ctx, bar.clear)()
	defer bar.clear()
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
