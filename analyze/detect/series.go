package detect

import (
	"iter"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// maxLines bounds the traffic over time that a finding shows.
const maxLines = 120

// series is the traffic over time in at most maxLines equal steps.
func series(u *Usage) []finding.Line {
	var first, last time.Time
	for p := range u.points() {
		first, last = earliest(first, p.At), latest(last, p.At)
	}
	step := last.Sub(first)/maxLines + 1
	lines := make([]finding.Line, maxLines)
	for p := range u.points() {
		l := &lines[min(int(p.At.Sub(first)/step), maxLines-1)]
		if l.At.IsZero() || p.At.Before(l.At) {
			l.At = p.At
		}
		l.Sent, l.Recv, l.Events = l.Sent+p.Sent, l.Recv+p.Recv, l.Events+p.Events
	}
	return slices.DeleteFunc(lines, func(l finding.Line) bool { return l.At.IsZero() })
}

// points yields the start of every connection and every burst inside it, as seen from the host. A connection without a
// series is one point with all its bytes.
func (u *Usage) points() iter.Seq[finding.Line] {
	return func(yield func(finding.Line) bool) {
		for _, l := range u.Links {
			if !l.Start.IsZero() && !pointsOf(l, yield) {
				return
			}
		}
	}
}

func pointsOf(l *correlate.Link, yield func(finding.Line) bool) bool {
	start := finding.Line{At: l.Start, Events: 1}
	if l.Conn == nil || len(l.Conn.Series) == 0 {
		sent, received := l.Sent()
		start.Sent, start.Recv = sent.N, received.N
		return yield(start)
	}
	if !yield(start) {
		return false
	}
	for _, p := range l.Conn.Series {
		if !yield(burst(l, p)) {
			return false
		}
	}
	return true
}

func burst(l *correlate.Link, p evidence.Point) finding.Line {
	if l.Conn.Orig == l.Local {
		return finding.Line{At: p.At, Sent: p.Orig, Recv: p.Resp}
	}
	return finding.Line{At: p.At, Sent: p.Resp, Recv: p.Orig}
}
