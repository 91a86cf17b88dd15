package detect

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/analyze/abreast"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Gathering takes the connections of a case one by one, and holds what they add up to: its memory follows the peers,
// not the connections.
type Gathering struct {
	c      *correlate.Case
	policy *policy.Policy
	room   room

	byKey  map[usageKey]*Usage
	usages []*Usage // in the order of their first connection
	sweeps sweeps
	names  *nameIndex
	asked  askings                                  // what captures show
	loops  map[*correlate.Process][]*correlate.Link // of a process to its own host
	held   held
	// servers are the addresses that were met serving a directory or names.
	servers  map[netip.Addr]bool
	verdicts verdicts
}

// Gather begins the gathering of a case, whose hosts and lookups need to be known at its end only.
func Gather(c *correlate.Case, p *policy.Policy) *Gathering {
	return &Gathering{c: c, policy: p, room: room{moments: 1 << 16, said: 256, gap: seconds(p.Thresholds.RegularInterval.Value)},
		byKey: map[usageKey]*Usage{}, sweeps: sweeps{}, names: newNameIndex(), asked: askings{},
		loops: map[*correlate.Process][]*correlate.Link{}, servers: map[netip.Addr]bool{},
		held: held{moments: maxHeldMoments, said: maxHeldSaid, usages: maxHeldUsages, most: maxUsages, names: maxHeldNames}}
}

// Add takes a connection. They have to come in the order of their start; l is not kept, unless it stays on its host.
func (g *Gathering) Add(l *correlate.Link) {
	g.names.take(l, g.room)
	if l.Conn != nil && l.Conn.DNS != nil && l.Outbound != evidence.No {
		n := l.Conn.DNS.Total
		g.asked.add(l.Host, int(min(n, evidence.MaxQuestions)), n > evidence.MaxQuestions)
	}
	if l.Process != nil && l.Outbound == evidence.Yes && l.Remote.Addr().Unmap().IsLoopback() && len(g.loops[l.Process]) < maxLoops {
		g.loops[l.Process] = append(g.loops[l.Process], l)
	}
	if worthGrouping(l) {
		g.use(l)
	}
	g.shrink()
}

func (g *Gathering) use(l *correlate.Link) {
	k := keyOf(l, g.c.Local)
	u := g.byKey[k]
	if u == nil {
		u = &Usage{Host: l.Host, Inbound: k.inbound, Transport: k.transport, Port: k.port, Peer: k.peer, round: g.verdicts.rounds}
		g.byKey[k] = u
		g.usages = append(g.usages, u)
	}
	g.held.nowMoments -= u.amount
	g.held.nowSaid -= len(u.said)
	u.add(l, g.policy, g.room)
	g.held.nowMoments += u.amount
	g.held.nowSaid += len(u.said)
}

// askings are the look-ups of hosts.
type askings map[*correlate.Host]lookUps

// lookUps are how many look-ups of a host are known by name, and whether there were more.
type lookUps struct {
	n    int
	more bool
}

func (a askings) add(h *correlate.Host, n int, more bool) {
	was := a[h]
	a[h] = lookUps{was.n + n, was.more || more}
}

// finish ends the gathering.
func (g *Gathering) finish() []*Usage {
	g.names.complete(g.c.Lookups, g.room)
	for _, u := range g.usages {
		u.finish()
	}
	return append(g.sweeps.fold(g.usages, g.room), tunnels(g.names.uses, g.policy.Thresholds)...)
}

// A room is how much one usage may hold: moments of its timeline, and connections whatever they say. What follows within gap
// is one call.
type room struct {
	moments, said int
	gap           time.Duration
}

// held is how much all usages hold, and how much they may until they are made smaller, or until some of them are judged.
type held struct {
	nowMoments, nowSaid   int
	moments, said, usages int
	most, names           int // usages, and uses of names
}

// What a case may hold whole: moments of a dozen bytes each, 20 MiB of content, and usages of a few hundred bytes each.
const (
	maxHeldMoments = 1 << 19
	maxHeldSaid    = 1 << 15
	maxHeldUsages  = 1 << 16
	leastMoments   = 1 << 7 // of one usage
)

// shrink makes room where a case is so large that usages cannot be held whole: what they say of rhythm, content and sweeps
// stays, moments that follow each other closely are joined, and content that says nothing new is not kept.
func (g *Gathering) shrink() {
	if g.held.nowMoments+g.names.moments > g.held.moments {
		g.shrinkTimelines()
	}
	if g.held.nowSaid > g.held.said {
		g.thin()
	}
	if len(g.usages) > min(g.held.usages, g.held.most) {
		g.sweep()
	}
	if len(g.names.uses) > g.held.names {
		g.held.names = g.names.forget(g.held.names, g.policy.Thresholds)
	}
}

// shrinkTimelines takes as much from each as brings all of them to half of the bound; where the least for so many usages is
// more, the bound gives way.
func (g *Gathering) shrinkTimelines() {
	for {
		abreast.Stretches(len(g.usages), func(from, to int) {
			for _, u := range g.usages[from:to] {
				u.shrink(g.room)
			}
		})
		abreast.Stretches(len(g.names.uses), func(from, to int) {
			for _, n := range g.names.uses[from:to] {
				n.shrink(g.room)
			}
		})
		g.held.nowMoments, g.names.moments = 0, 0
		for _, u := range g.usages {
			g.held.nowMoments += u.amount
		}
		for _, n := range g.names.uses {
			g.names.moments += n.amount
		}
		now := g.held.nowMoments + g.names.moments
		if now <= g.held.moments/2 {
			return
		}
		if g.room.moments <= leastMoments {
			g.held.moments = 2 * now
			return
		}
		g.room.moments /= 2
	}
}

func (g *Gathering) thin() {
	g.room.said, g.held.nowSaid = 1, 0
	for _, u := range g.usages {
		u.thin()
		g.held.nowSaid += len(u.said)
	}
	g.held.said = max(g.held.said, 2*g.held.nowSaid)
}

// sweep makes one usage of tries that nobody answered, where they are many. Where that is not enough, some are judged.
func (g *Gathering) sweep() {
	for _, u := range g.usages {
		u.finish()
	}
	g.usages = g.sweeps.fold(g.usages, g.room)
	if len(g.usages) > g.held.most {
		g.settle()
	}
	for k, u := range g.byKey {
		if u.gone {
			delete(g.byKey, k)
		}
	}
	g.held.usages = max(g.held.usages, 2*len(g.usages))
}
