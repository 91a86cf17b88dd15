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

// How sure a link is by its basis, before rivals. The join on the labelled recordings was right in more than 99 of 100
// cases for tuples; the others are judgements and marked as such.
const (
	sureTuple     = 1.0
	sureAmbiguous = 0.5
	surePeer      = 0.6
	sureHostLog   = 1.0 // the host itself says so; what is missing is the bytes
	// sureLeftover: no checksum covers a record in space the log does not use, and it is of an earlier state of the log,
	// or of the machine: whether it belongs to this case at all is open.
	sureLeftover = 0.3
)

// claim puts the claims of all hosts in the order of the connections, those on one by host.
func (j *joiner) claim() {
	for _, b := range j.books {
		j.claims = append(j.claims, b.claim(j.sensors)...)
		b.hostOnly()
	}
	slices.SortStableFunc(j.claims, func(a, b claim) int { return cmp.Compare(a.seen.number, b.seen.number) })
	j.sensors = nil
}

// on cuts the claims on one connection, or of one host on it, off the front of all.
func on(all []claim, same func(a, b *claim) bool) (claims, rest []claim) {
	n := 0
	for n < len(all) && same(&all[0], &all[n]) {
		n++
	}
	return all[:n], all[n:]
}

func sameConn(a, b *claim) bool { return a.seen == b.seen }

func sameEnd(a, b *claim) bool { return a.seen == b.seen && a.book == b.book }

// spokenOf makes the links of a connection that hosts' logs speak of, one for each end.
func (j *joiner) spokenOf(c *evidence.Conn, claims []claim, read map[*book]*evidence.SocketReader) (links []*Link) {
	own := *c
	for len(claims) > 0 {
		var here []claim
		here, claims = on(claims, sameEnd)
		b := here[0].book
		l := b.claimed(here, read[b])
		l.Conn = &own
		j.complete(l)
		links = append(links, l)
	}
	for _, l := range links {
		l.Ends = len(links)
	}
	return links
}

// claimed is the link of a connection that a host's log speaks for, without the connection.
func (b *book) claimed(claims []claim, read *evidence.SocketReader) *Link {
	l, all := b.owned(claims, read)
	for _, cl := range claims {
		k := *read.At(cl.socket)
		l.Sockets = append(l.Sockets, &k)
	}
	l.Attribution = attribution(all, len(all[0].claims))
	return &l
}

// owned is no more of that link than whose it is, between which ends and when, and the stakes in it, the owner's first.
func (b *book) owned(claims []claim, read *evidence.SocketReader) (Link, []stake) {
	all, s := near(stakes(claims)), claims[0].seen
	l := Link{Host: b.host, Process: all[0].process, Transport: s.transport, Start: s.start, End: s.end}
	b.orient(&l, s, read.At(all[0].claims[0].socket))
	return l, all
}

// near drops stakes that lie further off when one lies close: an earlier or later use of the same ports.
func near(all []stake) []stake {
	if all[0].nearest() > tightSlack {
		return all
	}
	return slices.DeleteFunc(all, func(s stake) bool { return s.nearest() > tightSlack })
}

func attribution(all []stake, records int) finding.Attribution {
	if all[0].process == nil {
		return finding.Attribution{Basis: finding.BasisNone, Reason: "the host's log has the connection but names no process"}
	}
	if len(all) == 1 {
		return finding.Attribution{Basis: finding.BasisTuple, Confidence: sureTuple,
			Reason: fmt.Sprintf("same 5-tuple and aligned time in %s", plural(records, "host record"))}
	}
	at := finding.Attribution{Basis: finding.BasisAmbiguous, Confidence: sureAmbiguous, Reason: fmt.Sprintf("%d processes used these ports at the time", len(all))}
	for _, s := range all[1:] {
		at.Rivals = append(at.Rivals, s.process.Label())
	}
	return at
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Label is a process in short: "name (pid)".
func (p *Process) Label() string {
	name := cmp.Or(base(p.Image), "unknown program")
	if p.PID == 0 {
		return name
	}
	return fmt.Sprintf("%s (%d)", name, p.PID)
}

// orient tells which end is the host's own and who opened the connection. The packets decide where they can.
func (b *book) orient(l *Link, seen *sight, s *evidence.KeptSocket) {
	local, _ := b.ends(s)
	switch {
	case local == seen.resp && local != seen.orig:
		l.Local, l.Remote, l.Outbound = seen.resp, seen.orig, evidence.No
	default:
		l.Local, l.Remote, l.Outbound = seen.orig, seen.resp, evidence.Yes
	}
	if !seen.origKnown && s.Initiated() != evidence.Unknown && (s.Initiated() == evidence.Yes) != (l.Outbound == evidence.Yes) {
		l.Outbound = s.Initiated()
	}
}

// unclaimed is the link of a connection that no host's log speaks for, with the reason.
func (j *joiner) unclaimed(c *evidence.Conn) *Link {
	l := j.lend(c)
	l.Transport, l.Start, l.End, l.Local, l.Remote, l.Outbound = c.Transport, c.Start, c.End, c.Orig, c.Resp, evidence.Yes
	if !j.logged(c.Orig.Addr()) && (j.logged(c.Resp.Addr()) || !inside(c.Orig.Addr()) && inside(c.Resp.Addr())) {
		l.Local, l.Remote, l.Outbound = c.Resp, c.Orig, evidence.No
	}
	b := j.bookOf(l.Local.Addr(), c.Sensor)
	if b != nil {
		l.Host = b.host
	} else {
		l.Host = j.stray(l.Local.Addr())
	}
	l.Attribution = finding.Attribution{Basis: finding.BasisNone, Reason: j.why(b, c)}
	j.complete(l)
	return l
}

func (j *joiner) logged(a netip.Addr) bool { return len(j.owners[a]) > 0 }

// bookOf picks the host that had an address: the one aligned with the sensor when several used it.
func (j *joiner) bookOf(a netip.Addr, sensor string) *book {
	var best *book
	for _, b := range j.owners[a] {
		if best == nil || b.alignedWith(sensor) && !best.alignedWith(sensor) {
			best = b
		}
	}
	return best
}

func (b *book) alignedWith(sensor string) bool {
	for k := range b.clocks.aligned {
		if k.sensor == sensor {
			return true
		}
	}
	return false
}

// stray is the host of a local address that no log names; nil for addresses elsewhere.
func (j *joiner) stray(a netip.Addr) *Host {
	if !inside(a) || a.IsMulticast() || a == broadcast {
		return nil
	}
	if j.strays[a] == nil {
		j.strays[a] = &Host{Name: j.leased[a], Addrs: []netip.Addr{a}}
	}
	return j.strays[a]
}

// why says why a connection has no process.
func (j *joiner) why(b *book, c *evidence.Conn) string {
	switch {
	case b == nil:
		return "no endpoint log for this address"
	case !b.networked:
		return "the host's logs hold no network events"
	case c.Start.IsZero():
		return "the sensor states no time for it"
	case !b.alignedWith(c.Sensor):
		return "the host's clocks could not be aligned with this capture"
	case c.MidStream:
		return "began before the capture, and no event of the host names it"
	}
	first, last := b.covered()
	if c.End.Before(first) || c.Start.After(last) {
		return "outside the time that the host's network events cover"
	}
	return "no network event of the host names it: not logged by its configuration, or not opened through the logged layer"
}

// covered is the corrected span of a host's network events, with the join's slack.
func (b *book) covered() (first, last time.Time) {
	return b.first.Add(-tightSlack), b.last.Add(tightSlack)
}
