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

// A series holds the bursts of a connection. Most have one.
type series struct {
	began time.Time
	begun bool // there is a last
	last  burst
	past  []burst // those before it
}

const silence = time.Second

func (s *series) add(t time.Time, dir int, bytes uint64) {
	if !s.begun {
		s.began = t
	}
	at := since(s.began, t)
	if s.begun && at-s.last.to < silence {
		s.last.bytes[dir] += bytes
		s.last.to = max(s.last.to, at)
		return
	}
	if s.begun {
		s.past = append(s.past, s.last)
	}
	if len(s.past) == evidence.MaxSeries {
		s.merge()
	}
	s.last, s.begun = burst{from: at, to: at}, true
	s.last.bytes[dir] = bytes
}

// merge joins the two past neighbours with the least silence between them.
func (s *series) merge() {
	b := s.past
	least := 1
	for i := 2; i < len(b); i++ {
		if b[i].from-b[i-1].to < b[least].from-b[least-1].to {
			least = i
		}
	}
	b[least-1].to = b[least].to
	b[least-1].bytes[0] += b[least].bytes[0]
	b[least-1].bytes[1] += b[least].bytes[1]
	s.past = append(b[:least], b[least+1:]...)
}

func (s *series) points(orig int) []evidence.Point {
	if !s.begun {
		return nil
	}
	points := make([]evidence.Point, 0, len(s.past)+1)
	for _, b := range s.past {
		points = append(points, s.point(b, orig))
	}
	return append(points, s.point(s.last, orig))
}

func (s *series) point(b burst, orig int) evidence.Point {
	return evidence.Point{At: s.began.Add(b.from), Orig: b.bytes[orig], Resp: b.bytes[1-orig]}
}
