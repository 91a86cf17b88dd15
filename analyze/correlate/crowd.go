package correlate

import (
	"slices"
	"sort"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// few connections of one tuple are looked through one after the other.
const few = 16

// A crowd is many connections of one tuple, in which those that an event may speak of are found by time: two servers that use
// fixed ports have thousands, and as many events. Those that the capture shows from their middle are apart.
type crowd [2]row

// A row is places in a list of connections, by start; of those that start at once the first is last.
type row struct {
	seen   []sight
	places []uint32
	ends   latest
}

// newCrowd makes one of the connections at places, which are by start.
func newCrowd(seen []sight, places []uint32) *crowd {
	var c crowd
	for _, i := range slices.Backward(places) {
		r := &c[0]
		if seen[i].midStream {
			r = &c[1]
		}
		r.places = append(r.places, i)
	}
	for i := range c {
		r := &c[i]
		r.seen = seen
		slices.SortStableFunc(r.places, func(a, b uint32) int { return seen[a].start.Compare(seen[b].start) })
		r.ends = newLatest(len(r.places), func(i int) evidence.Instant {
			s := &seen[r.places[i]]
			return max(evidence.InstantOf(s.start), evidence.InstantOf(s.end))
		})
	}
	return &c
}

// around are the places of those that begin nearest to a time, of either row one before it that had not ended by then and one
// after it. Where one of them does not fit, none does that begins further off.
func (c *crowd) around(at time.Time, slack time.Duration) (places []uint32) {
	since := evidence.InstantOf(at.Add(-slack))
	for i := range c {
		r := &c[i]
		next := r.after(at)
		if open := r.ends.last(since, next); open != none {
			places = append(places, r.places[open])
		}
		if next < len(r.places) {
			places = append(places, r.places[r.after(r.seen[r.places[next]].start)-1])
		}
	}
	slices.Sort(places)
	return places
}

// after is where those stand that begin after a time.
func (r *row) after(at time.Time) int {
	return sort.Search(len(r.places), func(i int) bool { return r.seen[r.places[i]].start.After(at) })
}
