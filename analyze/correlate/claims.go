package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A claim is a host's statement that one of its processes used a connection.
type claim struct {
	book    *book
	socket  int // its place among the book's claiming ones
	seen    *sight
	process *Process      // nil when the record names none
	apart   time.Duration // from the connection's beginning
}

// claim finds for every event of a host the connections it speaks of, of each sensor one: same tuple, either direction, at its
// aligned time. Events that no capture shows stay among the book's sockets.
func (b *book) claim(all []*sensor) (claims []claim) {
	b.networked = b.sockets.Len() > 0
	b.span()
	var alone evidence.Sockets
	who := map[int]evidence.Program{}
	for i, s := range b.sockets.Drain() {
		if s.Kind() == evidence.Bind {
			continue
		}
		found := false
		for _, sn := range all {
			if seen, apart := b.connOf(s, sn); seen != nil {
				claims = append(claims, claim{b, b.claiming.Len(), seen, b.find(b.program(i, s), b.when(&s.Kept)), apart})
				found = true
			}
		}
		if found {
			b.claiming.Add(*s)
			continue
		}
		if p, more := b.who[i]; more {
			who[alone.Len()] = p
		}
		alone.Add(*s)
	}
	b.sockets, b.who = alone, who
	return claims
}

// span notes when the first and the last network event of a host were.
func (b *book) span() {
	for _, s := range b.sockets.All() {
		at := b.when(&s.Kept)
		if b.first.IsZero() || at.Before(b.first) {
			b.first = at
		}
		if at.After(b.last) {
			b.last = at
		}
	}
}

// connOf returns the connection of a sensor that an event speaks of, nil when there is none or the clock is not known.
func (b *book) connOf(s *evidence.KeptSocket, sn *sensor) (*sight, time.Duration) {
	a := b.clocks.aligned[alignKey{writerOf(&s.Kept), sn.name}]
	if a == nil {
		return nil, 0
	}
	st, ok := s.Stamp(a.Field)
	if !ok {
		return nil, 0
	}
	at := st.Time.Add(-a.offsetAt(st.Time))
	return sn.nearest(tupleOf(s), at, a.slack())
}

// earlier is how long before a capture a connection may have been opened that the capture shows from its middle.
const earlier = 24 * time.Hour

// fits tells whether an event at a time can be about a connection, and how far it lies from its beginning. A TCP
// connection is logged when it begins; UDP has no beginning, and is logged again whenever the platform forgets it.
func (s *sight) fits(at time.Time, slack time.Duration) (time.Duration, bool) {
	d := at.Sub(s.start)
	switch {
	case d.Abs() <= slack:
		return d.Abs(), true
	case d < 0:
		return -d, s.midStream && s.transport == evidence.TCP && -d <= earlier
	case s.transport == evidence.TCP && !s.midStream:
		return d, at.Sub(s.end) <= slack && d <= time.Minute
	}
	return d, at.Sub(s.end) <= slack
}

// A stake is one process's claims on a connection.
type stake struct {
	process *Process
	claims  []claim
}

// stakes sorts the claims on one end by process, best first. Claims that name no process go to the only one there is.
func stakes(claims []claim) []stake {
	var all []stake
	var nameless []claim
	by := map[*Process]int{} // place in all
	for _, c := range claims {
		i, met := by[c.process]
		switch {
		case c.process == nil:
			nameless = append(nameless, c)
		case met:
			all[i].claims = append(all[i].claims, c)
		default:
			by[c.process] = len(all)
			all = append(all, stake{c.process, []claim{c}})
		}
	}
	all = mergeStakes(all)
	slices.SortStableFunc(all, func(a, b stake) int {
		return cmp.Or(cmp.Compare(known(b.process), known(a.process)), cmp.Compare(a.nearest(), b.nearest()),
			cmp.Compare(len(b.claims), len(a.claims)), compareProcesses(a.process, b.process))
	})
	if len(nameless) > 0 {
		if len(all) == 0 {
			all = []stake{{}}
		}
		all[0].claims = append(all[0].claims, nameless...)
	}
	return all
}

// known ranks what is known of a process: a named image is worth more than a bare id.
func known(p *Process) int {
	if p.Image != "" {
		return 1
	}
	return 0
}

func (s *stake) nearest() time.Duration {
	d := s.claims[0].apart
	for _, c := range s.claims {
		d = min(d, c.apart)
	}
	return d.Truncate(time.Second)
}

// mergeStakes puts together what two logs call one process differently: one knows only the image, or only the id. Where very many
// claim one connection, they are compared with the first of them.
func mergeStakes(all []stake) []stake {
	kept := all[:0]
next:
	for _, s := range all {
		for i, k := range kept[:min(len(kept), maxCompared)] {
			if samePerhaps(k.process, s.process) {
				kept[i].claims = append(kept[i].claims, s.claims...)
				if s.process.detail() > k.process.detail() {
					kept[i].process = s.process
				}
				continue next
			}
		}
		kept = append(kept, s)
	}
	return kept
}

// maxCompared bounds the stakes that others are compared with: one flow of a day may be claimed by every process in turn.
const maxCompared = 64

// samePerhaps tells whether two entries of the table can be one process: nothing they both know differs.
func samePerhaps(p, q *Process) bool {
	return (p.PID == 0 || q.PID == 0 || p.PID == q.PID) && (p.EntityID.IsZero() || q.EntityID.IsZero() || p.EntityID == q.EntityID) &&
		sameImage(p.Image, q.Image)
}

// detail counts what is known of a process.
func (p *Process) detail() int {
	n := 0
	for _, known := range []bool{p.PID != 0, !p.EntityID.IsZero(), p.Image != "", p.CommandLine != "", !p.Start.IsZero()} {
		if known {
			n++
		}
	}
	return n
}
