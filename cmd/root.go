// Package cmd is the thin shell around the analysis: commands, flags, progress and exit statuses.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusDone        = 0
	statusError       = 1
	statusFindings    = 2
	statusIncomplete  = 3
	statusInterrupted = 130
)

const statuses = `Exit status:
  0    done
  1    error
  2    findings at or above --fail-on
  3    no such finding, but a recognised file could not be read wholly, or a file not opened
  130  interrupted`

const about = `wirewitness reads what an incident left behind (Windows event logs, captures, sensor logs), works out which process
on which host used which application protocol to reach which peer and how many bytes it sent, and ranks what
looks like command and control or exfiltration. It needs no network.

` + statuses

// A shell is one run of the program.
type shell struct {
	stdout, stderr io.Writer
	status         int
	budget         *budget     // nil before evidence is read
	printed        atomic.Bool // something of a report
}

// Main runs the program and returns its exit status.
func Main(args []string, stdout, stderr io.Writer) int {
	sh := &shell{stdout: stdout, stderr: stderr}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := sh.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	sh.settle()
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		sh.interrupted()
		return statusInterrupted
	case err != nil:
		fmt.Fprintln(stderr, "wirewitness:", err)
		return statusError
	}
	return sh.status
}

// settle says what the memory allowed led to, and removes what was written for the lack of it.
func (sh *shell) settle() {
	if sh.budget == nil {
		return
	}
	for _, n := range sh.budget.notes() {
		fmt.Fprintln(sh.stderr, "wirewitness:", n)
	}
	sh.budget.end()
}

func (sh *shell) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "wirewitness",
		Short:         "Which process sent it?",
		Long:          about,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(sh.stdout)
	root.SetErr(sh.stderr)
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(sh.analyze(), sh.inspect(), sh.show(), sh.flows(), sh.policy(), sh.formats(), sh.version())
	return root
}

func (sh *shell) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(sh.stdout, tool())
			return err
		},
	}
}

// version is that of the module as the Go tool stamped it into the binary.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// tool is how reports name the program.
func tool() string { return "wirewitness " + version() }
