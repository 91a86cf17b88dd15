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

// lones are the connections that only a host's log speaks of: the process is known, the bytes are not. There may be millions,
// so a Link is made when it is asked for. Events are known by their places among the book's sockets.
type lones struct {
	begin   []uint32   // the first event of each, in the order of their links
	process []*Process // of each that begins with the event
	then    []uint32   // the next event of the same, 0 for none
}

// hostOnly puts the events together that speak of one connection.
func (b *book) hostOnly() {
	n := b.sockets.Len()
	l := &b.alone
	l.process, l.then = make([]*Process, n), make([]uint32, n)
	for i, s := range b.sockets.All() {
		l.process[i] = b.find(b.program(i, s), b.when(&s.Kept))
	}
	goesOn := make([]bool, n)
	read := b.sockets.Reader()
	for tuple := range byTuple(&b.sockets, read) {
		if len(tuple) > 1 {
			b.putTogether(tuple, read, goesOn)
		}
	}
	l.begin = b.inOrder(goesOn)
	b.who = nil
}

// putTogether does so with the events of one tuple, and marks those that begin no connection.
func (b *book) putTogether(tuple []uint32, read *evidence.SocketReader, goesOn []bool) {
	l, open, before := &b.alone, tuple[0], tuple[0]
	last := b.when(&read.At(int(open)).Kept)
	for _, i := range tuple[1:] {
		at, p, owner := b.when(&read.At(int(i)).Kept), l.process[i], l.process[open]
		switch {
		case at.Sub(last) > aloneSlack || p != nil && owner != nil && !samePerhaps(p, owner):
			open = i
		default:
			if owner == nil || p != nil && p.detail() > owner.detail() {
				l.process[open] = p
			}
			l.then[before], goesOn[i] = i, true
		}
		last, before = at, i
	}
}

// inOrder lists the events that begin a connection in the order of the links.
func (b *book) inOrder(goesOn []bool) []uint32 {
	events, starts := make([]uint32, 0, len(goesOn)), make([]int64, len(goesOn))
	for i, s := range b.sockets.All() {
		if !goesOn[i] {
			events, starts[i] = append(events, uint32(i)), order(b.when(&s.Kept))
		}
	}
	one, other := b.sockets.Reader(), b.sockets.Reader()
	slices.SortFunc(events, func(x, y uint32) int {
		if starts[x] != starts[y] {
			return cmp.Compare(starts[x], starts[y])
		}
		return cmp.Or(b.compareEnds(one.At(int(x)), other.At(int(y))), cmp.Compare(x, y))
	})
	return events
}

// compareEnds is what compareLinks says of links of one host that begin with these.
func (b *book) compareEnds(x, y *evidence.KeptSocket) int {
	xLocal, xRemote := b.ends(x)
	yLocal, yRemote := b.ends(y)
	return cmp.Or(b.when(&x.Kept).Compare(b.when(&y.Kept)), xLocal.Compare(yLocal), xRemote.Compare(yRemote), cmp.Compare(x.Transport(), y.Transport()), evidence.CompareRefs(x.Ref(), y.Ref()))
}

// order is a number by which times compare, but for those too far off to be told apart.
func order(at time.Time) int64 {
	if at.IsZero() {
		return math.MinInt64
	}
	return int64(evidence.InstantOf(at))
}

// link is what the events say of the connection that begins with one of them, without what else is known of it.
func (b *book) link(event uint32, read *evidence.SocketReader) Link {
	l := Link{Host: b.host, Process: b.alone.process[event]}
	for i, more := event, true; more; more = i > 0 {
		s := *read.At(int(i))
		l.Sockets = append(l.Sockets, &s)
		i = b.alone.then[i]
	}
	first, last := l.Sockets[0], l.Sockets[len(l.Sockets)-1]
	l.Transport, l.Outbound, l.Start, l.End = first.Transport(), first.Initiated(), b.when(&first.Kept), b.when(&last.Kept)
	l.Local, l.Remote = b.ends(first)
	return l
}

// whole is the link with all that is known of it.
func (j *joiner) whole(b *book, event uint32, read *evidence.SocketReader) *Link {
	link := b.link(event, read)
	link.Attribution = logged(&link)
	j.complete(&link)
	return &link
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
