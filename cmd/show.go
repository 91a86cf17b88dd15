package cmd

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/all"
	"github.com/wirewitness/wirewitness/report"
)

// show walks a citation back to its record.
func (sh *shell) show() *cobra.Command {
	return &cobra.Command{
		Use:   "show CITATION EVIDENCE...",
		Short: "Print the record that a report cites, whole, as its file holds it",
		Long: "A citation is one argument, written as reports do: \"WS-07/Security.evtx record 4711\", \"sensor.pcapng.gz frame 17\".\n" +
			"The evidence must be named as it was for the report, since names of files are relative to the arguments.",
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			ref, err := report.ParseRef(args[0])
			if err != nil {
				return err
			}
			originals, err := parsers.Show(c.Context(), args[1:], all.Formats, ref, parsers.Options{})
			if err != nil {
				return err
			}
			return sh.print(c.Context(), func(w io.Writer) error { return report.Originals(w, originals) })
		},
	}
}
