package detect

import (
	"fmt"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const mebi = 1 << 20

func TestOutbound(t *testing.T) {
	rows(t, outbound, []row{
		{"at the threshold", "35", func(s *scene) { s.link(s.process(ordinary), outside, seen(100*mebi, mebi, speaks("tls"))) }, 35},
		{"ten times it", "15 more", func(s *scene) { s.link(s.process(ordinary), outside, seen(1000*mebi, mebi, speaks("tls"))) }, 50},
		{"in parts", "connections to one peer add up", func(s *scene) {
			p := s.process(ordinary)
			for range 4 {
				s.link(p, outside, seen(25*mebi, mebi, speaks("tls")))
			}
		}, 35},
		{"to a file server", "copies inside are everyday work: half", func(s *scene) { s.link(s.process("System"), "10.1.0.9:445", seen(100*mebi, mebi, speaks("smb"))) }, 17.5},
		{"download", "what comes in is not counted", func(s *scene) { s.link(s.process(ordinary), outside, seen(mebi, 1000*mebi, speaks("tls"))) }, 0},
		{"not measured", "is not 0 and not much", func(s *scene) { s.link(s.process(ordinary), outside) }, 0},
	})
}

func TestAsymmetry(t *testing.T) {
	rows(t, asymmetry, []row{
		{"nine tenths out", "AN1225's share", func(s *scene) { s.link(s.process(ordinary), outside, seen(9*mebi, mebi, speaks("tls"))) }, 35},
		{"half", "ordinary", func(s *scene) { s.link(s.process(ordinary), outside, seen(9*mebi, 9*mebi, speaks("tls"))) }, 0},
		{"small", "a form reaches any share", func(s *scene) { s.link(s.process(ordinary), outside, seen(20000, 100, speaks("tls"))) }, 0},
		{"server", "who is asked gives", func(s *scene) {
			s.link(s.process(system32+"svchost.exe"), "10.1.0.9:51000", inbound(445), seen(mebi, 90*mebi, speaks("smb")))
		}, 0},
	})
}

func TestUploads(t *testing.T) {
	many := func(n int, sent, received uint64) func(*scene) {
		return func(s *scene) {
			p := s.process(ordinary)
			for range n {
				s.link(p, outside, seen(sent, received, speaks("tls")))
			}
		}
	}
	rows(t, uploads, []row{
		{"many small", "add up", many(12, 200000, 5000), 30},
		{"few", "a person's uploads", many(3, 200000, 5000), 0},
		{"downloads", "receive more than they send", many(12, 5000, 200000), 0},
		{"tiny", "requests with little to say back", many(12, 900, 300), 0},
	})
}

func TestOutlier(t *testing.T) {
	others := func(s *scene, n int) {
		p := s.process(ordinary)
		for i := range n {
			s.link(p, fmt.Sprintf("198.51.100.%d:443", i+1), seen(100000, 500000, evidence.App{}))
		}
		s.link(p, outside, seen(5*mebi, 9*mebi, evidence.App{}))
	}
	rows(t, outlier, []row{
		{"one of four", "fifty times what it sends elsewhere", func(s *scene) { others(s, 3) }, 25},
		{"nothing to compare with", "two peers say little", func(s *scene) { others(s, 1) }, 0},
	})
}
