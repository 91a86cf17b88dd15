package cmd

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// A progress tells on a terminal how much of the evidence has been read. It is silent when stderr is none.
type progress struct {
	w     io.Writer
	quiet bool

	mu      sync.Mutex
	percent int64
	last    time.Time
}

// redraw is how often the line changes at most.
const redraw = 100 * time.Millisecond

func newProgress(w io.Writer) *progress { return &progress{w: w, quiet: !isTerminal(w), percent: -1} }

// report takes bytes done and in all; parsers.Run calls it from several goroutines.
func (p *progress) report(done, total int64) {
	if p.quiet || total == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	percent := done * 100 / total
	if percent <= p.percent || time.Since(p.last) < redraw {
		return
	}
	p.percent, p.last = percent, time.Now()
	fmt.Fprintf(p.w, "\r\x1b[Kreading: %d %%", percent)
}

// say replaces the line by a word.
func (p *progress) say(word string) {
	if !p.quiet {
		fmt.Fprintf(p.w, "\r\x1b[K%s", word)
	}
}

// clear removes the line.
func (p *progress) clear() { p.say("") }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
