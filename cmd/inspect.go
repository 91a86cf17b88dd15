package cmd

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/wirewitness/wirewitness/report"
)

// inspect prints what is here and what can be concluded from it.
func (sh *shell) inspect() *cobra.Command {
	f := &flags{}
	formats := inspecting()
	c := &cobra.Command{
		Use:   "inspect EVIDENCE...",
		Short: "Say what is here and what can be concluded from it: hosts, logs, clocks, captures, files",
		Long:  statuses,
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			format, err := named(formats, formatName, f.format)
			if err != nil {
				return err
			}
			result, err := sh.examine(c.Context(), args, f)
			if err != nil {
				return err
			}
			return sh.print(c.Context(), func(w io.Writer) error { return format.Inspect(w, result.Document, sh.look(f)) })
		},
	}
	f.register(c, names(formats, formatName))
	return c
}

// inspecting are the formats that can print the coverage alone.
func inspecting() (formats []report.Format) {
	for _, f := range report.Formats {
		if f.Inspect != nil {
			formats = append(formats, f)
		}
	}
	return formats
}
