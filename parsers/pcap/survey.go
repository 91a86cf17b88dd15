package pcap

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// A survey counts what in a capture could not be read. One kind of failure is one problem, with its first frame and the number
// of frames: thousands of frames may share it.
type survey struct {
	report   func(evidence.Problem)
	failures map[failure]*tally
}

// A failure is a reason why frames were not read, or only counted.
type failure struct {
	kind    evidence.ProblemKind
	text    string
	counted bool
}

type tally struct{ first, n uint64 }

func (t *tally) note(frame, n uint64) {
	if t.n == 0 {
		t.first = frame
	}
	t.n += n
}

func newSurvey(report func(evidence.Problem)) *survey {
	return &survey{report: report, failures: map[failure]*tally{}}
}

// frame notes a frame that could not be taken apart wholly.
func (s *survey) frame(f *capfile.Frame, c *contents) {
	switch {
	case c.unsupported:
		s.count(evidence.Unsupported, "link type "+linkName(f.LinkType), f.Number, 1)
	case c.err != nil:
		s.count(severity(c.err), c.err.Error(), f.Number, 1)
	}
}

// severity tells damage to the file from nonsense on the wire, which is read and not understood.
func severity(err error) evidence.ProblemKind {
	switch {
	case errors.Is(err, errCut):
		return evidence.Truncated
	case errors.Is(err, errDefect):
		return evidence.Defect
	case errors.Is(err, errMany):
		return evidence.Unsupported
	}
	return evidence.Suspect
}

// count notes frames that were not read.
func (s *survey) count(kind evidence.ProblemKind, text string, frame, n uint64) {
	s.fail(failure{kind: kind, text: text}, frame, n)
}

// counted notes frames that belong to a connection and whose content was not read wholly.
func (s *survey) counted(text string, frame, n uint64) {
	s.fail(failure{evidence.Suspect, text, true}, frame, n)
}

func (s *survey) fail(key failure, frame, n uint64) {
	t := s.failures[key]
	if t == nil {
		t = &tally{}
		s.failures[key] = t
	}
	t.note(frame, n)
}

// finish reports the failures.
func (s *survey) finish() {
	keys := slices.SortedFunc(maps.Keys(s.failures), func(a, b failure) int {
		return strings.Compare(a.text, b.text)
	})
	for _, k := range keys {
		t := s.failures[k]
		p := evidence.Problem{Kind: k.kind, Ref: evidence.Ref{Unit: "frame", N: t.first}}
		if k.counted {
			p.Err = fmt.Errorf("%s: %d frames counted, content not read wholly", k.text, t.n)
		} else {
			p.Lost, p.Known = t.n, true
			p.Err = fmt.Errorf("%s: %d frames not read", k.text, t.n)
		}
		s.report(p)
	}
}

// gaveUp reports connections of which not all was followed.
func (s *survey) gaveUp(t tally, what string) {
	if t.n == 0 {
		return
	}
	s.report(evidence.Problem{Kind: evidence.Suspect, Ref: evidence.Ref{Unit: "frame", N: t.first}, Err: fmt.Errorf("%d %s", t.n, what)})
}
