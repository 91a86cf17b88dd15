package detect

import (
	"fmt"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// BenchmarkRun judges a case of 20,000 usages with five connections each.
func BenchmarkRun(b *testing.B) {
	s := newScene()
	p := s.process(ordinary)
	for i := range 100_000 {
		s.link(p, fmt.Sprintf("198.%d.%d.%d:443", 18+i%2, i/5%100, i/500%200), seen(900, 5000, hello(evidence.TLS{SNI: "www.example", JA4: "t13d"})))
	}
	b.ReportAllocs()
	for b.Loop() {
		s.judge(policy.Default())
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "conns/s")
}
