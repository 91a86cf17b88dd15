package eventxml

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// An element is a stretch of the file from the start of an Event element to its end, or one that has no end.
type element struct {
	text []byte // valid until the next call
	n    uint64 // position among the Event elements, from 1; 0 when the problem is the file's
	bad  error
	kind evidence.ProblemKind
	lost uint64
}

// A splitter cuts the file into Event elements by their tags, which text inside an event has to escape. What stands
// between events is not looked at, so that one broken event costs one event.
type splitter struct {
	winevent.Window
	n     uint64 // elements met
	limit int    // longest element
	ended bool   // what follows is not to be read
}

func newSplitter(in io.Reader, limit int) *splitter {
	return &splitter{Window: winevent.NewWindow(in), limit: limit}
}

const (
	eventTag = "<Event"
	endTag   = "</Event>"
)

var (
	errCut     = errors.New("the file ends inside an event")
	errRestart = errors.New("another event begins before this one ends")
	errDocType = errors.New("document type declaration, which no event log writes: file not read further")
)

// next returns the next element, or io.EOF, or the error of the reader below.
func (s *splitter) next() (element, error) {
	if s.ended {
		return element{}, io.EOF
	}
	err := s.begin()
	if errors.Is(err, errDocType) {
		s.ended = true
		return element{bad: err, kind: evidence.Unsupported}, nil
	}
	if err != nil {
		return element{}, err
	}
	s.n++
	return s.element()
}

// begin consumes up to the next start tag.
func (s *splitter) begin() error {
	for {
		rest := s.Bytes()
		i := indexTag(rest, "Event")
		before := rest
		if i >= 0 {
			before = rest[:i]
		}
		if bytes.Contains(before, []byte("<!DOCTYPE")) {
			return errDocType
		}
		if i >= 0 {
			s.Take(i)
			return nil
		}
		// A tag may stand across the end of what has been read.
		s.Take(max(0, len(rest)-len("<!DOCTYPE")))
		if !s.More() {
			return s.Err()
		}
	}
}

// element consumes from a start tag to its end tag, or to the next start tag when that comes first.
func (s *splitter) element() (element, error) {
	e := element{n: s.n}
	seen := len(eventTag)
	for {
		rest := s.Bytes()
		end, again := bytes.Index(rest[seen:], []byte(endTag)), indexTag(rest[seen:], "Event")
		switch {
		case again >= 0 && (end < 0 || again < end):
			s.Take(seen + again)
			e.bad, e.kind, e.lost = errRestart, evidence.Damaged, 1
			return e, nil
		case end >= 0:
			e.text = s.Take(seen + end + len(endTag))
			return e, nil
		case len(rest) >= s.limit:
			s.Take(len(rest))
			e.bad, e.kind, e.lost = fmt.Errorf("longer than %d MiB", s.limit>>20), evidence.Unsupported, 1
			return e, nil
		}
		seen = max(seen, len(rest)-len(endTag))
		if !s.More() {
			if !errors.Is(s.Err(), io.EOF) {
				return e, s.Err()
			}
			s.Take(len(rest))
			e.bad, e.kind, e.lost = errCut, evidence.Truncated, 1
			return e, nil
		}
	}
}

// indexTag finds the start tag of the named element: EventData and Events begin like Event.
func indexTag(b []byte, name string) int {
	tag := []byte("<" + name)
	for from := 0; ; {
		i := bytes.Index(b[from:], tag)
		if i < 0 {
			return -1
		}
		i += from
		from = i + len(tag)
		if from < len(b) && bytes.IndexByte([]byte(" \t\r\n>/"), b[from]) >= 0 {
			return i
		}
	}
}
