package evidence

import (
	"cmp"
	"slices"
)

// A Run is a range of RecordIDs, both ends included.
type Run struct{ From, To uint64 }

// Runs is a set of RecordIDs kept as ranges: logs number their records without holes unless some are gone.
type Runs struct {
	list    []Run // sorted, neither touching nor overlapping
	pending []Run
	more    bool
}

// maxRuns bounds a set that is all holes, such as a filtered export: 16 bytes each. maxPending is how many additions
// wait to be sorted in together.
const (
	maxRuns    = 1 << 18
	maxPending = 1 << 12
)

// Add puts id into the set.
func (r *Runs) Add(id uint64) { r.AddRun(Run{id, id}) }

// AddRun puts a range into the set.
func (r *Runs) AddRun(n Run) {
	if last := len(r.pending) - 1; last >= 0 && follows(r.pending[last], n) {
		r.pending[last].To = max(r.pending[last].To, n.To)
		return
	}
	if r.pending = append(r.pending, n); len(r.pending) >= maxPending {
		r.settle()
	}
}

// List returns the ranges in order, and whether there were more than could be kept: nothing is known then about the IDs
// above the last.
func (r *Runs) List() (list []Run, more bool) {
	r.settle()
	return r.list, r.more
}

func (r *Runs) settle() {
	if len(r.pending) == 0 {
		return
	}
	all := append(r.list, r.pending...)
	slices.SortFunc(all, func(a, b Run) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	list := all[:1]
	for _, n := range all[1:] {
		if last := &list[len(list)-1]; follows(*last, n) {
			last.To = max(last.To, n.To)
		} else {
			list = append(list, n)
		}
	}
	if len(list) > maxRuns {
		list, r.more = list[:maxRuns], true
	}
	r.list, r.pending = list, r.pending[:0]
}

// follows tells whether b, which does not begin before a, overlaps a or begins right behind it.
func follows(a, b Run) bool { return b.From >= a.From && (b.From <= a.To || b.From-a.To == 1) }
