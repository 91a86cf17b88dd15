package service

import (
	"reflect"
	"strings"
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
	many := "\x12\x34\x01\x00\x00\x20\x00\x00\x00\x00\x00\x00"
	for i := range 32 {
		many += "\x3f" + strings.Repeat(string(rune('a'+i%26)), 63-i/26) + strings.Repeat("-", i/26) + "\x00\x00\x01\x00\x01"
	}
	var open []*Session
	for range 2 * manySmall {
		s, d := p.Session(evidence.TCP), p.Session(evidence.UDP)
		s.Feed(Chunk{Data: []byte("?")})
		d.Feed(Chunk{Data: []byte(many)})
		open = append(open, s, d)
	}
	for _, s := range open {
		s.End(new(Result))
	}
	full := 0
	for _, d := range p.dns {
		if d.dns != nil || d.open != nil {
			full++
		}
	}
	if len(p.sessions) > manySmall || len(p.openings) > fewLarge || len(p.dns) == 0 || len(p.dns) > manySmall || full > 0 {
		t.Errorf("%d sessions, %d openings and %d readers, %d of which hold anything, kept", len(p.sessions), len(p.openings), len(p.dns), full)
	}
}
