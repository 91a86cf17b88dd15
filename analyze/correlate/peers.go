package correlate

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// indexHolders notes who holds claimed connections to a peer.
func (j *joiner) indexHolders() {
	j.holders = map[peerKey][]*Link{}
	hold := func(l *Link) {
		if l.Process != nil && l.Outbound == evidence.Yes {
			k := peerKey{l.Host, l.Transport, l.Remote}
			j.holders[k] = append(j.holders[k], l)
		}
	}
	for _, l := range j.alone {
		hold(l)
	}
	for _, n := range slices.Sorted(maps.Keys(j.claimed)) {
		for _, l := range j.claimed[n] {
			hold(l)
		}
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
func (l *Link) adopt(held []*Link) {
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
func (l *Link) live(held []*Link, within time.Duration) (live []*Process) {
	for _, h := range held {
		p := h.Process
		near := !h.Start.Before(l.Start.Add(-within)) && !h.Start.After(l.End.Add(within))
		if near && p.Image != "" && p.lives(l.Start, l.Start) && !slices.Contains(live, p) {
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
