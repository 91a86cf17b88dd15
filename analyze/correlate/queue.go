package correlate

import (
	"container/heap"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A queue is the connections that only logs speak of, those of each host in their order: a heap by the next of each.
type queue []*waiting

// waiting are those of one host that are still to come.
type waiting struct {
	book *book
	read *evidence.SocketReader
	rest []uint32 // of lones.begin
	head *Link    // the next, which is no longer among rest
}

// alone begins at the first of them.
func (j *joiner) alone() queue {
	var q queue
	for _, b := range j.books {
		if w := (&waiting{book: b, read: b.sockets.Reader(), rest: b.alone.begin}); w.step(j) {
			q = append(q, w)
		}
	}
	heap.Init(&q)
	return q
}

// step makes the next link, unless there is none.
func (w *waiting) step(j *joiner) bool {
	if len(w.rest) == 0 {
		return false
	}
	w.head, w.rest = j.whole(w.book, w.rest[0], w.read), w.rest[1:]
	return true
}

// next takes the first link.
func (q *queue) next(j *joiner) *Link {
	first := (*q)[0]
	l := first.head
	if first.step(j) {
		heap.Fix(q, 0)
	} else {
		heap.Pop(q)
	}
	return l
}

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return compareLinks(q[i].head, q[j].head) < 0 }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(*waiting)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	w := (*q)[last]
	*q = (*q)[:last]
	return w
}
