package pcap

import (
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A burst is payload without a second of silence in it. Its times count from the first payload of the connection.
type burst struct {
	from, to time.Duration
	bytes    [2]uint64
}

// A series holds the bursts of a connection.
type series struct {
	began  time.Time
	bursts []burst
}

const silence = time.Second

func (s *series) add(t time.Time, dir int, bytes uint64) {
	n := len(s.bursts)
	if n == 0 {
		s.began = t
	}
	at := t.Sub(s.began)
	if n > 0 && at-s.bursts[n-1].to < silence {
		last := &s.bursts[n-1]
		last.bytes[dir] += bytes
		last.to = max(last.to, at)
		return
	}
	if n == evidence.MaxSeries {
		s.merge()
	}
	b := burst{from: at, to: at}
	b.bytes[dir] = bytes
	s.bursts = append(s.bursts, b)
}

// merge joins the two neighbours with the least silence between them.
func (s *series) merge() {
	b := s.bursts
	least := 1
	for i := 2; i < len(b); i++ {
		if b[i].from-b[i-1].to < b[least].from-b[least-1].to {
			least = i
		}
	}
	b[least-1].to = b[least].to
	b[least-1].bytes[0] += b[least].bytes[0]
	b[least-1].bytes[1] += b[least].bytes[1]
	s.bursts = append(b[:least], b[least+1:]...)
}

func (s *series) points(orig int) []evidence.Point {
	if len(s.bursts) == 0 {
		return nil
	}
	points := make([]evidence.Point, len(s.bursts))
	for i, b := range s.bursts {
		points[i] = evidence.Point{At: s.began.Add(b.from), Orig: b.bytes[orig], Resp: b.bytes[1-orig]}
	}
	return points
}
