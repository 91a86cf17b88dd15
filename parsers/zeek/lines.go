package zeek

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/wirewitness/wirewitness/parsers"
)

// maxLine is the longest line read, in bytes: Zeek writes lines above 1 MiB where a query or a header is huge.
const maxLine = 64 << 20

// lines hands out a file line by line.
type lines struct {
	r       *bufio.Reader
	n       uint64 // number of the line, from 1
	text    []byte // without its end; valid until the next call
	tooLong bool   // the line exceeds maxLine: text holds its beginning
	open    bool   // the line is the last and has no end
	err     error
	buf     []byte
}

func newLines(in *parsers.Input) *lines {
	l := &lines{r: bufio.NewReaderSize(in.Reader(), 256<<10)}
	if b, _ := l.r.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		l.r.Discard(3)
	}
	return l
}

// next reads a line and reports whether there was one.
func (l *lines) next() bool {
	l.tooLong = false
	text, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		text, err = l.long(text)
	}
	if err == io.EOF {
		if len(text) == 0 {
			return false
		}
		l.open, err = true, nil
	}
	if err != nil {
		l.err = err
		return false
	}
	l.n++
	l.text = bytes.TrimRight(text, "\r\n")
	return true
}

// long puts together a line that does not fit the reader's buffer.
func (l *lines) long(text []byte) ([]byte, error) {
	l.buf = append(l.buf[:0], text...)
	for {
		text, err := l.r.ReadSlice('\n')
		if room := maxLine - len(l.buf); len(text) > room {
			text, l.tooLong = text[:max(room, 0)], true
		}
		l.buf = append(l.buf, text...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.buf, err
		}
	}
}
