package spill

import (
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// benchConns is how many connections a benchmark moves at once: as many as a capture does.
const benchConns = 1 << 14

// Benchmark moves connections to disk and reads them back, whole and as far as a survey needs.
func Benchmark(b *testing.B) {
	var conns []*evidence.Conn
	for range benchConns {
		c := whole()
		c.HTTP, c.SMB, c.RDP, c.RPC, c.Kerberos, c.NTLM = nil, nil, nil, nil, nil, nil
		conns = append(conns, c)
	}
	s := New(b.TempDir(), 0)
	defer s.Close()
	run, err := s.For().Move(conns, true)
	if err != nil {
		b.Fatal(err)
	}
	read := func(whole bool) {
		next := run.Open(whole, new(evidence.Texts))
		for range benchConns {
			if _, err := next(); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"Move", func() {
			if _, err := s.For().Move(conns, true); err != nil {
				b.Fatal(err)
			}
		}},
		{"Whole", func() { read(true) }},
		{"Survey", func() { read(false) }},
	} {
		b.Run(step.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				step.do()
			}
			b.ReportMetric(benchConns*float64(b.N)/b.Elapsed().Seconds(), "conns/s")
		})
	}
}
