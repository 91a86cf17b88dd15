package correlate

import (
	"sort"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// few connections of one tuple are looked through one after the other.
const few = 16

// A crowd is many connections of one tuple by start, in which those that an event may speak of are found by time: two servers
// that use fixed ports have thousands, and as many events.
type crowd struct {
	latest []evidence.Instant // end of each and all before it
	middle []int              // those that the capture shows from their middle
}

// crowd finds the crowds of a sensor that has all its connections.
func (sn *sensor) crowd() {
	sn.crowds = map[casefile.Tuple]*crowd{}
	for k, conns := range sn.conns {
		if len(conns) <= few {
			continue
		}
		c := &crowd{latest: make([]evidence.Instant, len(conns))}
		for i, conn := range conns {
			c.latest[i] = evidence.InstantOf(conn.End)
			if i > 0 {
				c.latest[i] = max(c.latest[i], c.latest[i-1])
			}
			if conn.MidStream {
				c.middle = append(c.middle, i)
			}
		}
		sn.crowds[k] = c
	}
}

// nearest returns the connection of a tuple that an event at a time speaks of, and how far its beginning lies apart.
func (sn *sensor) nearest(k casefile.Tuple, at time.Time, slack time.Duration) (best *evidence.Conn, apart time.Duration) {
	consider := func(conns ...*evidence.Conn) {
		for _, c := range conns {
			if d, ok := fits(c, at, slack); ok && (best == nil || d < apart) {
				best, apart = c, d
			}
		}
	}
	conns := sn.conns[k]
	c := sn.crowds[k]
	if c == nil {
		consider(conns...)
		return best, apart
	}
	from, to := c.around(conns, at, slack)
	consider(conns[from:to]...)
	if i := sort.SearchInts(c.middle, to); i < len(c.middle) { // of those that begin later the first is nearest
		consider(conns[c.middle[i]])
	}
	return best, apart
}

// around is the range of those that had not ended at a time and begin before it, or near it.
func (c *crowd) around(conns []*evidence.Conn, at time.Time, slack time.Duration) (from, to int) {
	since, until := at.Add(-slack), at.Add(slack)
	open := sort.Search(len(conns), func(i int) bool { return c.latest[i] >= evidence.InstantOf(since) })
	from = sort.Search(len(conns), func(i int) bool { return !conns[i].Start.Before(since) })
	to = sort.Search(len(conns), func(i int) bool { return conns[i].Start.After(until) })
	return min(from, open), to
}
