package pcap

import (
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A burst is payload without a second of silence in it.
type burst struct {
	from, to time.Time
	bytes    [2]uint64
}

// A series holds the bursts of a connection.
type series []burst

const silence = time.Second

func (s *series) add(at time.Time, dir int, bytes uint64) {
	if n := len(*s); n > 0 && at.Sub((*s)[n-1].to) < silence {
		last := &(*s)[n-1]
		last.bytes[dir] += bytes
		if at.After(last.to) {
			last.to = at
		}
		return
	}
	if len(*s) == evidence.MaxSeries {
		s.merge()
	}
	b := burst{from: at, to: at}
	b.bytes[dir] = bytes
	*s = append(*s, b)
}

// merge joins the two neighbours with the least silence between them.
func (s *series) merge() {
	b := *s
	least := 1
	for i := 2; i < len(b); i++ {
		if b[i].from.Sub(b[i-1].to) < b[least].from.Sub(b[least-1].to) {
			least = i
		}
	}
	b[least-1].to = b[least].to
	b[least-1].bytes[0] += b[least].bytes[0]
	b[least-1].bytes[1] += b[least].bytes[1]
	*s = append(b[:least], b[least+1:]...)
}

func (s series) points(orig int) []evidence.Point {
	if len(s) == 0 {
		return nil
	}
	points := make([]evidence.Point, len(s))
	for i, b := range s {
		points[i] = evidence.Point{At: b.from, Orig: b.bytes[orig], Resp: b.bytes[1-orig]}
	}
	return points
}
