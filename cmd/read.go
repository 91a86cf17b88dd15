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
func (sh *shell) examine(ctx context.Context, args []string, f *flags) (result *analyze.Result, err error) {
	err = sh.join(ctx, args, f, func(j *analyze.Joined) error {
		result, err = j.Judge(ctx)
		return err
	})
	return result, err
}

// join reads the evidence, joins it and hands it on. Whatever is left unread shows in the exit status.
func (sh *shell) join(ctx context.Context, args []string, f *flags, then func(*analyze.Joined) error) error {
	opt, err := f.options()
	if err != nil {
		return err
	}
	if sh.budget, err = newBudget(f.maxMemory); err != nil {
		return err
	}
	leave := context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { os.Exit(statusInterrupted) }) })
	defer leave() // from here on something may be half written
	bar := newProgress(sh.stderr)
	defer bar.clear()
	sources, err := parsers.Run(ctx, args, all.Formats, parsers.Options{Jobs: f.jobs, Progress: bar.report, Overflow: sh.budget.space.For})
	if err != nil {
		return err
	}
	bar.say("analysing")
	sh.judge(sources)
	joined, err := analyze.Join(ctx, convert(sources), opt)
	if err != nil {
		return err
	}
	return then(joined)
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
