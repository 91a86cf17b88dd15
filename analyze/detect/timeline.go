package detect

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A timeline is the traffic of a usage over time: the start of every connection and every burst inside one, as seen from
// the host. Where there are too many, what follows each other closely is joined; where that is not enough, calls are told
// apart only up to an instant, and what came later is a picture of its volume.
type timeline struct {
	packed
	// blurred is where calls are told apart no more, the zero time for nowhere.
	blurred time.Time
	// tight is how many moments shrink left so that it would leave them as they are, 0 when it might not.
	tight int
}

// A moment is an instant, or several that were joined.
type moment struct {
	at         int64 // nanoseconds since 1970
	lasts      int64 // from there to the last instant at which the host began to speak, in nanoseconds
	sent, recv uint64
	events     int32
	speaks     bool // a connection started, or the host sent
	goesOn     bool // no call of its own: it follows the moment before without a pause
}

// nanoseconds is the instant as a moment has it; what lies beyond the years 1824 to 2115 is moved to their ends, so that no two
// are further apart than a number says.
func nanoseconds(t time.Time) int64 {
	const lowest, highest = math.MinInt64 / 2 / int64(time.Second), math.MaxInt64 / 2 / int64(time.Second)
	if s := t.Unix(); s <= lowest || s >= highest {
		return min(max(s, lowest), highest) * int64(time.Second)
	}
	return t.UnixNano()
}

func (m *moment) time() time.Time { return time.Unix(0, m.at).UTC() }

// until is when the host last began to speak in it.
func (m *moment) until() int64 { return m.at + m.lasts }

func momentOf(l finding.Line) moment {
	return moment{at: nanoseconds(l.At), sent: l.Sent, recv: l.Recv, events: int32(l.Events), speaks: l.Events > 0 || l.Sent > 0}
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
	if t.amount >= r.moments {
		t.shrink(r)
	}
	t.packed.add(momentOf(l))
}

func (t *timeline) join(o *timeline) {
	for _, m := range o.moments() {
		t.packed.add(m)
	}
	if t.blurred.IsZero() || !o.blurred.IsZero() && o.blurred.Before(t.blurred) {
		t.blurred = o.blurred
	}
}

// shrink makes room: it joins what is one call anyway, and then, where calls alone are too many, whatever lies in one
// step behind the first of them.
func (t *timeline) shrink(r room) {
	if t.amount == t.tight && t.amount <= r.moments/2 {
		return
	}
	all := t.moments()
	slices.SortStableFunc(all, byTime)
	span := all[len(all)-1].at - all[0].at
	all, settled := merged(all, 0, func(a, b *moment) bool { return b.at-a.until() < int64(r.gap) }, span/(2*maxLines)+1)
	if exact := r.moments / 4; len(all) > r.moments/2 {
		if from := all[exact].time(); t.blurred.IsZero() || from.Before(t.blurred) {
			t.blurred = from
		}
		all, _ = merged(all, exact, func(a, b *moment) bool { return true }, span/int64(exact)+1)
		settled = false
	}
	t.packed, t.tight = pack(all), 0
	if settled {
		t.tight = t.amount
	}
}

func byTime(a, b moment) int { return cmp.Compare(a.at, b.at) }

// merged joins moments from a place on with the moment before them where they belong together, in steps no wider than step.
// They are settled when merging them again would change nothing: one that speaks only since it was joined with others may
// turn out to go on from the moment before.
func merged(all []moment, from int, together func(a, b *moment) bool, step int64) (kept []moment, settled bool) {
	kept, settled = all[:from+1], true
	for i := from + 1; i < len(all); i++ {
		a, b := &kept[len(kept)-1], &all[i]
		one := together(a, b) || !b.speaks
		if one && b.at-a.at <= step {
			settled = settled && (a.speaks || !b.speaks)
			a.take(b)
			continue
		}
		b.goesOn = b.goesOn || one && b.speaks
		kept = append(kept, *b)
	}
	return kept, settled
}

// take joins a moment that follows.
func (m *moment) take(o *moment) {
	m.sent, m.recv, m.events = m.sent+o.sent, m.recv+o.recv, m.events+o.events
	if o.speaks {
		m.lasts = max(m.lasts, o.until()-m.at)
		m.speaks = true
	}
}

// calls are the instants at which the host began to speak: starts of connections and bursts inside them. What follows
// within gap belongs to the same call. All tells that there are no more than these first ones.
func (t *timeline) calls(gap time.Duration) (out []time.Time, all bool) {
	spoken := slices.DeleteFunc(t.moments(), func(m moment) bool { return !m.speaks || !t.blurred.IsZero() && !m.time().Before(t.blurred) })
	slices.SortFunc(spoken, byTime)
	for i, m := range spoken {
		if i == 0 || !m.goesOn && m.at-spoken[i-1].until() >= int64(gap) {
			out = append(out, m.time())
		}
	}
	return out, t.blurred.IsZero()
}

// lines is the traffic over time in at most maxLines equal steps.
func (t *timeline) lines() []finding.Line {
	all := t.moments()
	if len(all) == 0 {
		return nil
	}
	first, last := slices.MinFunc(all, byTime).at, slices.MaxFunc(all, byTime).at
	step := (last-first)/maxLines + 1
	lines := make([]finding.Line, maxLines)
	for _, m := range all {
		l := &lines[min((m.at-first)/step, maxLines-1)]
		if at := m.time(); l.At.IsZero() || at.Before(l.At) {
			l.At = at
		}
		l.Sent, l.Recv, l.Events = l.Sent+m.sent, l.Recv+m.recv, l.Events+int(m.events)
	}
	return slices.Clone(slices.DeleteFunc(lines, func(l finding.Line) bool { return l.At.IsZero() }))
}
