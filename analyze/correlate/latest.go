package correlate

import (
	"iter"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A latest is a tree over a list of what lasts from a beginning to an end: the latest end in all of it, then the trees of its
// two halves. In a list by beginnings it finds what lasted at a time without looking at all that is over.
type latest []evidence.Instant

// newLatest makes the tree of n, whose ends end tells.
func newLatest(n int, end func(i int) evidence.Instant) latest {
	t := make(latest, 2*n)
	if n > 0 {
		t.fill(0, 0, n, end)
	}
	return t
}

func (t latest) fill(node, from, to int, end func(i int) evidence.Instant) {
	if to-from == 1 {
		t[node] = end(from)
		return
	}
	mid, first, second := halves(node, from, to)
	t.fill(first, from, mid, end)
	t.fill(second, mid, to, end)
	t[node] = max(t[first], t[second])
}

// halves is where a part of the list is divided, and where the trees of its halves stand.
func halves(node, from, to int) (mid, first, second int) {
	mid = (from + to) / 2
	return mid, node + 1, node + 2*(mid-from)
}

// since yields the places before a limit of what had not ended by a time, in order.
func (t latest) since(at evidence.Instant, limit int) iter.Seq[int] {
	return func(yield func(int) bool) { t.each(0, 0, len(t)/2, at, limit, yield) }
}

func (t latest) each(node, from, to int, at evidence.Instant, limit int, yield func(int) bool) bool {
	switch {
	case from >= min(to, limit) || t[node] < at:
		return true
	case to-from == 1:
		return yield(from)
	}
	mid, first, second := halves(node, from, to)
	return t.each(first, from, mid, at, limit, yield) && t.each(second, mid, to, at, limit, yield)
}

// last is the last place that since would yield, none when there is none.
func (t latest) last(at evidence.Instant, limit int) int { return t.lastIn(0, 0, len(t)/2, at, limit) }

func (t latest) lastIn(node, from, to int, at evidence.Instant, limit int) int {
	switch {
	case from >= min(to, limit) || t[node] < at:
		return none
	case to-from == 1:
		return from
	}
	mid, first, second := halves(node, from, to)
	if i := t.lastIn(second, mid, to, at, limit); i != none {
		return i
	}
	return t.lastIn(first, from, mid, at, limit)
}

// none stands for no place.
const none = -1
