package correlate

import (
	"errors"
	"maps"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// survey runs through all connections once: it notes those that a host's log may speak of, by sensor, and the names that
// they show. What states no time is of none that a log speaks of, and no clock is measured by it.
func (j *joiner) survey() {
	wanted := j.wanted()
	by := map[string]*sensor{}
	for n, c := range j.cf.Conns.Survey() {
		j.answers.wire(c)
		s := by[c.Sensor]
		if s == nil {
			s = &sensor{name: c.Sensor}
			by[c.Sensor] = s
		}
		if !c.Start.IsZero() && wanted[casefile.TupleOf(c.Transport, c.Orig, c.Resp).Hash()] {
			s.seen = append(s.seen, sightOf(n, c))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		by[name].index()
		j.sensors = append(j.sensors, by[name])
	}
}

// wanted are the hashes of the tuples that hosts' logs speak of; nobody asks for them where nothing was captured.
func (j *joiner) wanted() map[uint32]bool {
	all := map[uint32]bool{}
	if j.cf.Conns.None() {
		return all
	}
	for _, b := range j.books {
		for _, s := range b.sockets.All() {
			if s.Kind() != evidence.Bind {
				all[tupleOf(s).Hash()] = true
			}
		}
	}
	return all
}

// index prepares what completes a link.
func (j *joiner) index() {
	j.answers.logs(j.looks)
	j.answers.sort()
	j.indexHolders()
	j.indexAsked()
	j.indexNaming()
	j.indexNoted()
}

// complete finds what else is known of a link: an owner by its peer, names, who asked for them, and who it may be for.
func (j *joiner) complete(l *Link) {
	j.byPeer(l)
	if l.Names = j.namesOf(l); len(l.Names) == 0 {
		l.Noted = noteOf(l, j.noted[l.Remote.Addr()])
	}
	j.askers(l)
	j.behalf(l)
}

// maxTied bounds how many connections that begin at one instant are put in order.
const maxTied = 1 << 16

// run yields all links in order and tells whether it came to the end.
func (j *joiner) run(yield func(*Link) bool) bool {
	m := merger{j: j, alone: j.alone(), yield: yield}
	claims, read := j.claims, j.readers()
	for n, c := range j.cf.Conns.All() {
		if len(m.tied) > 0 && (!m.tied[0].Start.Equal(c.Start) || len(m.tied) >= maxTied) && !m.flush() {
			return false
		}
		if len(claims) == 0 || claims[0].seen.number != n {
			m.tied = append(m.tied, j.unclaimed(c))
			continue
		}
		if !claims[0].seen.is(c) {
			break
		}
		var here []claim
		here, claims = on(claims, sameConn)
		m.tied = append(m.tied, j.spokenOf(c, here, read)...)
	}
	if len(claims) > 0 {
		j.cf.Conns.Fail(errMixedUp)
		return false
	}
	return m.flush() && m.rest()
}

// errMixedUp ends a run rather than give a process the connection of another.
var errMixedUp = errors.New("connections do not come by as they were surveyed: this is a defect of the program, and nothing is concluded")

// readers look at the events of every host that claim connections.
func (j *joiner) readers() map[*book]*evidence.SocketReader {
	all := map[*book]*evidence.SocketReader{}
	for _, b := range j.books {
		all[b] = b.claiming.Reader()
	}
	return all
}

// A merger puts links that come by start in their full order, together with those that only logs speak of.
type merger struct {
	j     *joiner
	alone queue
	tied  []*Link // that begin at one instant
	yield func(*Link) bool
}

func (m *merger) flush() bool {
	slices.SortStableFunc(m.tied, compareLinks)
	for _, l := range m.tied {
		for len(m.alone) > 0 && compareLinks(m.alone[0].head, l) <= 0 {
			if !m.yield(m.alone.next(m.j)) {
				return false
			}
		}
		if !m.yield(l) {
			return false
		}
	}
	clear(m.tied)
	m.tied = m.tied[:0]
	return true
}

func (m *merger) rest() bool {
	for len(m.alone) > 0 {
		if !m.yield(m.alone.next(m.j)) {
			return false
		}
	}
	return true
}
