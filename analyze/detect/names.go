package detect

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A nameUse is what one asker asked for under one registered domain, on the wire or in a host's log. The asker is
// whoever the host's log names, else the process that sent the questions.
type nameUse struct {
	askerKey
	total       int
	names       map[string]bool // the first maxNames different ones
	more        bool            // there were more different ones
	types       map[uint16]int  // look-ups by type, where it is stated
	first, last time.Time
	times       []time.Time // of the first evidence.MaxQuestions look-ups
	refs        citations
	logged      bool              // the host's log says who asked
	repeats     bool              // known from the log alone, although the wire shows questions of the host for the domain
	links       []*correlate.Link // that carried the questions; measured of them with bytes, measuredLink last
	measured    int
	// sent and received are the bytes of the DNS messages that were measured, texts those in answers that carry data.
	sent, received, texts evidence.Count
	measuredLink          *correlate.Link
	// length and entropy are the means that labels works out, over names.
	length, entropy float64
}

// maxNames bounds the different names that are kept of one asker and domain.
const maxNames = 1 << 16

// noDomain gathers names whose last label is none that a domain could have: a tunnel to a server that is asked directly
// needs no domain.
const noDomain = "no public domain"

// domainOf is the registered domain of a name, or noDomain. Top-level labels hold no digits unless they are
// internationalised (RFC 3696), and none is longer than maxTop.
func domainOf(name string) string {
	name = strings.TrimSuffix(name, ".")
	top := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	if d := registered(name); d == "" || strings.HasPrefix(top, "xn--") || len(top) <= maxTop && !strings.ContainsAny(top, "0123456789") {
		return d
	}
	return noDomain
}

// maxTop is the length of the longest top-level label that is not internationalised, in bytes.
const maxTop = 18

// An askerKey is what a nameUse stands for. The client tells machines apart where none of them is a known host.
type askerKey struct {
	host   *correlate.Host
	client netip.Addr
	asker  *correlate.Process
	domain string
}

// A nameIndex is the names asked for in a case, by asker and registered domain.
type nameIndex struct {
	uses   []*nameUse
	byKey  map[askerKey]*nameUse
	onWire map[askerKey]bool // without the asker
	// unlisted counts the look-ups that no use holds: for the root or an address, over loopback, without a name in a
	// sensor's log, or beyond evidence.MaxQuestions of a connection.
	unlisted uint64
}

// askedNames gathers the names of a case from the wire, then from the hosts' logs what the wire does not show.
func askedNames(c *correlate.Case) *nameIndex {
	x := &nameIndex{byKey: map[askerKey]*nameUse{}, onWire: map[askerKey]bool{}}
	for _, l := range c.Links {
		switch {
		case l.Conn == nil || l.Conn.DNS == nil || l.Outbound == evidence.No:
		case l.Remote.Addr().IsLoopback(): // a resolver of the host's own, which asks others in turn
			x.unlisted += l.Conn.DNS.Total
		default:
			x.fromWire(l)
		}
	}
	for _, l := range c.Lookups {
		x.fromLog(l)
	}
	for _, n := range x.uses {
		n.length, n.entropy = n.labels()
	}
	return x
}

func (x *nameIndex) at(k askerKey) *nameUse {
	n := x.byKey[k]
	if n == nil {
		n = &nameUse{askerKey: k, names: map[string]bool{}, types: map[uint16]int{}}
		x.byKey[k] = n
		x.uses = append(x.uses, n)
	}
	return n
}

func (x *nameIndex) fromWire(l *correlate.Link) {
	byName, byDomain := askersOf(l)
	d := l.Conn.DNS
	x.unlisted += d.Total - min(d.Total, uint64(len(d.Questions)))
	var last *nameUse
	alone := d.Total == uint64(len(d.Questions)) // all that the link carried belongs to one use
	for i := range d.Questions {
		q := &d.Questions[i]
		k := askerKey{host: l.Host, asker: cmp.Or(byName[q.Name], byDomain[domainOf(q.Name)]), domain: domainOf(q.Name)}
		n := x.sent(k, l)
		if n == nil {
			x.unlisted++
			alone = false
			continue
		}
		n.ask(q.Name, q.Type, q.At, q.Ref)
		n.measure(q, l)
		alone = alone && (last == nil || last == n)
		last = n
	}
	if alone && last != nil {
		last.measureLink(l)
	}
}

