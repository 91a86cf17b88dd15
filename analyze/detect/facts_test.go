package detect

import (
	"math"
	"slices"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The first citations come back as they were, of whatever place and number; all are counted.
func TestCitationsComeBack(t *testing.T) {
	var want []evidence.Ref
	for i, n := range []uint64{7, 3, math.MaxUint64, 0, 1 << 40, 1 << 40} {
		want = append(want, evidence.Ref{File: "a.pcap", Unit: "frame", N: n}, evidence.Ref{File: []string{"b.evtx", "c.evtx"}[i%2], Unit: "record", N: n + 1})
	}
	c := cite(want...)
	if got := c.refs(); !slices.Equal(got, want) || c.total != len(want) {
		t.Errorf("%d: %v", c.total, got)
	}
	c.join(cite(want...))
	if got := c.refs(); !slices.Equal(got, slices.Concat(want, want)[:finding.MaxRefs]) || c.total != 2*len(want) {
		t.Errorf("joined with themselves %d: %v", c.total, got)
	}
	c.join(c)
	if len(c.refs()) != finding.MaxRefs || c.total != 4*len(want) {
		t.Errorf("%d kept of %d", len(c.refs()), c.total)
	}
}
