package detect

import (
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A timeline is the traffic of a usage over time: the start of every connection and every burst inside one, as seen from
// the host. Where there are too many, what follows each other closely is joined: calls stay told apart, and so do the
// steps of the picture that a finding shows.
type timeline struct{ moments []moment }

// A moment is an instant, or several that were joined.
type moment struct {
	finding.Line
	lasts  time.Duration // from At to the last moment at which the host began to speak
	speaks bool          // a connection started, or the host sent
	goesOn bool          // no call of its own: it follows the moment before without a pause
}

// maxLines bounds the traffic over time that a finding shows, in equal steps.
const maxLines = 120

// add adds a connection. A connection without a series is one moment with all its bytes.
func (t *timeline) add(l *correlate.Link, r room) {
	if l.Start.IsZero() {
		return
	}
	start := finding.Line{At: l.Start, Events: 1}
	if l.Conn == nil || len(l.Conn.Series) == 0 {
		sent, received := l.Sent()
		start.Sent, start.Recv = sent.N, received.N
		t.put(start, r)
		return
	}
	t.put(start, r)
	for _, p := range l.Conn.Series {
		t.put(burst(l, p), r)
	}
}

func burst(l *correlate.Link, p evidence.Point) finding.Line {
	if l.Conn.Orig == l.Local {
		return finding.Line{At: p.At, Sent: p.Orig, Recv: p.Resp}
	}
	return finding.Line{At: p.At, Sent: p.Resp, Recv: p.Orig}
}

func (t *timeline) put(l finding.Line, r room) {
	if len(t.moments) >= r.moments {
		t.shrink(r)
	}
	t.moments = append(t.moments, moment{Line: l, speaks: l.Events > 0 || l.Sent > 0})
}

func (t *timeline) join(o *timeline) { t.moments = append(t.moments, o.moments...) }

// shrink makes room: it joins what is one call anyway, and then, where calls alone are too many, whatever lies in one
// step behind the first of them.
func (t *timeline) shrink(r room) {
	if len(t.moments) == 0 {
		return
	}
	slices.SortStableFunc(t.moments, func(a, b moment) int { return a.At.Compare(b.At) })
	last := len(t.moments) - 1
	step := t.moments[last].At.Sub(t.moments[0].At)/(2*maxLines) + 1
	t.merge(0, func(a, b *moment) bool { return b.At.Sub(a.At.Add(a.lasts)) < r.gap }, step)
	if len(t.moments) > r.moments/2 {
		t.merge(r.moments/4, func(a, b *moment) bool { return true }, step)
	}
	t.moments = slices.Clip(t.moments)
}

// merge joins moments from a place on with the moment before them where they belong together, in steps no wider than step.
func (t *timeline) merge(from int, together func(a, b *moment) bool, step time.Duration) {
	kept := t.moments[:from+1]
	for _, b := range t.moments[from+1:] {
		a := &kept[len(kept)-1]
		one := together(a, &b) || !b.speaks
		if one && b.At.Sub(a.At) <= step {
			a.take(&b)
			continue
		}
		b.goesOn = b.goesOn || one && b.speaks
		kept = append(kept, b)
	}
	t.moments = kept
}

// take joins a moment that follows.
func (s *moment) take(o *moment) {
	s.Sent, s.Recv, s.Events = s.Sent+o.Sent, s.Recv+o.Recv, s.Events+o.Events
	if o.speaks {
		s.lasts = max(s.lasts, o.At.Add(o.lasts).Sub(s.At))
		s.speaks = true
	}
}

// calls are the instants at which the host began to speak: starts of connections and bursts inside them. What follows
// within gap belongs to the same call.
func (t *timeline) calls(gap time.Duration) []time.Time {
	var all []moment
	for _, s := range t.moments {
		if s.speaks {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b moment) int { return a.At.Compare(b.At) })
	var out []time.Time
	for i, s := range all {
		if i == 0 || !s.goesOn && s.At.Sub(all[i-1].At.Add(all[i-1].lasts)) >= gap {
			out = append(out, s.At)
		}
	}
	return out
}

// lines is the traffic over time in at most maxLines equal steps.
func (t *timeline) lines() []finding.Line {
	var first, last time.Time
	for _, s := range t.moments {
		first, last = earliest(first, s.At), latest(last, s.At)
	}
	step := last.Sub(first)/maxLines + 1
	lines := make([]finding.Line, maxLines)
	for _, s := range t.moments {
		l := &lines[min(int(s.At.Sub(first)/step), maxLines-1)]
		if l.At.IsZero() || s.At.Before(l.At) {
			l.At = s.At
		}
		l.Sent, l.Recv, l.Events = l.Sent+s.Sent, l.Recv+s.Recv, l.Events+s.Events
	}
	return slices.Clone(slices.DeleteFunc(lines, func(l finding.Line) bool { return l.At.IsZero() }))
}
