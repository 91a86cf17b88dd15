package casefile

import (
	"container/heap"
	"iter"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Connections are what captures and sensors show, each once, however many of them show it. There may be more than memory
// holds.
type Connections struct {
	held    []*evidence.Conn // in order
	moved   []evidence.ConnRun
	sensors int

	again int
	err   error
}

// All yields the connections in the order of evidence.CompareConns, with their number from 0. It may be run through several
// times and yields the same each time; what it yields must not be changed, and is valid until the next one, but for what it
// refers to. Err tells afterwards whether it came to the end.
func (cs *Connections) All() iter.Seq2[int, *evidence.Conn] {
	return cs.numbered(true)
}

// Survey yields what All does, with the same numbers. Of those that are on disk only what evidence.ConnRun has at a glance is read.
func (cs *Connections) Survey() iter.Seq2[int, *evidence.Conn] { return cs.numbered(false) }

func (cs *Connections) numbered(whole bool) iter.Seq2[int, *evidence.Conn] {
	return func(yield func(int, *evidence.Conn) bool) {
		n := 0
		once(cs.sorted(whole), cs.sensors > 1, &cs.again)(func(c *evidence.Conn) bool {
			n++
			return yield(n-1, nameUser(c))
		})
	}
}

// None tells whether there are none.
func (cs *Connections) None() bool { return len(cs.held)+len(cs.moved) == 0 }

// Again is how many connections a second capture or sensor shows too; the figures of the one with packets behind it, or
// else of the first, are used. It is known once All has been run through.
func (cs *Connections) Again() int { return cs.again }

// Err is what kept connections from being read back from disk, or whatever else failed.
func (cs *Connections) Err() error { return cs.err }

// Fail notes why what comes by cannot be right; the first reason stays.
func (cs *Connections) Fail(err error) {
	if cs.err == nil {
		cs.err = err
	}
}

// sorted merges what is held and what was moved.
func (cs *Connections) sorted(whole bool) iter.Seq[*evidence.Conn] {
	return func(yield func(*evidence.Conn) bool) {
		m := merge{compare: evidence.CompareConns}
		m.add(listed(cs.held), &cs.err)
		texts := new(evidence.Texts)
		for _, r := range cs.moved {
			m.add(r.Open(whole, texts), &cs.err)
		}
		m.all(&cs.err)(yield)
	}
}

// again is how far apart two sensors may see the same connection begin: they stand at different places and stamp
// packets by different clocks that are kept by NTP.
const again = 2 * time.Second

// once leaves out a connection that another sensor shows as well: same ends, starting at the same time. The one with packets
// behind it stays, and what only the other one knows of its content is added. Where there are several sensors, a connection
// is held back until no other can be its twin.
func once(all iter.Seq[*evidence.Conn], several bool, twins *int) iter.Seq[*evidence.Conn] {
	if !several {
		return all
	}
	return func(yield func(*evidence.Conn) bool) {
		w := window{last: map[place]latest{}}
		for c := range all {
			for len(w.waiting) > 0 && c.Start.Sub(w.waiting[0].Start) > again {
				if !yield(w.leave()) {
					return
				}
			}
			w.take(c)
		}
		for len(w.waiting) > 0 {
			if !yield(w.leave()) {
				return
			}
		}
		*twins = w.twins
	}
}

// A window holds the connections that may still have a twin, the first one in front.
type window struct {
	waiting pending
	last    map[place]latest
	twins   int
}

// A waiter is a connection that may still have a twin.
type waiter struct {
	*evidence.Conn
	place place
	index int // in the heap
}

func (w *window) take(c *evidence.Conn) {
	k := place{TupleOf(c.Transport, c.Orig, c.Resp), !c.Tunnel.IsZero()}
	d := w.last[k].twin(c)
	if d == nil {
		waiting := *c
		d = &waiter{Conn: &waiting, place: k}
		w.last[k] = w.last[k].with(d)
		heap.Push(&w.waiting, d)
		return
	}
	w.twins++
	kept, other := *d.Conn, c
	if kept.UID != "" && c.UID == "" {
		kept, other = *c, d.Conn
	}
	adoptApp(&kept.App, &other.App)
	d.Conn = &kept
	heap.Fix(&w.waiting, d.index)
}

// leave takes the first connection out.
func (w *window) leave() *evidence.Conn {
	d := heap.Pop(&w.waiting).(*waiter)
	l := w.last[d.place]
	if l = slices.DeleteFunc(l, func(x *waiter) bool { return x == d }); len(l) == 0 {
		delete(w.last, d.place)
	} else {
		w.last[d.place] = l
	}
	return d.Conn
}

// A place is where a second sensor's statement of a connection is looked for.
type place struct {
	Tuple
	inner bool // in a tunnel
}

// latest holds the last connection of each sensor at one place, in the order in which they began.
type latest []*waiter

// maxSensors bounds how many may have seen one connection.
const maxSensors = 64

// twin returns the connection that c is as well, seen by another sensor, nil when there is none.
func (l latest) twin(c *evidence.Conn) *waiter {
	for _, d := range slices.Backward(l) {
		if d.Sensor != c.Sensor && c.Start.Sub(d.Start) <= again {
			return d
		}
	}
	return nil
}

func (l latest) with(c *waiter) latest {
	l = slices.DeleteFunc(l, func(d *waiter) bool { return d.Sensor == c.Sensor })
	if len(l) >= maxSensors {
		l = slices.Delete(l, 0, 1)
	}
	return append(l, c)
}

// pending is a heap of waiters in the order of their connections.
type pending []*waiter

func (p pending) Len() int           { return len(p) }
func (p pending) Less(i, j int) bool { return evidence.CompareConns(p[i].Conn, p[j].Conn) < 0 }
func (p pending) Swap(i, j int) {
	p[i], p[j] = p[j], p[i]
	p[i].index, p[j].index = i, j
}
func (p *pending) Push(x any) {
	d := x.(*waiter)
	d.index = len(*p)
	*p = append(*p, d)
}
func (p *pending) Pop() any {
	last := len(*p) - 1
	d := (*p)[last]
	*p = (*p)[:last]
	return d
}
