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
	text []byte    // valid until the next call
	doc  *document // text taken apart, likewise; nil for a bad one
	line uint64    // where it starts, from 1
	bad  error     // why it is none; nil for an object
	kind evidence.ProblemKind
	lost uint64 // events lost when bad, 0 when not known
}

// A splitter finds the objects of a file without caring how they are strung together: by line breaks, as an array, or
// one behind the other.
//
// An object that breaks off is given up where the damage shows (a line break inside a string, or a line that starts with
// a brace where none may stand) and the next one is looked for from there, so that one broken line costs one event.
type splitter struct {
	winevent.Window
	doc   document
	line  uint64 // of the first byte not consumed
	eol   int    // how many of the bytes not consumed are known to hold no line break
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

// object consumes from a brace to its match. Nearly every object stands whole on its line and is taken apart in the same
// pass that finds its end; the others are looked at byte by byte.
func (s *splitter) object() (object, error) {
	o := object{line: s.line}
	if n, ok := s.whole(); ok {
		o.text, o.doc = s.take(n), &s.doc
		return o, nil
	}
	if err := s.match(&o); err != nil || o.bad != nil {
		return o, err
	}
	if err := s.doc.parse(o.text); err != nil {
		o.judge(err)
		return o, nil
	}
	o.doc = &s.doc
	return o, nil
}

// whole takes apart an object that ends on its line. What it does not take may be damaged, long, or laid out over lines.
func (s *splitter) whole() (n int, ok bool) {
	const long = 1 << 20 // what is read again from its beginning each time there is more of it
	for {
		b, ended := s.restOfLine()
		n, err := s.doc.scan(b, 0)
		if err == nil {
			return n, true
		}
		if ended || !errors.Is(err, errShort) || len(b) >= min(long, s.limit) || !s.More() {
			return 0, false
		}
	}
}

// restOfLine returns what has been read of the line, and whether that is all of it.
func (s *splitter) restOfLine() (b []byte, ended bool) {
	b = s.Bytes()
	i := bytes.IndexByte(b[s.eol:], '\n')
	if i < 0 {
		s.eol = len(b)
		return b, false
	}
	s.eol += i
	return b[:s.eol], true
}

// judge notes why an object that ends is of no use.
func (o *object) judge(err error) {
	if errors.Is(err, errLarge) {
		o.bad, o.kind, o.lost = err, evidence.Unsupported, 1
		return
	}
	o.bad, o.kind, o.lost = fmt.Errorf("not JSON: %w", reason(o.text, err)), evidence.Damaged, 1
}

// match consumes from a brace to its match, wherever that is, and does not check what is between.
func (s *splitter) match(o *object) error {
	var m matcher
	for {
		b := s.Bytes()
		done, err := m.feed(b)
		switch {
		case done:
			o.text = s.take(m.at)
			return nil
		case err != nil:
			o.text, o.bad, o.kind, o.lost = s.take(m.at), err, evidence.Damaged, 1
			return nil
		case len(b) >= s.limit:
			s.take(len(b))
			o.bad, o.kind = fmt.Errorf("longer than %d MiB, skipped to the end of the line", s.limit>>20), evidence.Unsupported
			s.skipLine()
			return nil
		}
		if !s.More() {
			if !errors.Is(s.Err(), io.EOF) {
				return s.Err()
			}
			o.text, o.bad, o.kind, o.lost = s.take(len(b)), errCut, evidence.Truncated, 1
			return nil
		}
	}
}

// take consumes n bytes and counts their lines.
func (s *splitter) take(n int) []byte {
	b := s.Take(n)
	if n <= s.eol {
		s.eol -= n
		return b
	}
	s.line += uint64(bytes.Count(b[s.eol:], []byte{'\n'}))
	s.eol = 0
	return b
}
