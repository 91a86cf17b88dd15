package service

import (
	"reflect"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// TestMemoryIsUsedAgain: what a session says does not depend on those before it, and what those said stays as it was.
func TestMemoryIsUsedAgain(t *testing.T) {
	all := fixtures(t)
	for _, c := range talks {
		all = append(all, c.talk)
	}
	p := &Pool{File: "test.pcap"}
	for _, n := range []int{0, 1000, 7} {
		var alone, together []Result
		for _, k := range all {
			alone, together = append(alone, k.play(n)), append(together, k.playIn(p, n))
		}
		for i := range all {
			if !reflect.DeepEqual(alone[i], together[i]) {
				t.Errorf("conversation %d in pieces of %d: %+v, alone %+v", i, n, together[i], alone[i])
			}
		}
	}
}

// BenchmarkSessions are conversations of all kinds, one after the other.
func BenchmarkSessions(b *testing.B) {
	all := fixtures(b)
	for _, c := range talks {
		all = append(all, c.talk)
	}
	p := &Pool{File: "test.pcap"}
	b.ReportAllocs()
	for b.Loop() {
		for _, k := range all {
			s := p.Session(k.over)
			for _, w := range k.said {
				s.Feed(Chunk{Side: w.side, Gap: w.gap, Data: []byte(w.text)})
			}
			s.End(new(Result))
		}
	}
	b.ReportMetric(float64(len(all)*b.N)/b.Elapsed().Seconds(), "sessions/s")
}

// TestPoolIsBounded: many connections at once leave little memory behind.
func TestPoolIsBounded(t *testing.T) {
	p := &Pool{}
	var open []*Session
	for range 2 * manySmall {
		s := p.Session(evidence.TCP)
		s.Feed(Chunk{Data: []byte("?")})
		open = append(open, s)
	}
	for _, s := range open {
		s.End(new(Result))
	}
	if len(p.sessions) > manySmall || len(p.openings) > fewLarge {
		t.Errorf("%d sessions and %d openings kept", len(p.sessions), len(p.openings))
	}
}
