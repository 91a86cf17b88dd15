package eventjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// An object is a stretch of the file that reads from one brace to its match, or that should have and does not.
type object struct {
	text []byte // valid until the next call
	line uint64 // where it starts, from 1
	bad  error  // why it is none; nil for an object
	kind evidence.ProblemKind
	lost uint64 // events lost when bad, 0 when not known
}

// A splitter finds the objects of a file without caring how they are strung together: by line breaks, as an array, or
// one behind the other. It does not check them.
//
// An object that breaks off is given up where the damage shows (a line break inside a string, or a line that starts with
// a brace where none may stand) and the next one is looked for from there, so that one broken line costs one event.
type splitter struct {
	winevent.Window
	line  uint64 // of the first byte not consumed
	limit int    // longest object
}

func newSplitter(in io.Reader, limit int) *splitter {
	return &splitter{Window: winevent.NewWindow(in), line: 1, limit: limit}
}

var (
	errCut     = errors.New("the file ends inside an event")
	errBreak   = errors.New("line break inside a string")
	errRestart = errors.New("another event begins before this one ends")
	errDeep    = errors.New("nested too deeply")
)

// next returns the next object, or io.EOF, or the error of the reader below.
func (s *splitter) next() (object, error) {
	c, err := s.begin()
	if err != nil {
		return object{line: s.line}, err
	}
	if c != '{' {
		return s.junk(), nil
	}
	return s.object()
}

// begin moves to the next byte that is neither space nor what an array puts between its elements.
func (s *splitter) begin() (byte, error) {
	for {
		b := s.Bytes()
		i := 0
		for i < len(b) && strings.IndexByte(" \t\r\n,[]", b[i]) >= 0 {
			i++
		}
		s.take(i)
		if i < len(b) {
			return b[i], nil
		}
		if !s.More() {
			return 0, s.Err()
		}
	}
}

// junk skips lines that are no JSON up to one that may start an event again. It is one problem, however long.
func (s *splitter) junk() object {
	o := object{line: s.line, kind: evidence.Damaged}
	first := s.Bytes()[0]
	lines := 0
	for {
		s.skipLine()
		lines++
		c, err := s.begin()
		if err != nil || c == '{' {
			break
		}
	}
	o.bad = fmt.Errorf("not JSON: %d line(s), the first starts with %q", lines, first)
	return o
}

// skipLine consumes up to the end of the line.
func (s *splitter) skipLine() {
	for {
		b := s.Bytes()
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			s.take(i)
			return
		}
		s.take(len(b))
		if !s.More() {
			return
		}
	}
}

// object consumes from a brace to its match.
func (s *splitter) object() (object, error) {
	o := object{line: s.line}
	var m matcher
	for {
		b := s.Bytes()
		done, err := m.feed(b)
		switch {
		case done:
			o.text = s.take(m.at)
			return o, nil
		case err != nil:
			o.text, o.bad, o.kind, o.lost = s.take(m.at), err, evidence.Damaged, 1
			return o, nil
		case len(b) >= s.limit:
			s.take(len(b))
			o.bad, o.kind = fmt.Errorf("longer than %d MiB, skipped to the end of the line", s.limit>>20), evidence.Unsupported
			s.skipLine()
			return o, nil
		}
		if !s.More() {
			if !errors.Is(s.Err(), io.EOF) {
				return o, s.Err()
			}
			o.text, o.bad, o.kind, o.lost = s.take(len(b)), errCut, evidence.Truncated, 1
			return o, nil
		}
	}
}

// take consumes n bytes and counts their lines.
func (s *splitter) take(n int) []byte {
	b := s.Take(n)
	s.line += uint64(bytes.Count(b, []byte{'\n'}))
	return b
}
