package detect

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/abreast"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A nameUse is what one asker asked for under one registered domain, on the wire or in a host's log. The asker is
// whoever the host's log names, else the process that sent the questions.
type nameUse struct {
	askerKey
	total       int
	names       distinctNames // the first maxNames different ones
	more        bool          // there were more different ones
	types       []finding.TypeCount
	otherTypes  int // look-ups of types beyond maxKinds
	carrying    int // look-ups of types that carry data
	first, last time.Time
	refs        citations
	logged      bool // the host's log says who asked
	repeats     bool // known from the log alone, although the wire shows questions of the host for the domain
	gone        bool // forgotten
	timeline         // of the look-ups
	// carriers add up the connections that carried the questions, resolvers are their peers. Of them, measured have bytes.
	// The last of either kind is known by its number in the index.
	carriers              sum
	resolvers             []netip.Addr
	measured              int
	carrier, measuredLast int
	// sent and received are the bytes of the DNS messages that were measured, texts those in answers that carry data.
	sent, received, texts evidence.Count
	// length and entropy are the means that label has worked out over as many names.
	length, entropy float64
	labelled        int
}

// maxKinds bounds the types of look-ups that are told apart under one domain.
const maxKinds = 64

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
	uses    []*nameUse
	byKey   map[askerKey]*nameUse
	links   int // that asked for names
	moments int // in all timelines
	domains map[string]string
	onWire  map[askerKey]bool // of hosts with a log, without the asker
	// unlisted counts the look-ups that no use holds: for the root or an address, over loopback, without a name in a
	// sensor's log, or beyond evidence.MaxQuestions of a connection.
	unlisted uint64
	// forgotten counts the uses that were let go of.
	forgotten int
}

func newNameIndex() *nameIndex {
	return &nameIndex{byKey: map[askerKey]*nameUse{}, onWire: map[askerKey]bool{}, domains: map[string]string{}}
}

// maxDomains bounds the names whose domain is remembered.
const maxDomains = 1 << 12

// domainOf remembers the domains of the names asked for last.
func (x *nameIndex) domainOf(name string) string {
	d, ok := x.domains[name]
	if !ok {
		if len(x.domains) >= maxDomains {
			clear(x.domains)
		}
		d = domainOf(name)
		x.domains[name] = d
	}
	return d
}

// take gathers the names that a connection asked for.
func (x *nameIndex) take(l *correlate.Link, r room) {
	switch {
	case l.Conn == nil || l.Conn.DNS == nil || l.Outbound == evidence.No:
	case l.Remote.Addr().IsLoopback(): // a resolver of the host's own, which asks others in turn
		x.unlisted += l.Conn.DNS.Total
	default:
		x.fromWire(l, r)
	}
}

// complete adds from the hosts' logs what the wire does not show.
func (x *nameIndex) complete(looks []*correlate.Lookup, r room) {
	for _, l := range looks {
		x.fromLog(l, r)
	}
	abreast.Stretches(len(x.uses), func(from, to int) {
		for _, n := range x.uses[from:to] {
			n.label()
		}
	})
}

func (x *nameIndex) at(k askerKey) *nameUse {
	n := x.byKey[k]
	if n == nil {
		n = &nameUse{askerKey: k}
		x.byKey[k] = n
		x.uses = append(x.uses, n)
	}
	return n
}

