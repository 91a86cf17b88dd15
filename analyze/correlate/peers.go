package correlate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A holding is that a process held a connection to a peer, from a time on as order has it.
type holding struct {
	process *Process
	start   int64
}

// A holder is a process with the beginnings of all connections that it held to a peer, sorted.
type holder struct {
	process *Process
	starts  []int64
}

// indexHolders notes who holds claimed connections to a peer, for those that a capture shows.
func (j *joiner) indexHolders() {
	j.holders = map[peerKey][]holder{}
	if j.cf.Conns.None() {
		return
	}
	held := map[peerKey][]holding{}
	hold := func(l *Link) {
		if l.Process != nil && l.Outbound == evidence.Yes {
			k := peerKey{l.Host, l.Transport, l.Remote}
			held[k] = append(held[k], holding{l.Process, order(l.Start)})
		}
	}
	for _, b := range j.books {
		read := b.sockets.Reader()
		for _, event := range b.alone.begin {
			l := b.link(event, read)
			hold(&l)
		}
	}
	read := j.readers()
	for here, rest := on(j.claims, sameEnd); len(here) > 0; here, rest = on(rest, sameEnd) {
		l, _ := here[0].book.owned(here, read[here[0].book])
		hold(&l)
	}
	for k, all := range held {
		j.holders[k] = byProcess(all)
		delete(held, k)
	}
}

// byProcess lists the holders in the order of processes.
func byProcess(all []holding) (holders []holder) {
	slices.SortStableFunc(all, func(a, b holding) int {
		return cmp.Or(compareProcesses(a.process, b.process), cmp.Compare(a.start, b.start))
	})
	for _, h := range all {
		if n := len(holders); n == 0 || holders[n-1].process != h.process {
			holders = append(holders, holder{process: h.process})
		}
		last := &holders[len(holders)-1]
		last.starts = append(last.starts, h.start)
	}
	return holders
}

// byPeer gives a connection without an owner to the process that holds all claimed connections of that host to the same
// peer and port, when it lived then: keep-alive connections that began before the capture.
func (j *joiner) byPeer(l *Link) {
	if l.Process != nil || l.Conn == nil || l.Host == nil || l.Outbound != evidence.Yes {
		return
	}
	held := j.holders[peerKey{l.Host, l.Transport, l.Remote}]
	if len(held) == 0 {
		return
	}
	if b := j.bookOf(l.Local.Addr(), l.Conn.Sensor); b != nil && b.alignedWith(l.Conn.Sensor) {
		l.adopt(held)
	}
}

type peerKey struct {
	host      *Host
	transport evidence.Transport
	remote    netip.AddrPort
}

// peerWindow is how long before or after a connection its owner's other use of the peer counts most. Whoever used the
// peer at another time of the day is considered only where nobody did near it.
const peerWindow = time.Hour

// adopt links to the one live program among the holders of a peer; several of its processes are rivals.
func (l *Link) adopt(held []holder) {
	live := l.live(held, peerWindow)
	if len(live) == 0 {
		live = l.live(held, earlier)
	}
	if len(live) == 0 {
		return
	}
	if slices.ContainsFunc(live, func(p *Process) bool { return !sameImage(p.Image, live[0].Image) }) {
		l.Attribution.Reason += fmt.Sprintf("; %d programs of the host use this peer", len(live))
		l.Attribution.Rivals = labels(live)
		return
	}
	l.Process = live[0]
	l.Attribution = finding.Attribution{Basis: finding.BasisPeer, Confidence: surePeer / float64(len(live)),
		Reason: "every claimed connection of the host to this peer and port belongs to this program", Rivals: labels(live[1:])}
}

// live returns the processes that held the peer within a time of the connection and lived when it began.
func (l *Link) live(held []holder, within time.Duration) (live []*Process) {
	from, until := order(l.Start.Add(-within)), order(l.End.Add(within))
	for _, h := range held {
		i, _ := slices.BinarySearch(h.starts, from)
		if p := h.process; i < len(h.starts) && h.starts[i] <= until && p.Image != "" && p.lives(l.Start, l.Start) {
			live = append(live, p)
		}
	}
	return live
}

func labels(ps []*Process) (out []string) {
	for _, p := range ps {
		out = append(out, p.Label())
	}
	return out
}
