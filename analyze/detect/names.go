package detect

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A nameUse is what one asker asked for under one registered domain, on the wire or in a host's log.
type nameUse struct {
	domain string
	names  map[string]bool
	total  int
	data   int         // look-ups of types that carry data
	texts  uint64      // bytes in answers of those types, where a capture shows them
	times  []time.Time // of the first evidence.MaxQuestions look-ups
	refs   citations
	logged bool // the host's log says who asked
}

// Types of records that carry more than an address (RFC 1035, RFC 6895).
const (
	typeNULL = 10
	typeTXT  = 16
	typeKEY  = 25
)

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

type askerKey struct {
	host   *correlate.Host
	asker  *correlate.Process
	domain string
}

// nameUses makes a usage of every (asker, registered domain) whose names look as if they carried data: the resolver in
// between, which the connections go to, is not the peer then. The asker is whoever the host's log names, else the
// process that sent the questions.
func nameUses(c *correlate.Case, t policy.Thresholds) []*Usage {
	byKey := map[askerKey]*Usage{}
	var out []*Usage
	at := func(k askerKey) *Usage {
		u := byKey[k]
		if u == nil {
			u = &Usage{Host: k.host, Transport: evidence.UDP, Port: 53, Peer: k.domain, Tunnel: &nameUse{domain: k.domain, names: map[string]bool{}}}
			if k.domain != noDomain {
				u.Domain = k.domain
			}
			if k.asker != nil {
				u.Processes = []*correlate.Process{k.asker}
			}
			byKey[k] = u
			out = append(out, u)
		}
		return u
	}
	onWire := map[askerKey]bool{}
	for _, l := range c.Links {
		if l.Conn != nil && l.Conn.DNS != nil && l.Outbound != evidence.No && !l.Remote.Addr().IsLoopback() {
			fromWire(l, at, onWire)
		}
	}
	for _, l := range c.Lookups {
		k := askerKey{l.Host, l.Process, domainOf(l.Name)}
		if k.domain != "" && !onWire[askerKey{host: l.Host, domain: k.domain}] {
			u := at(k)
			u.ask(l.Name, l.Type, l.At, l.Ref)
			u.Tunnel.logged = true
		}
	}
	out = slices.DeleteFunc(out, func(u *Usage) bool { return u.Tunnel.signs(t) < enoughSigns })
	for _, u := range out {
		u.finish()
	}
	slices.SortStableFunc(out, func(a, b *Usage) int { return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Peer, b.Peer)) })
	return out
}

func fromWire(l *correlate.Link, at func(askerKey) *Usage, onWire map[askerKey]bool) {
	asker := map[string]*correlate.Process{}
	for _, a := range l.Asked {
		if d := domainOf(a.Name); asker[d] == nil {
			asker[d] = a.Process
		}
	}
	for _, q := range l.Conn.DNS.Questions {
		k := askerKey{l.Host, l.Process, domainOf(q.Name)}
		if k.domain == "" {
			continue
		}
		onWire[askerKey{host: l.Host, domain: k.domain}] = true
		p := asker[k.domain]
		if p != nil {
			k.asker = p
		}
		u := at(k)
		u.Tunnel.logged = u.Tunnel.logged || p != nil
		u.ask(q.Name, q.Type, q.At, q.Ref)
		u.Tunnel.texts += uint64(q.Texts)
		u.Sent, u.Received = plus(u.Sent, evidence.Measured(uint64(q.QueryBytes))), plus(u.Received, evidence.Measured(uint64(q.AnswerBytes)))
		if n := len(u.Links); n == 0 || u.Links[n-1] != l {
			u.Links, u.conns, u.Measured = append(u.Links, l), append(u.conns, l.Conn), u.Measured+1
			if a := l.Remote.Addr().Unmap(); !slices.Contains(u.Addrs, a) {
				u.Addrs = append(u.Addrs, a)
			}
		}
	}
}

func (u *Usage) ask(name string, typ uint16, at time.Time, ref evidence.Ref) {
	n := u.Tunnel
	n.total++
	u.First, u.Last = earliest(u.First, at), latest(u.Last, at)
	if len(n.names) < evidence.MaxQuestions {
		n.names[strings.ToLower(name)] = true
	}
	if len(n.times) < evidence.MaxQuestions && !at.IsZero() {
		n.times = append(n.times, at)
	}
	if typ == typeTXT || typ == typeNULL || typ == typeKEY {
		n.data++
	}
	n.refs.add(ref)
}

func (n *nameUse) dataShare() float64 {
	if n.total == 0 {
		return 0
	}
	return float64(n.data) / float64(n.total)
}
