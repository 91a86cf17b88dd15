package correlate

import (
	"slices"
	"sort"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// few connections of one tuple are looked through one after the other.
const few = 16

// A crowd is many connections of one tuple, in which those that an event may speak of are found by time: two servers that use
// fixed ports have thousands, and as many events. Those that the capture shows from their middle are apart.
type crowd [2]row

// A row is places in a list of connections, by start; of those that start at once the first is last.
type row struct {
	conns  []*evidence.Conn
	places []int
	ends   latest
}

// crowd finds the crowds of a sensor that has all its connections.
func (sn *sensor) crowd() {
	sn.crowds = map[casefile.Tuple]*crowd{}
	for k, conns := range sn.conns {
		if len(conns) > few {
			sn.crowds[k] = newCrowd(conns)
		}
	}
}

func newCrowd(conns []*evidence.Conn) *crowd {
	var c crowd
	for i := len(conns) - 1; i >= 0; i-- {
		r := &c[0]
		if conns[i].MidStream {
			r = &c[1]
		}
		r.places = append(r.places, i)
	}
	for i := range c {
		r := &c[i]
		r.conns = conns
		slices.SortStableFunc(r.places, func(a, b int) int { return conns[a].Start.Compare(conns[b].Start) })
		r.ends = newLatest(len(r.places), func(i int) evidence.Instant {
			c := conns[r.places[i]]
			return max(evidence.InstantOf(c.Start), evidence.InstantOf(c.End))
		})
	}
	return &c
}

// nearest returns the connection of a tuple that an event at a time speaks of, and how far its beginning lies apart.
func (sn *sensor) nearest(k casefile.Tuple, at time.Time, slack time.Duration) (best *evidence.Conn, apart time.Duration) {
	consider := func(c *evidence.Conn) {
		if d, ok := fits(c, at, slack); ok && (best == nil || d < apart) {
			best, apart = c, d
		}
	}
	conns := sn.conns[k]
	if c := sn.crowds[k]; c != nil {
		for _, i := range c.around(at, slack) {
			consider(conns[i])
		}
		return best, apart
	}
	for _, c := range conns {
		consider(c)
	}
	return best, apart
}

// around are the places of those that begin nearest to a time, of either row one before it that had not ended by then and one
// after it. Where one of them does not fit, none does that begins further off.
func (c *crowd) around(at time.Time, slack time.Duration) (places []int) {
	since := evidence.InstantOf(at.Add(-slack))
	for i := range c {
		r := &c[i]
		next := r.after(at)
		if open := r.ends.last(since, next); open != none {
			places = append(places, r.places[open])
		}
		if next < len(r.places) {
			places = append(places, r.places[r.after(r.conns[r.places[next]].Start)-1])
		}
	}
	slices.Sort(places)
	return places
}

// after is where those stand that begin after a time.
func (r *row) after(at time.Time) int {
	return sort.Search(len(r.places), func(i int) bool { return r.conns[r.places[i]].Start.After(at) })
}
