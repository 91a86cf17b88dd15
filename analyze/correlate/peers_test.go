package correlate

import (
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// However often processes held a peer, each is looked at once for a connection to it: those that held it near that time and lived.
func TestHoldersOfAPeer(t *testing.T) {
	at := func(d time.Duration) evidence.Instant { return evidence.InstantOf(noon.Add(d)) }
	image := &Details{Image: `C:\agent.exe`}
	ps := []*Process{
		{PID: 1, Details: image, Start: at(-9 * time.Hour)},
		{PID: 2, Details: image, Start: at(-8 * time.Hour), End: at(time.Hour)},
		{PID: 3, Details: image, Start: at(-7 * time.Hour)}, // only used the peer long before
		{PID: 4, Details: noDetails, Start: at(-6 * time.Hour)},
	}
	var all []holding
	for i := range 4000 {
		start := noon.Add(time.Duration(i-2000) * 5 * time.Second)
		if p := ps[i%4]; p != ps[2] || start.Before(noon) {
			all = append(all, holding{p, order(start)})
		}
	}
	held := byProcess(all)
	if len(held) != 4 || !slices.IsSorted(held[1].starts) {
		t.Fatalf("%d holders of 4", len(held))
	}
	for _, tt := range []struct {
		at   time.Duration
		want []*Process
	}{{0, ps[:3]}, {90 * time.Minute, ps[:1]}, {-90 * time.Minute, ps[:3]}, {20 * time.Hour, nil}} {
		l := &Link{Start: noon.Add(tt.at), End: noon.Add(tt.at)}
		if got := l.live(held, peerWindow); !slices.Equal(got, tt.want) {
			t.Errorf("%v: %d holders live, want %d", tt.at, len(got), len(tt.want))
		}
	}
}