func (x *nameIndex) fromWire(l *correlate.Link, r room) {
	x.links++
	byName, byDomain := x.askersOf(l)
	d := l.Conn.DNS
	x.unlisted += d.Total - min(d.Total, uint64(len(d.Questions)))
	var last *nameUse
	alone := d.Total == uint64(len(d.Questions)) // all that the link carried belongs to one use
	for i := range d.Questions {
		q := &d.Questions[i]
		domain := x.domainOf(q.Name)
		k := askerKey{host: l.Host, asker: cmp.Or(byName[q.Name], byDomain[domain]), domain: domain}
		n := x.sent(k, l)
		if n == nil {
			x.unlisted++
			alone = false
			continue
		}
		before := n.amount
		n.ask(q.Name, q.Type, finding.Line{At: q.At, Sent: uint64(q.QueryBytes), Recv: uint64(q.AnswerBytes), Events: 1}, q.Ref, r)
		x.moments += n.amount - before
		n.measure(q, l, x.links)
		alone = alone && (last == nil || last == n)
		last = n
	}
	if alone && last != nil {
		last.measureLink(l, x.links)
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
	if k.host != nil && k.host.Logged {
		x.onWire[askerKey{host: k.host, domain: k.domain}] = true
	}
	logged := k.asker != nil
	k.asker = cmp.Or(k.asker, l.Process)
	n := x.at(k)
	n.logged = n.logged || logged
	return n
}

// askersOf are the processes that the host's log names for a link: by the name, and by the domain for questions that
// were not logged themselves.
func (x *nameIndex) askersOf(l *correlate.Link) (byName, byDomain map[string]*correlate.Process) {
	if len(l.Asked) == 0 {
		return nil, nil
	}
	byName, byDomain = map[string]*correlate.Process{}, map[string]*correlate.Process{}
	for _, a := range l.Asked {
		name := strings.ToLower(a.Name())
		if byName[name] == nil {
			byName[name] = a.Process
		}
		if d := x.domainOf(name); byDomain[d] == nil {
			byDomain[d] = a.Process
		}
	}
	return byName, byDomain
}

// fromLog adds a look-up of a host's log unless the wire shows what its process asked for under the domain.
func (x *nameIndex) fromLog(l *correlate.Lookup, r room) {
	k := askerKey{host: l.Host, domain: domainOf(l.Name())}
	if k.domain == "" {
		x.unlisted++
		return
	}
	repeats := x.onWire[k]
	k.asker = l.Process
	if n := x.byKey[k]; n != nil && n.carriers.Connections > 0 || repeats && l.Process == nil {
		return
	}
	n := x.at(k)
	n.logged, n.repeats = true, repeats
	n.ask(strings.ToLower(l.Name()), l.Type(), finding.Line{At: l.At.Time(), Events: 1}, l.Ref(), r)
}

// ask counts a look-up of a name, which is in lower case.
func (n *nameUse) ask(name string, typ uint16, look finding.Line, ref evidence.Ref, r room) {
	n.total++
	n.first, n.last = earliest(n.first, look.At), latest(n.last, look.At)
	n.more = n.names.add(name) || n.more
	if !look.At.IsZero() {
		n.put(look, r)
	}
	n.want(typ)
	n.refs.add(ref)
}

// want counts a look-up by its type, where it is stated.
func (n *nameUse) want(typ uint16) {
	if typ == 0 {
		return
	}
	if carriesData(typ) {
		n.carrying++
	}
	i := slices.IndexFunc(n.types, func(t finding.TypeCount) bool { return t.Type == typ })
	switch {
	case i >= 0:
		n.types[i].Queries++
	case len(n.types) < maxKinds:
		n.types = append(n.types, finding.TypeCount{Type: typ, Queries: 1})
	default:
		n.otherTypes++
	}
}

// measure adds the sizes of the messages that were seen over the connection of a number.
func (n *nameUse) measure(q *evidence.Question, l *correlate.Link, number int) {
	if n.carrier != number {
		n.carrier = number
		n.carriers.add(l)
		n.resolvers = include(n.resolvers, l.Remote.Addr().Unmap())
	}
	n.count(number, seenBytes(q.QueryBytes), seenBytes(q.AnswerBytes))
	if q.RCode >= 0 || q.Texts > 0 {
		n.texts = plus(n.texts, evidence.Measured(uint64(q.Texts)))
	}
}

// seenBytes is the size of a message, 0 when it was not seen.
func seenBytes(n uint32) evidence.Count { return evidence.Count{N: uint64(n), Known: n > 0} }

// measureLink takes the bytes of a link whose questions all belong here, where a sensor gives no sizes of messages:
// over UDP the payload is the messages and nothing else.
func (n *nameUse) measureLink(l *correlate.Link, number int) {
	if l.Transport == evidence.UDP && n.measuredLast != number {
		sent, received := l.Sent()
		n.count(number, sent, received)
	}
}

func (n *nameUse) count(number int, sent, received evidence.Count) {
	if !sent.Known && !received.Known {
		return
	}
	n.sent, n.received = plus(n.sent, sent), plus(n.received, received)
	if n.measuredLast != number {
		n.measured, n.measuredLast = n.measured+1, number
	}
}
