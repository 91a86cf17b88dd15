package parsers

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Unpacked evidence is bounded, so that a small file cannot fill the disk. Logs and captures pack 5 to 60 to 1; deflate
// can do 1032 to 1 on nothing but repetition.
const (
	maxUnpacked  = 256 << 30 // bytes
	maxRatio     = 200
	ratioAllowed = 64 << 20 // bytes that may come out of any file before the ratio counts
)

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte("\x1f\x8b\x08")) }

// errTooBig says that unpacking was ended by a bound.
var errTooBig = errors.New("unpacks to more than is allowed")

// unpack writes the content of all gzip members to w and returns how many bytes came out, also beside an error.
//
// https://www.rfc-editor.org/rfc/rfc1952
func unpack(ctx context.Context, r io.Reader, size int64, w io.Writer) (int64, error) {
	z, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
	if err != nil {
		return 0, fmt.Errorf("gzip header: %w", err)
	}
	limit := min(maxUnpacked, max(ratioAllowed, size*maxRatio))
	n, err := copyUnlessDone(ctx, w, io.LimitReader(z, limit))
	if err == nil && n == limit {
		if k, _ := z.Read(make([]byte, 1)); k > 0 {
			err = errTooBig
		}
	}
	if err != nil {
		err = fmt.Errorf("gzip: after %d bytes unpacked: %w", n, err)
	}
	return n, err
}

// kindOf says what an error of unpack means for the evidence.
func kindOf(err error) evidence.ProblemKind {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.Truncated
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt):
		return evidence.Damaged
	}
	return evidence.Unreadable
}

// A limited writer takes the first bytes and refuses the rest.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n, err := l.w.Write(p[:min(len(p), l.left)])
	if l.left -= n; err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}
