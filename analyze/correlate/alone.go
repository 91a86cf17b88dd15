package correlate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// aloneSlack is within what time events of one tuple and process speak of one connection that no capture shows.
const aloneSlack = 2 * time.Minute

// A lone is a connection that only a host's log speaks of: the process is known, the bytes are not. There may be millions, so
// its Link is made when it is asked for.
type lone struct {
	book    *book
	process *Process
	start   int64  // of the first event, as order has it
	from, n uint32 // of book.alone: the events that speak of it
}

// hostOnly puts the events together that speak of one connection, and keeps them in that order.
func (j *joiner) hostOnly(b *book, alone []*evidence.KeptSocket) {
	named := make([]*Process, len(alone))
	for i, s := range alone {
		named[i] = b.find(b.program(s), b.when(&s.Kept))
	}
	j.alone = slices.Grow(j.alone, len(alone))
	b.alone = make([]*evidence.KeptSocket, 0, len(alone))
	for tuple := range byTuple(alone) {
		var open *lone
		var last time.Time
		for _, i := range tuple {
			at, p := b.when(&alone[i].Kept), named[i]
			switch {
			case open == nil || at.Sub(last) > aloneSlack || p != nil && open.process != nil && !samePerhaps(p, open.process):
				j.alone = append(j.alone, lone{b, p, order(at), uint32(len(b.alone)), 0})
				open = &j.alone[len(j.alone)-1]
			case open.process == nil || p != nil && p.detail() > open.process.detail():
				open.process = p
			}
			last = at
			open.n++
			b.alone = append(b.alone, alone[i])
		}
	}
}

// order is a number by which times compare, but for those too far off to be told apart.
func order(at time.Time) int64 {
	if at.IsZero() {
		return math.MinInt64
	}
	return int64(evidence.InstantOf(at))
}

// link is what the events say of a connection, without what else is known of it.
func (l *lone) link() Link {
	b, sockets := l.book, l.book.alone[l.from:l.from+l.n:l.from+l.n]
	first, last := sockets[0], sockets[l.n-1]
	local, remote := b.ends(first)
	return Link{Host: b.host, Process: l.process, Transport: first.Transport(), Sockets: sockets, Start: b.when(&first.Kept), End: b.when(&last.Kept),
		Outbound: first.Initiated(), Local: local, Remote: remote}
}

// whole is the link with all that is known of it.
func (j *joiner) whole(l *lone) *Link {
	link := l.link()
	link.Attribution = logged(&link)
	j.complete(&link)
	return &link
}

func compareLones(a, b lone) int {
	if a.start != b.start {
		return cmp.Compare(a.start, b.start)
	}
	x, y := a.link(), b.link()
	return cmp.Or(compareLinks(&x, &y), cmp.Compare(a.from, b.from))
}

// logged is the attribution of a connection that only the host's log states.
func logged(l *Link) finding.Attribution {
	if l.Process == nil {
		return finding.Attribution{Basis: finding.BasisNone, Reason: "the host's log has the connection but names no process"}
	}
	if !slices.ContainsFunc(l.Sockets, func(s *evidence.KeptSocket) bool { return s.Recovered() != evidence.Leftover }) {
		return finding.Attribution{Basis: finding.BasisHostLog, Confidence: sureLeftover,
			Reason: "stated only by records recovered from space the log does not use: an earlier state of it"}
	}
	return finding.Attribution{Basis: finding.BasisHostLog, Confidence: sureHostLog, Reason: "stated by the host's log; no capture shows the connection"}
}
