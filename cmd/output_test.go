package cmd

import (
	"bytes"
	"testing"
)

// Whatever the size of what is written at once, it comes out as it went in.
func TestPagesHoldWhatWasWritten(t *testing.T) {
	var all pages
	var want []byte
	for _, n := range []int{0, 1, pageSize - 1, 1, pageSize, pageSize + 1, 2, 3*pageSize + 5, 7} {
		part := bytes.Repeat([]byte{byte(len(want))}, n)
		want = append(want, part...)
		if wrote, err := all.Write(part); wrote != n || err != nil {
			t.Errorf("%d of %d bytes, %v", wrote, n, err)
		}
		clear(part)
	}
	if got := bytes.Join(all, nil); !bytes.Equal(got, want) {
		t.Errorf("%d bytes came out, want the %d that went in", len(got), len(want))
	}
}