// sent is the use of a question on the wire, nil where the name has no domain. The key names whom the host's log names.
func (x *nameIndex) sent(k askerKey, l *correlate.Link) *nameUse {
	if k.domain == "" {
		return nil
	}
	if k.host == nil {
		k.client = l.Local.Addr()
	}
	x.onWire[askerKey{host: k.host, domain: k.domain}] = true
	logged := k.asker != nil
	k.asker = cmp.Or(k.asker, l.Process)
	n := x.at(k)
	n.logged = n.logged || logged
	return n
}

// askersOf are the processes that the host's log names for a link: by the name, and by the domain for questions that
// were not logged themselves.
func askersOf(l *correlate.Link) (byName, byDomain map[string]*correlate.Process) {
	byName, byDomain = map[string]*correlate.Process{}, map[string]*correlate.Process{}
	for _, a := range l.Asked {
		name := strings.ToLower(a.Name)
		if byName[name] == nil {
			byName[name] = a.Process
		}
		if d := domainOf(name); byDomain[d] == nil {
			byDomain[d] = a.Process
		}
	}
	return byName, byDomain
}

// fromLog adds a look-up of a host's log unless the wire shows what its process asked for under the domain.
func (x *nameIndex) fromLog(l *correlate.Lookup) {
	k := askerKey{host: l.Host, domain: domainOf(l.Name)}
	if k.domain == "" {
		x.unlisted++
		return
	}
	repeats := x.onWire[k]
	k.asker = l.Process
	if n := x.byKey[k]; n != nil && len(n.links) > 0 || repeats && l.Process == nil {
		return
	}
	n := x.at(k)
	n.logged, n.repeats = true, repeats
	n.ask(l.Name, l.Type, l.At, l.Ref)
}

func (n *nameUse) ask(name string, typ uint16, at time.Time, ref evidence.Ref) {
	n.total++
	n.first, n.last = earliest(n.first, at), latest(n.last, at)
	name = strings.ToLower(name)
	if len(n.names) < maxNames {
		n.names[name] = true
	} else if !n.names[name] {
		n.more = true
	}
	if len(n.times) < evidence.MaxQuestions && !at.IsZero() {
		n.times = append(n.times, at)
	}
	if typ != 0 {
		n.types[typ]++
	}
	n.refs.add(ref)
}

// measure adds the sizes of the messages that were seen.
func (n *nameUse) measure(q *evidence.Question, l *correlate.Link) {
	if k := len(n.links); k == 0 || n.links[k-1] != l {
		n.links = append(n.links, l)
	}
	n.count(l, seenBytes(q.QueryBytes), seenBytes(q.AnswerBytes))
	if q.RCode >= 0 || q.Texts > 0 {
		n.texts = plus(n.texts, evidence.Measured(uint64(q.Texts)))
	}
}

// seenBytes is the size of a message, 0 when it was not seen.
func seenBytes(n uint32) evidence.Count { return evidence.Count{N: uint64(n), Known: n > 0} }

// measureLink takes the bytes of a link whose questions all belong here, where a sensor gives no sizes of messages:
// over UDP the payload is the messages and nothing else.
func (n *nameUse) measureLink(l *correlate.Link) {
	if l.Transport == evidence.UDP && n.measuredLink != l {
		sent, received := l.Sent()
		n.count(l, sent, received)
	}
}

func (n *nameUse) count(l *correlate.Link, sent, received evidence.Count) {
	if !sent.Known && !received.Known {
		return
	}
	n.sent, n.received = plus(n.sent, sent), plus(n.received, received)
	if n.measuredLink != l {
		n.measured, n.measuredLink = n.measured+1, l
	}
}
