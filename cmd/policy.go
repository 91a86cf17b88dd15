package cmd

import (
	"io"

	"github.com/spf13/cobra"
)

// policy shows what is judged with.
func (sh *shell) policy() *cobra.Command {
	var path string
	show := &cobra.Command{
		Use:   "show",
		Short: "Print the effective policy with the reason for every value",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := loadPolicy(path)
			if err != nil {
				return err
			}
			text, err := p.YAML()
			if err != nil {
				return err
			}
			return sh.print(c.Context(), func(w io.Writer) error { _, err := w.Write(text); return err })
		},
	}
	show.Flags().StringVar(&path, "policy", "", "YAML file laid over the built-in policy")
	c := &cobra.Command{Use: "policy", Short: "Show the settings that findings are judged with"}
	c.AddCommand(show)
	return c
}
