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

// A survey counts what a capture holds and what in it could not be read. One kind of failure is one problem, with its
// first frame and the number of frames: thousands of frames may share it.
type survey struct {
	file     string
	report   func(evidence.Problem)
	c        evidence.Capture
	links    []capfile.LinkType // in order of appearance
	linked   map[capfile.LinkType]bool
	link     capfile.LinkType // of the last frame
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

func newSurvey(file string, report func(evidence.Problem)) *survey {
	return &survey{file: file, report: report, linked: map[capfile.LinkType]bool{}, failures: map[failure]*tally{}}
}

func (s *survey) frame(f *capfile.Frame, c *contents) {
	s.measure(f)
	if f.LinkType != s.link || s.c.Frames == 1 {
		s.link = f.LinkType
		s.linkType(f.LinkType)
	}
	for i := range c.packets {
		if c.packets[i].badSum {
			s.c.BadChecksum++
		}
	}
	switch {
	case c.unsupported:
		s.c.Undecoded++
		s.count(evidence.Unsupported, "link type "+linkName(f.LinkType), f.Number, 1)
	case c.err != nil:
		s.c.Undecoded++
		s.count(severity(c.err), c.err.Error(), f.Number, 1)
	case len(c.packets) == 0:
		s.c.NotIP++
	}
}

func (s *survey) linkType(l capfile.LinkType) {
	if !s.linked[l] {
		s.linked[l] = true
		s.links = append(s.links, l)
	}
}

func (s *survey) measure(f *capfile.Frame) {
	s.c.Frames++
	s.c.Bytes += uint64(f.OrigLen)
	if f.CapLen < f.OrigLen {
		s.c.CutFrames++
	}
	if f.Time.IsZero() {
		return
	}
	if s.c.First.IsZero() || f.Time.Before(s.c.First) {
		s.c.First = f.Time
	}
	if f.Time.After(s.c.Last) {
		s.c.Last = f.Time
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

func (s *survey) capture(info capfile.Info) evidence.Capture {
	c := s.c
	c.Ref, c.Sensor = evidence.Ref{File: s.file}, s.file
	c.Kind, c.Snaplen, c.Dropped, c.Comment = info.Kind, info.Snaplen, info.Dropped, remarks(info)
	for _, l := range s.links {
		c.LinkTypes = append(c.LinkTypes, linkName(l))
	}
	return c
}

// remarks is what the file says in words, and which of its blocks were not read.
func remarks(info capfile.Info) string {
	var all []string
	if info.Comment != "" {
		all = append(all, info.Comment)
	}
	for _, name := range slices.Sorted(maps.Keys(info.Passed)) {
		all = append(all, fmt.Sprintf("%s blocks not read: %d", name, info.Passed[name]))
	}
	return strings.Join(all, "; ")
}

// names states what the file calls addresses.
func (s *survey) names(names []capfile.Name, out evidence.Sink) {
	for _, n := range names {
		out.Naming(evidence.Naming{
			Ref: evidence.Ref{File: s.file, Unit: "offset", N: uint64(n.Offset)}, Sensor: s.file, Addr: n.Addr.Unmap(), Names: n.Names, Server: n.Server,
		})
	}
}
