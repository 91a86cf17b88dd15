package eventjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
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
	in    io.Reader
	buf   []byte
	pos   int    // first byte not consumed
	line  uint64 // of pos
	limit int    // longest object
	err   error  // of in, once it has ended
}

func newSplitter(in io.Reader, limit int) *splitter {
	return &splitter{in: in, line: 1, limit: limit, buf: make([]byte, 0, 64<<10)}
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
		for ; s.pos < len(s.buf); s.pos++ {
			switch c := s.buf[s.pos]; c {
			case '\n':
				s.line++
			case ' ', '\t', '\r', ',', '[', ']':
			default:
				return c, nil
			}
		}
		if !s.fill() {
			return 0, s.err
		}
	}
}

// junk skips lines that are no JSON up to one that may start an event again. It is one problem, however long.
func (s *splitter) junk() object {
	o := object{line: s.line, kind: evidence.Damaged}
	first := s.buf[s.pos]
	lines := 0
	for {
		s.skipLine()
		lines++
		c, err := s.begin()
		if err != nil || c == '{' {
			break
		}
	}
	o.bad = fmt.Errorf("not JSON: %d lines from one that starts with %q", lines, first)
	return o
}

// skipLine consumes up to the end of the line.
func (s *splitter) skipLine() {
	for {
		if i := bytes.IndexByte(s.buf[s.pos:], '\n'); i >= 0 {
			s.pos += i
			return
		}
		s.pos = len(s.buf)
		if !s.fill() {
			return
		}
	}
}

// object consumes from a brace to its match.
func (s *splitter) object() (object, error) {
	o := object{line: s.line}
	var m matcher
	for {
		done, err := m.feed(s.buf[s.pos:])
		switch {
		case done:
			o.text = s.take(m.at)
			return o, nil
		case err != nil:
			o.text, o.bad, o.kind, o.lost = s.take(m.at), err, evidence.Damaged, 1
			return o, nil
		case len(s.buf)-s.pos >= s.limit:
			o.text = s.take(len(s.buf) - s.pos)
			o.bad, o.kind = fmt.Errorf("longer than %d MiB, skipped to the end of the line", s.limit>>20), evidence.Unsupported
			s.skipLine()
			return o, nil
		}
		if !s.fill() {
			if !errors.Is(s.err, io.EOF) {
				return o, s.err
			}
			o.text, o.bad, o.kind, o.lost = s.take(len(s.buf)-s.pos), errCut, evidence.Truncated, 1
			return o, nil
		}
	}
}

// take consumes n bytes.
func (s *splitter) take(n int) []byte {
	b := s.buf[s.pos : s.pos+n]
	s.pos += n
	s.line += uint64(bytes.Count(b, []byte{'\n'}))
	return b
}

// fill reads on, keeping what is not consumed, and tells whether anything came. The buffer doubles only when it is full
// of one object.
func (s *splitter) fill() bool {
	if s.err != nil {
		return false
	}
	if s.pos > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	for range 100 {
		n, err := s.in.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		s.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}
