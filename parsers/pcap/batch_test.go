package pcap

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

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
