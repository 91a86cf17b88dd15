package pcap

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// A survey counts what in a capture could not be read. One kind of failure is one problem, with its first frame and the number
// of frames: thousands of frames may share it.
type survey struct {
	report   func(evidence.Problem)
	failures map[failure]*service.Tally
}

// A failure is a reason why frames were not read, or only counted.
type failure struct {
	kind    evidence.ProblemKind
	text    string
	counted bool
}

func newSurvey(report func(evidence.Problem)) *survey {
	return &survey{report: report, failures: map[failure]*service.Tally{}}
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
		t = &service.Tally{}
		s.failures[key] = t
	}
	t.Note(frame, n)
}

// finish reports the failures.
func (s *survey) finish() {
	keys := slices.SortedFunc(maps.Keys(s.failures), func(a, b failure) int {
		return strings.Compare(a.text, b.text)
	})
	for _, k := range keys {
		t := s.failures[k]
		p := evidence.Problem{Kind: k.kind, Ref: evidence.Ref{Unit: "frame", N: t.First}}
		if k.counted {
			p.Err = fmt.Errorf("%s: %d frames counted, content not read wholly", k.text, t.N)
		} else {
			p.Lost, p.Known = t.N, true
			p.Err = fmt.Errorf("%s: %d frames not read", k.text, t.N)
		}
		s.report(p)
	}
}

// gaveUp reports connections of which not all was followed.
func (s *survey) gaveUp(t service.Tally, what string) {
	if t.N == 0 {
		return
	}
	s.report(evidence.Problem{Kind: evidence.Suspect, Ref: evidence.Ref{Unit: "frame", N: t.First}, Err: fmt.Errorf("%d %s", t.N, what)})
}
