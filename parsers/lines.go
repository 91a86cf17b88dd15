package parsers

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine is the longest line read, in bytes: sensors write lines above 1 MiB where a query or a header is huge.
const maxLine = 64 << 20

// Lines hands out a log line by line, whatever the lengths of its lines.
type Lines struct {
	N       uint64 // number of the line, from 1
	Text    []byte // without its end; valid until the next call of Next
	TooLong bool   // the line is longer than what is read of one: Text holds its beginning
	Open    bool   // the line is the last and has no end
	Err     error  // what ended the reading early

	r   *bufio.Reader
	buf []byte
}

// NewLines starts before the first line; a byte order mark is left out.
func NewLines(in *Input) *Lines {
	l := &Lines{r: bufio.NewReaderSize(in.Reader(), 256<<10)}
	if b, _ := l.r.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		l.r.Discard(3)
	}
	return l
}

// Next reads a line and reports whether there was one.
func (l *Lines) Next() bool {
	l.TooLong = false
	text, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		text, err = l.long(text)
	}
	if err == io.EOF {
		if len(text) == 0 {
			return false
		}
		l.Open, err = true, nil
	}
	if err != nil {
		l.Err = err
		return false
	}
	l.N++
	end := len(text)
	for end > 0 && (text[end-1] == '\n' || text[end-1] == '\r') {
		end--
	}
	l.Text = text[:end]
	return true
}

// long puts together a line that does not fit the reader's buffer.
func (l *Lines) long(text []byte) ([]byte, error) {
	l.buf = append(l.buf[:0], text...)
	for {
		text, err := l.r.ReadSlice('\n')
		if room := maxLine - len(l.buf); len(text) > room {
			text, l.TooLong = text[:max(room, 0)], true
		}
		l.buf = append(l.buf, text...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.buf, err
		}
	}
}
