package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// every makes n calls, the pause between them given in seconds.
func every(n int, pause func(i int) float64) func(*scene) {
	return func(s *scene) {
		p := s.process(ordinary)
		for i := range n {
			s.link(p, outside)
			s.now = s.now.Add(seconds(pause(i)) - time.Second)
		}
	}
}

func TestRegular(t *testing.T) {
	rows(t, regular, []row{
		// 25 + 6 * log2(60/4) = 48.4
		{"every minute for an hour", "an implant without jitter", every(60, func(int) float64 { return 60 }), 48.4},
		{"four calls in a day", "three equal pauses", every(4, func(int) float64 { return 6 * 3600 }), 25},
		// a pause of a night leaves median and spread alone: 25 + 6 * log2(41/4) = 45.1
		{"through a night", "the median does not see it", every(41, func(i int) float64 {
			if i == 20 {
				return 40000
			}
			return 60
		}), 45.1},
		{"three calls", "two pauses are chance", every(3, func(int) float64 { return 60 }), 0},
		{"a person", "pauses without a rule", every(30, func(i int) float64 { return []float64{2, 40, 5, 300, 11, 90, 3, 700}[i%8] }), 0},
		{"a page load", "one call of many connections", every(30, func(int) float64 { return 0.05 }), 0},
		{"DNS", "the resolver is not the peer", func(s *scene) {
			for range 20 {
				s.link(s.process(system32+"svchost.exe"), "10.1.0.2:53", overUDP)
				s.now = s.now.Add(time.Minute)
			}
		}, 0},
	})
}

func TestRegularInsideOneConnection(t *testing.T) {
	s := newScene()
	l := s.link(nil, "203.0.113.7:80", seen(4000, 9000, speaks("http")))
	for i := range 20 {
		l.Conn.Series = append(l.Conn.Series, evidence.Point{At: s.now.Add(time.Duration(5*i) * time.Second), Orig: 200, Resp: 450})
	}
	if facts := s.say(regular, policy.Default()); len(facts) != 1 || facts[0].Numbers[1].Value != 5 {
		t.Errorf("a connection that is kept open and asks every 5 s: %+v", facts)
	}
}

// TestChanceIsNotRegular draws pauses from the exponential distribution, which is what independent calls look like.
func TestChanceIsNotRegular(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	said := 0
	for range 100 {
		s := newScene()
		every(60, func(int) float64 { return 60 * r.ExpFloat64() })(s)
		said += len(s.say(regular, policy.Default()))
	}
	if said > 1 {
		t.Errorf("called regular in %d of 100 draws", said)
	}
}

// TestJitterIsRegular draws pauses that differ by up to half of the interval, as implants are told to.
func TestJitterIsRegular(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	said := 0
	for range 100 {
		s := newScene()
		every(40, func(int) float64 { return 60 * (0.5 + r.Float64()) })(s)
		said += len(s.say(regular, policy.Default()))
	}
	if said < 99 {
		t.Errorf("called regular in %d of 100 draws", said)
	}
}

func TestQuiet(t *testing.T) {
	lasting := func(d time.Duration) func(*correlate.Link) {
		return func(l *correlate.Link) { l.End = l.Start.Add(d); l.Conn.End = l.End }
	}
	rows(t, quiet, []row{
		{"two hours, little said", "somebody waits", func(s *scene) { s.link(nil, outside, seen(9000, 9000, speaks("tls")), lasting(2*time.Hour)) }, 25},
		{"a call", "moves much", func(s *scene) { s.link(nil, outside, seen(90*mebi, 90*mebi, speaks("tls")), lasting(2*time.Hour)) }, 0},
		{"a minute", "servers keep it that long", func(s *scene) { s.link(nil, outside, seen(900, 900, speaks("tls")), lasting(time.Minute)) }, 0},
	})
}

func TestYoung(t *testing.T) {
	startedAgo := func(s *scene, d time.Duration) func(*correlate.Process) {
		return func(p *correlate.Process) { p.Start = evidence.InstantOf(s.now.Add(-d)) }
	}
	rows(t, young, []row{
		{"at once", "only there to call", func(s *scene) { s.link(s.process(ordinary, startedAgo(s, time.Second)), outside) }, 15},
		{"later", "ordinary", func(s *scene) { s.link(s.process(ordinary, startedAgo(s, time.Minute)), outside) }, 0},
		{"start not known", "not known is not young", func(s *scene) {
			s.link(s.process(ordinary, func(p *correlate.Process) { p.Start = 0 }), outside)
		}, 0},
	})
}

func TestFanOut(t *testing.T) {
	visit := func(n int, port string, pause time.Duration) func(*scene) {
		return func(s *scene) {
			p := s.process("System")
			for i := range n {
				s.link(p, fmt.Sprintf("10.1.0.%d:%s", 20+i, port))
				s.now = s.now.Add(pause)
			}
		}
	}
	rows(t, fanOut, []row{
		{"seven machines", "one after the other", visit(7, "445", 0), 40},
		{"over a day", "a person's work", visit(7, "445", time.Hour), 0},
		{"two machines", "ordinary", visit(2, "445", 0), 0},
		{"printers", "no protocol of management or files", visit(7, "9100", 0), 0},
	})
}

// TestFanOutCountsTheFullestWindow: a visit counts with whoever came within the window before or after it.
func TestFanOutCountsTheFullestWindow(t *testing.T) {
	s := newScene()
	p := s.process("System")
	for i, at := range []int{0, 50, 55, 58, 59, 62, 500} { // seconds
		s.now = time.Date(2024, 3, 4, 9, 0, at-1, 0, time.UTC)
		s.link(p, fmt.Sprintf("10.1.0.%d:445", 20+i))
	}
	c := wholeContext(s.gather(policy.Default()))
	want := map[string]int{"10.1.0.20": 5, "10.1.0.21": 5, "10.1.0.25": 5, "10.1.0.26": 1}
	for _, u := range c.Usages {
		if n, ok := want[u.Peer]; ok && c.visited[u] != n {
			t.Errorf("%s: %d machines, want %d", u.Peer, c.visited[u], n)
		}
	}
}
