package correlate

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The connection found in a crowd is the one that would be found by asking each.
func TestCrowd(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const slack = time.Minute
	for _, transport := range []evidence.Transport{evidence.TCP, evidence.UDP} {
		for n := range 60 {
			k := casefile.TupleOf(transport, netip.AddrPortFrom(ws, 123), netip.AddrPortFrom(peer, 123))
			sn := &sensor{}
			for range n {
				start := noon.Add(time.Duration(rng.IntN(500)) * 20 * time.Second)
				sn.seen = append(sn.seen, sight{start: start, end: start.Add(time.Duration(rng.IntN(20)*rng.IntN(20)) * time.Second),
					orig: k.A, resp: k.B, transport: transport, midStream: rng.IntN(8) == 0})
			}
			slices.SortStableFunc(sn.seen, func(a, b sight) int { return a.start.Compare(b.start) })
			sn.index()
			for range 200 {
				at := noon.Add(time.Duration(rng.IntN(700)-100) * 20 * time.Second)
				var want *sight
				var apart time.Duration
				for i := range sn.seen {
					if d, ok := sn.seen[i].fits(at, slack); ok && (want == nil || d < apart) {
						want, apart = &sn.seen[i], d
					}
				}
				if got, d := sn.nearest(k, at, slack); got != want || d != apart {
					t.Fatalf("%s, %d connections: %v apart, want %v", transport, n, d, apart)
				}
			}
		}
	}
}

// Two servers that speak from and to one port again and again are joined by time, also where one connection seems to last for all
// of it: the clock of a packet was wrong, or it ran in a tunnel of its own.
func TestManyConnectionsOfOneTuple(t *testing.T) {
	const many = 50_000
	s := &scene{}
	began := time.Now()
	src, dst := netip.AddrPortFrom(ws, 50123), netip.AddrPortFrom(peer, 123)
	for i := range many {
		at := noon.Add(time.Duration(i) * 3 * time.Minute)
		s.batch.Conns = append(s.batch.Conns, evidence.Conn{Ref: s.ref("frame"), Sensor: "cap", Transport: evidence.UDP, Orig: src, Resp: dst, OrigKnown: true, Start: at, End: at.Add(time.Second)})
		if i%2 == 0 {
			s.batch.Socket(evidence.Socket{Header: s.header(sysmonProvider, 3, at, at), Program: program(7, `C:\agent.exe`), Kind: evidence.Connect, Transport: evidence.UDP, Src: src, Dst: dst, Initiated: evidence.Yes})
		}
	}
	s.batch.Conns[0].Start, s.batch.Conns[0].End = noon.Add(-time.Hour), noon.Add(many*time.Hour)
	linked := 0
	for l := range s.run().Links {
		if l.Conn != nil && len(l.Sockets) == 1 {
			linked++
		}
	}
	if took := time.Since(began); linked != many/2 || took > 10*time.Second {
		t.Errorf("%d connections are linked to their event after %v, want %d", linked, took, many/2)
	}
}

// A host that goes through its ports again and again is measured by a sample, which finds the clock that all would find.
func TestPortsGoneThroughManyTimes(t *testing.T) {
	const ports, rounds, ahead = 500, 60, 2 * time.Hour
	s, at, rng := &scene{}, noon, rand.New(rand.NewPCG(5, 6))
	for i := range ports * rounds {
		at = at.Add(time.Duration(rng.IntN(2000)) * time.Millisecond)
		s.conn(uint16(50_000+i%ports), at, 500*time.Millisecond)
		s.socket(sysmonProvider, uint16(50_000+i%ports), at.Add(ahead), at.Add(ahead), program(7, `C:\agent.exe`))
	}
	c := s.run()
	linked := 0
	for l := range c.Links {
		if l.Conn != nil && len(l.Sockets) == 1 {
			linked++
		}
	}
	clock := c.Hosts[0].Clocks[0]
	if linked != ports*rounds || !clock.Applied || clock.Offset != ahead || clock.Steps != 0 {
		t.Errorf("%d connections are linked to their event, want %d; the clock is %+v", linked, ports*rounds, clock)
	}
	if want := "measured by the connections of one tuple in 14, since there are so many"; clock.Reason != want {
		t.Errorf("it says %q, want %q", clock.Reason, want)
	}
	if sampled := ports * rounds * rounds / maxVotes; clock.Votes < 1000 || clock.Candidates > ports*rounds*2/sampled {
		t.Errorf("%d of %d voted", clock.Votes, clock.Candidates)
	}
}
