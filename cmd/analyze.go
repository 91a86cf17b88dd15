package cmd

import (
	"context"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/report"
)

// analyze is the main job: read, join, judge, report.
func (sh *shell) analyze() *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use:   "analyze EVIDENCE...",
		Short: "Say which process sent what where, ranked, with reasons",
		Long:  "Evidence is any mix of files and folders; formats are recognised by content.\n\n" + statuses,
		Args:  cobra.MinimumNArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return sh.runAnalyze(c, args, f) },
	}
	f.register(c, names(report.Formats, formatName))
	fs := c.Flags()
	fs.StringVarP(&f.out, "out", "o", "", "write report.html, findings.json, flows.jsonl and manifest.json into this folder, which must lie outside the evidence")
	fs.StringVar(&f.caseName, "case", "", "case name for the report")
	fs.StringVar(&f.examiner, "examiner", "", "examiner's name for the report")
	fs.StringVar(&f.minSeverity, "min-severity", "", "report findings of this severity and above: info, low, medium, high, critical")
	fs.StringVar(&f.failOn, "fail-on", "", "exit with 2 when there is a finding of this severity or above, reported or not")
	return c
}

func (sh *shell) runAnalyze(c *cobra.Command, args []string, f *flags) error {
	format, err := named(report.Formats, formatName, f.format)
	if err != nil {
		return err
	}
	failOn, err := severity("--fail-on", f.failOn)
	if err != nil {
		return err
	}
	if f.out != "" {
		if f.out, err = filepath.Abs(f.out); err != nil {
			return err
		}
		if err := outside(f.out, args); err != nil {
			return err
		}
	}
	result, err := sh.examine(c.Context(), args, f)
	if err != nil {
		return err
	}
	ctx := c.Context()
	if f.out != "" {
		if err := sh.writeCase(ctx, f.out, result); err != nil {
			return err
		}
		ctx = context.WithoutCancel(ctx) // all is there
	}
	if f.failOn != "" && reaches(result.Document, failOn) {
		sh.status = statusFindings
	}
	return sh.print(ctx, func(w io.Writer) error { return format.Write(w, result.Document, sh.look(f)) })
}

// reaches tells whether there is a finding at or above a severity, also among those that --min-severity left out.
func reaches(doc *finding.Document, s finding.Severity) bool {
	for _, n := range doc.Coverage.Totals.FindingsBySeverity[s:] {
		if n > 0 {
			return true
		}
	}
	return false
}
