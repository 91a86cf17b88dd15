package correlate

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sort"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A holding is that a process held a connection to a peer.
type holding struct {
	process *Process
	start   time.Time
}

// indexHolders notes who holds claimed connections to a peer, for those that a capture shows.
func (j *joiner) indexHolders() {
	j.holders = map[peerKey][]holding{}
	if j.cf.Conns.None() {
		return
	}
	hold := func(l *Link) {
		if l.Process != nil && l.Outbound == evidence.Yes {
			k := peerKey{l.Host, l.Transport, l.Remote}
			j.holders[k] = append(j.holders[k], holding{l.Process, l.Start})
		}
	}
	for i := range j.alone {
		l := j.alone[i].link()
		hold(&l)
	}
	for _, n := range slices.Sorted(maps.Keys(j.claimed)) {
		for _, l := range j.claimed[n] {
			hold(l)
		}
	}
	for _, held := range j.holders {
		slices.SortStableFunc(held, func(a, b holding) int { return a.start.Compare(b.start) })
	}
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
func (l *Link) adopt(held []holding) {
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
func (l *Link) live(held []holding, within time.Duration) (live []*Process) {
	from := sort.Search(len(held), func(i int) bool { return !held[i].start.Before(l.Start.Add(-within)) })
	for _, h := range held[from:] {
		if h.start.After(l.End.Add(within)) {
			break
		}
		if p := h.process; p.Image != "" && p.lives(l.Start, l.Start) && !slices.Contains(live, p) {
			live = append(live, p)
		}
	}
	slices.SortFunc(live, compareProcesses)
	return live
}

func labels(ps []*Process) (out []string) {
	for _, p := range ps {
		out = append(out, p.Label())
	}
	return out
}
