package cmd

import (
	"iter"

	"github.com/spf13/cobra"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/report"
)

// flows prints the joined table. It may be large and is written as it comes.
func (sh *shell) flows() *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use:   "flows EVIDENCE...",
		Short: "Print the joined process-to-connection table",
		Long:  "One record per connection and per end that a host's log speaks for.\n\n" + statuses,
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			format, err := named(report.FlowFormats, flowFormatName, f.format)
			if err != nil {
				return err
			}
			joined, err := sh.join(c.Context(), args, f)
			if err != nil {
				return err
			}
			w := &heeder{c.Context(), sh.stdout, &sh.printed}
			return joined.EachFlow(c.Context(), func(flows iter.Seq[*finding.Flow]) error { return format.Write(w, flows, sh.look(f)) })
		},
	}
	f.register(c, names(report.FlowFormats, flowFormatName))
	return c
}
