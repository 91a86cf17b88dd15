package winevent

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestWindow: whatever the pieces in which a stream arrives, it is all seen, once, and its error after it.
func TestWindow(t *testing.T) {
	text := strings.Repeat("0123456789", 30_000)
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		in   io.Reader
		want error
	}{
		"at once":              {strings.NewReader(text), io.EOF},
		"byte by byte":         {iotest.OneByteReader(strings.NewReader(text)), io.EOF},
		"end with the data":    {iotest.DataErrReader(strings.NewReader(text)), io.EOF},
		"an error in the end":  {io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), broken},
		"nothing ever follows": {io.MultiReader(strings.NewReader(text), silent{}), io.ErrNoProgress},
	} {
		w := NewWindow(c.in)
		var got strings.Builder
		for w.More() {
			if n := len(w.Bytes()); n > 7 {
				got.Write(w.Take(n - 7)) // some always stays behind
			}
		}
		got.Write(w.Take(len(w.Bytes())))
		if got.String() != text || !errors.Is(w.Err(), c.want) {
			t.Errorf("%s: %d bytes and %v, want %d and %v", name, got.Len(), w.Err(), len(text), c.want)
		}
	}
}

type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }
