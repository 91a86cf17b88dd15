package cmd

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wirewitness/wirewitness/parsers/all"
	"github.com/wirewitness/wirewitness/report"
)

// formats lists what can be read and written.
func (sh *shell) formats() *cobra.Command {
	return &cobra.Command{
		Use:   "formats",
		Short: "List the evidence formats that are read and the report formats that are written",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return sh.print(c.Context(), listFormats) },
	}
}

func listFormats(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "evidence (recognised by content, also inside gzip and zstd)")
	for _, f := range all.Formats {
		fmt.Fprintf(w, "  %s\t%s\n", f.Name, f.Description)
	}
	fmt.Fprintln(w, "analyze --format")
	for _, f := range report.Formats {
		fmt.Fprintf(w, "  %s\t%s\n", f.Name, f.Description)
	}
	fmt.Fprintln(w, "flows --format")
	for _, f := range report.FlowFormats {
		fmt.Fprintf(w, "  %s\t%s\n", f.Name, f.Description)
	}
	return w.Flush()
}
