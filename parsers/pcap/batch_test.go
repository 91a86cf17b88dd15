package pcap

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An ending is a file whose reading ends badly after so many bytes.
type ending struct {
	io.ReaderAt
	after int64
	bad   func() error
}

func (e ending) ReadAt(b []byte, off int64) (int, error) {
	if off > e.after {
		return 0, e.bad()
	}
	return e.ReaderAt.ReadAt(b, off)
}

// TestEndsInTheMiddle: what goes wrong while the capture is read ahead comes back where it is parsed.
func TestEndsInTheMiddle(t *testing.T) {
	r := record()
	for range 1000 {
		r.udp(client, server, strings.Repeat("x", 1400))
	}
	capture := r.pcap()
	parse := func(ctx context.Context, bad func() error) error {
		in := &parsers.Input{Name: "t", Size: int64(len(capture)), ReaderAt: ending{bytes.NewReader(capture), int64(len(capture) / 2), bad}}
		return Format.Parse(ctx, in, &evidence.Batch{})
	}
	lost := errors.New("medium gone")
	if err := parse(t.Context(), func() error { return lost }); !errors.Is(err, lost) || !strings.HasPrefix(err.Error(), "read frame ") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := parse(ctx, func() error { cancel(); return lost }); !errors.Is(err, context.Canceled) && !errors.Is(err, lost) {
		t.Errorf("error %v after the end was asked for", err)
	}
	defer func() {
		if recover() != "defect" {
			t.Error("a panic did not come back to the caller")
		}
	}()
	parse(t.Context(), func() error { panic("defect") })
}

// A full sink takes no more connections than left.
type full struct {
	evidence.Batch
	left int
}

func (f *full) Conn(c evidence.Conn) {
	if f.left--; f.left < 0 {
		panic("full")
	}
	f.Batch.Conn(c)
}

// TestSinkEnds: whoever takes the connections may end it all, early, late or while what is left is stated, and nothing goes on.
func TestSinkEnds(t *testing.T) {
	r := record().udp(client, server, strings.Repeat("x", 1400))
	r.frames = slices.Repeat(r.frames, 3000)
	for i := range r.frames {
		r.frames[i].at = epoch.Add(time.Duration(i) * 2 * datagramSilence)
	}
	capture := r.pcap()
	for _, left := range []int{0, 2000, 2999} {
		reads := &counted{ReaderAt: bytes.NewReader(capture)}
		func() {
			defer func() {
				if recover() != "full" {
					t.Errorf("with room for %d the panic did not come back", left)
				}
			}()
			Format.Parse(t.Context(), &parsers.Input{Name: "t", Size: int64(len(capture)), ReaderAt: reads}, &full{left: left})
		}()
		n := reads.n
		if runtime.Gosched(); reads.n != n {
			t.Errorf("with room for %d the capture is still read", left)
		}
	}
}

// counted counts what is read of a file.
type counted struct {
	io.ReaderAt
	n int
}

func (c *counted) ReadAt(b []byte, off int64) (int, error) {
	c.n++
	return c.ReaderAt.ReadAt(b, off)
}
