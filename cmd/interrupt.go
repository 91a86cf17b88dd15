package cmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// grace is how long an interrupted run may take to stop by itself.
const grace = 800 * time.Millisecond

// watch sees to it that an interrupted run stops, until done is called. What does not stop by itself is left as it is, once clean
// has removed what is half written.
func (sh *shell) watch(ctx context.Context, clean func()) (done func()) {
	over := make(chan struct{})
	go func() {
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		select {
		case <-over:
		case <-time.After(grace):
			clean()
			sh.settle()
			sh.interrupted()
			os.Exit(statusInterrupted)
		}
	}()
	return func() { close(over) }
}

// interrupted says how much of a report is there.
func (sh *shell) interrupted() {
	if sh.printed.Load() {
		fmt.Fprintln(sh.stderr, "wirewitness: interrupted: what was printed is not all")
		return
	}
	fmt.Fprintln(sh.stderr, "wirewitness: interrupted, nothing written")
}

// A heeder passes on what is written until ctx ends, and notes that there was something.
type heeder struct {
	ctx  context.Context
	to   io.Writer
	some *atomic.Bool // nil when nobody asks
}

func (h *heeder) Write(b []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	if h.some != nil && len(b) > 0 {
		h.some.Store(true)
	}
	return h.to.Write(b)
}
