package correlate

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Who lived at a time is who would be found by asking everybody, those of unknown start or end among them.
func TestLifetimes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 40 {
		var ls lifetimes
		for i := range n + 1 {
			p := &Process{Details: noDetails, PID: uint32(i)}
			if at := noon.Add(time.Duration(rng.IntN(1000)) * time.Second); rng.IntN(10) > 0 {
				p.Start = evidence.InstantOf(at)
			}
			if rng.IntN(10) > 0 {
				p.End = evidence.InstantOf(noon.Add(time.Duration(rng.IntN(1200)) * time.Second))
			}
			ls.list = append(ls.list, p)
		}
		ls.index()
		for range 50 {
			from := noon.Add(time.Duration(rng.IntN(1400)-200) * time.Second)
			to := from.Add(time.Duration(rng.IntN(100)) * time.Second)
			var want []*Process
			for _, p := range ls.list {
				if p.lives(from, to) {
					want = append(want, p)
				}
			}
			if got := slices.Collect(ls.alive(from, to)); !slices.Equal(got, want) {
				t.Fatalf("%d of %d lived from %v to %v, found %d", len(want), len(ls.list), from, to, len(got))
			}
			for p := range ls.alive(from, to) {
				if p != want[0] {
					t.Fatal("the first is not yielded first")
				}
				break
			}
		}
	}
	for range (*lifetimes)(nil).alive(noon, noon) {
		t.Error("somebody lived where nobody was")
	}
}

// What the kernel sends is looked up among those that name its peer and live, not among all who ever named a machine.
func TestManyNameMachines(t *testing.T) {
	const many = 20_000
	s := &scene{}
	for i := range many {
		at := noon.Add(time.Duration(i) * time.Minute)
		s.batch.Process(evidence.Process{Header: s.header(sysmonProvider, 1, at, at), Program: program(100+uint32(i%50), `C:\net.exe`), CommandLine: `net use \\` + peer.String() + `\c$`})
		s.socket(sysmonProvider, uint16(i), at.Add(time.Second), at.Add(time.Second), program(4, "System"))
	}
	began, named := time.Now(), 0
	for l := range s.run().Links {
		if n := len(l.Behalf); n < 1 || n > maxBehalf {
			t.Fatalf("%d may have asked for it", n)
		}
		named++
	}
	if took := time.Since(began); took > 20*time.Second || named < many {
		t.Errorf("%d links after %v", named, took)
	}
}
