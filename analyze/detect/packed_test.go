package detect

import (
	"math"
	"slices"
	"testing"
)

func TestPackedMomentsComeBack(t *testing.T) {
	want := []moment{
		{at: 1_700_000_000_000_000_000, sent: 1, recv: 2, events: 1, speaks: true},
		{at: 1_700_000_000_000_000_000, events: 3, goesOn: true, lasts: 1},
		{at: math.MinInt64, lasts: math.MaxInt64, sent: math.MaxUint64, recv: math.MaxUint64, events: math.MaxInt32, speaks: true, goesOn: true},
		{at: math.MaxInt64},
		{},
	}
	p := pack(want)
	if got := p.moments(); !slices.Equal(got, want) || p.amount != len(want) {
		t.Errorf("%d of %d came back: %+v", p.amount, len(want), got)
	}
	p.add(want[0])
	if got := p.moments(); len(got) != len(want)+1 || got[len(want)] != want[0] {
		t.Errorf("the one behind them is %+v", got[len(got)-1])
	}
}
