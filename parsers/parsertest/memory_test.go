package parsertest

import "testing"

// A deaf test notes a failure and goes on.
type deaf struct {
	testing.TB
	failed bool
}

func (d *deaf) Errorf(string, ...any) { d.failed = true }

var kept []byte

// TestBounded: what is let go at once counts too.
func TestBounded(t *testing.T) {
	for _, c := range []struct {
		pieces int
		failed bool
	}{{Memory >> 21, false}, {Memory>>20 + 1, true}} {
		d := &deaf{TB: t}
		Bounded(d, func() {
			for range c.pieces {
				kept = make([]byte, 1<<20)
			}
		})
		if d.failed != c.failed {
			t.Errorf("%d MiB: failed %v, want %v", c.pieces, d.failed, c.failed)
		}
	}
}
