package suricata

import "time"

// A queue holds records until what completes them was met, or cannot come any more. They leave it in the order of the log.
type queue[K comparable, R any] struct {
	list []held[K, R]
	last map[K]*R // the record that what has this key completes
}

type held[K comparable, R any] struct {
	key K
	rec *R
	at  time.Time
}

// patience is how long a record waits, in the time of the log. Resolvers give up within seconds; both directions of a flow are
// written at once.
const patience = time.Minute

// maxHeld is how many records wait at most. A resolver of a large network asks as many questions within a minute.
const maxHeld = 1 << 16

// put holds a record, which what has the same key completes from now on if it is to be found by that.
func (q *queue[K, R]) put(key K, rec *R, at time.Time, found bool) {
	if q.last == nil {
		q.last = map[K]*R{}
	}
	if found {
		q.last[key] = rec
	}
	q.list = append(q.list, held[K, R]{key, rec, at})
}

// release hands over what has waited long enough at a time, and what there are too many of, which it counts.
func (q *queue[K, R]) release(now time.Time, out func(R)) (early uint64) {
	for len(q.list) > 0 && now.Sub(q.list[0].at) > patience {
		q.pop(out)
	}
	for ; len(q.list) > maxHeld; early++ {
		q.pop(out)
	}
	return early
}

// flush hands over the rest.
func (q *queue[K, R]) flush(out func(R)) {
	for len(q.list) > 0 {
		q.pop(out)
	}
}

func (q *queue[K, R]) pop(out func(R)) {
	h := q.list[0]
	if q.last[h.key] == h.rec {
		delete(q.last, h.key)
	}
	q.list[0] = held[K, R]{}
	q.list = q.list[1:]
	out(*h.rec)
}
