package parsers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/zstd"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Unpacked evidence is bounded, so that a small file cannot fill the disk. Logs and captures pack 5 to 60 to 1; deflate
// can do 1032 to 1 on nothing but repetition, zstd far more.
const (
	maxUnpacked  = 256 << 30 // bytes
	maxRatio     = 200
	ratioAllowed = 64 << 20 // bytes that may come out of any file before the ratio counts
	// maxWindow is how far back zstd may refer, and with it what unpacking holds in memory: as much as zstd itself allows
	// unless told otherwise.
	maxWindow = 128 << 20
)

// A wrapping is a way to pack a single file.
type wrapping struct {
	name string
	is   func(head []byte) bool
	open func(io.Reader) (io.ReadCloser, error)
}

var wrappings = []wrapping{
	{"gzip", isGzip, openGzip},
	{"zstd", isZstd, openZstd},
}

// wrappingOf recognises how a file is packed, nil when it is not.
func wrappingOf(head []byte) *wrapping {
	for i := range wrappings {
		if wrappings[i].is(head) {
			return &wrappings[i]
		}
	}
	return nil
}

// https://www.rfc-editor.org/rfc/rfc1952
func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte("\x1f\x8b\x08")) }

func openGzip(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }

// isZstd looks behind frames that hold no content, which programs that pack in parallel write first.
//
// https://www.rfc-editor.org/rfc/rfc8878#section-3.1
func isZstd(head []byte) bool {
	const header = 8
	for len(head) >= header && head[0]>>4 == 5 && string(head[1:4]) == "\x2a\x4d\x18" {
		size := binary.LittleEndian.Uint32(head[4:])
		head = head[header:]
		head = head[min(uint64(size), uint64(len(head))):]
	}
	return bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd"))
}

// openZstd lets the decoder run beside the reader: on its own it keeps the last block back where the checksum behind it does
// not fit.
func openZstd(r io.Reader) (io.ReadCloser, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// errTooBig says that unpacking was ended by a bound.
var errTooBig = errors.New("unpacks to more than is allowed")

// unpack writes the content of all members or frames to w and returns how many bytes came out, also beside an error.
func (p *wrapping) unpack(ctx context.Context, r io.Reader, size int64, w io.Writer) (int64, error) {
	z, err := p.open(bufio.NewReaderSize(r, 64<<10))
	if err != nil {
		return 0, fmt.Errorf("%s header: %w", p.name, packedError{err})
	}
	defer z.Close()
	limit := min(maxUnpacked, max(ratioAllowed, size*maxRatio))
	n, err := copyUnlessDone(ctx, w, io.LimitReader(decoding{z}, limit))
	if err == nil && n == limit {
		if k, _ := z.Read(make([]byte, 1)); k > 0 {
			err = errTooBig
		}
	}
	if err != nil {
		err = fmt.Errorf("%s: after %d bytes unpacked: %w", p.name, n, err)
	}
	return n, err
}

// A packedError is what a decoder says about the packed bytes, or what it met when it read them.
type packedError struct{ error }

func (e packedError) Unwrap() error { return e.error }

// decoding marks the errors of a decoder, to tell them from those of writing.
type decoding struct{ io.Reader }

func (d decoding) Read(b []byte) (int, error) {
	n, err := d.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = packedError{err}
	}
	return n, err
}

// kindOf says what an error of unpack means for the evidence.
func kindOf(err error) evidence.ProblemKind {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.Truncated
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrUnknownDictionary):
		return evidence.Unsupported
	case errors.As(err, new(packedError)) && !errors.As(err, new(*fs.PathError)):
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
