package correlate

import (
	"hash/maphash"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A sensor is one capture, or one sensor's logs, with the connections that a host's log may speak of.
type sensor struct {
	name   string
	seen   []sight // by start
	seed   maphash.Seed
	sorted []uint64          // hashes of their tuples, each before its place among seen
	first  map[uint32]uint32 // where those of a hash begin in sorted
	// crowds are the tuples of many connections.
	crowds map[casefile.Tuple]*crowd
}

// A sight is what the join needs of a connection until it comes by again: logs may speak of millions.
type sight struct {
	start, end time.Time
	orig, resp netip.AddrPort
	transport  evidence.Transport
	number     int // in the order of all connections
	origKnown  bool
	midStream  bool
}

func sightOf(number int, c *evidence.Conn) sight {
	return sight{c.Start, c.End, c.Orig, c.Resp, c.Transport, number, c.OrigKnown, c.MidStream}
}

// is tells whether it is of a connection.
func (s *sight) is(c *evidence.Conn) bool {
	return s.start.Equal(c.Start) && s.end.Equal(c.End) && s.orig == c.Orig && s.resp == c.Resp && s.transport == c.Transport
}

func (s *sight) tuple() casefile.Tuple { return casefile.TupleOf(s.transport, s.orig, s.resp) }

// index prepares a sensor that has all its connections.
func (sn *sensor) index() {
	sn.seed, sn.sorted, sn.first, sn.crowds = maphash.MakeSeed(), make([]uint64, len(sn.seen)), map[uint32]uint32{}, map[casefile.Tuple]*crowd{}
	for i := range sn.seen {
		sn.sorted[i] = uint64(sn.hash(sn.seen[i].tuple()))<<32 | uint64(i)
	}
	slices.Sort(sn.sorted)
	for from := 0; from < len(sn.sorted); {
		hash, to := sn.sorted[from]>>32, from
		for to < len(sn.sorted) && sn.sorted[to]>>32 == hash {
			to++
		}
		sn.first[uint32(hash)] = uint32(from)
		if to-from > few {
			sn.crowd(sn.sorted[from:to])
		}
		from = to
	}
}

// hash differs from run to run: whoever writes a capture cannot choose tuples that have the same.
func (sn *sensor) hash(k casefile.Tuple) uint32 { return uint32(maphash.Comparable(sn.seed, k)) }

// of yields the connections of a tuple, by start.
func (sn *sensor) of(k casefile.Tuple) iter.Seq[*sight] {
	return func(yield func(*sight) bool) {
		hash := sn.hash(k)
		from, met := sn.first[hash]
		if !met {
			return
		}
		for _, x := range sn.sorted[from:] {
			if uint32(x>>32) != hash {
				return
			}
			if s := &sn.seen[uint32(x)]; s.tuple() == k && !yield(s) {
				return
			}
		}
	}
}

// crowd finds the crowds among connections whose tuples have one hash.
func (sn *sensor) crowd(alike []uint64) {
	by := map[casefile.Tuple][]uint32{}
	for _, x := range alike {
		k := sn.seen[uint32(x)].tuple()
		by[k] = append(by[k], uint32(x))
	}
	for k, places := range by {
		if len(places) > few {
			sn.crowds[k] = newCrowd(sn.seen, places)
		}
	}
}

// nearest returns the connection of a tuple that an event at a time speaks of, and how far its beginning lies apart.
func (sn *sensor) nearest(k casefile.Tuple, at time.Time, slack time.Duration) (best *sight, apart time.Duration) {
	consider := func(s *sight) {
		if d, ok := s.fits(at, slack); ok && (best == nil || d < apart) {
			best, apart = s, d
		}
	}
	if c := sn.crowds[k]; c != nil {
		for _, i := range c.around(at, slack) {
			consider(&sn.seen[i])
		}
		return best, apart
	}
	for s := range sn.of(k) {
		consider(s)
	}
	return best, apart
}
