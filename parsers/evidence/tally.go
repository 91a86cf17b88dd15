package evidence

import (
	"cmp"
	"slices"
	"strings"
)

// A Class is one kind of event in one log of one host, as written.
type Class struct {
	Computer, Provider, Channel string
	EventID                     uint32
}

// A Tally counts the records of a Class.
type Tally struct {
	Class
	// Count is how many records were met, NoTime how many of them state no time.
	Count, NoTime uint64
	// First and Last are the earliest and the latest best stamp, in the log's own clock.
	First, Last Stamp
	Ref         Ref // the first record in the order of the file
	// Digests holds Header.Digest of every record that has one, so that records met twice (the same log as EVTX and
	// JSON, a shadow copy) can be counted once.
	Digests []uint64
	// Again counts the records that another one equals, of those whose digests were let go.
	Again uint64
}

// Merge adds what o counted to t. Records of both with the same digest count once in Distinct.
func (t *Tally) Merge(o *Tally) {
	t.Count += o.Count
	t.NoTime += o.NoTime
	t.span(o.First)
	t.span(o.Last)
	t.Digests = append(t.Digests, o.Digests...)
	t.Again += o.Again
}

// Settle lets go of the digests, for a tally whose records no other tally holds.
func (t *Tally) Settle() { t.Again, t.Digests = t.Count-t.Distinct(), nil }

// Distinct returns the number of different records: those with a digest counted once each, and those without. It sorts
// Digests.
func (t *Tally) Distinct() uint64 {
	slices.Sort(t.Digests)
	repeated := uint64(0)
	for i := 1; i < len(t.Digests); i++ {
		if t.Digests[i] == t.Digests[i-1] {
			repeated++
		}
	}
	return t.Count - t.Again - repeated
}

func (t *Tally) add(h *Header) {
	if t.Count == 0 {
		t.Ref = h.Ref
	}
	t.Count++
	if h.Stamps[0].IsZero() {
		t.NoTime++
	}
	t.span(h.Stamps[0])
	if h.Digest != 0 {
		t.Digests = append(t.Digests, h.Digest)
	}
}

func (t *Tally) span(s Stamp) {
	if s.IsZero() {
		return
	}
	if t.First.IsZero() || s.Time.Before(t.First.Time) {
		t.First = s
	}
	if t.Last.IsZero() || s.Time.After(t.Last.Time) {
		t.Last = s
	}
}

// A Log is a channel of one host: RecordIDs count through all its events.
type Log struct{ Computer, Channel string }

// Tallies counts the event records of one file.
type Tallies struct {
	Records uint64
	// Leftovers counts the records recovered from space that the log does not use. They are not among the others:
	// coverage is what the log holds.
	Leftovers uint64
	classes   map[Class]*Tally
	ids       map[Log]*Runs
	recent    [32]*Tally // by the last bits of the event id
	lastLog   Log
	lastIDs   *Runs // of lastLog
}

// Classes returns the tallies sorted by class.
func (ts *Tallies) Classes() []*Tally {
	all := make([]*Tally, 0, len(ts.classes))
	for _, t := range ts.classes {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *Tally) int {
		return cmp.Or(cmp.Compare(a.Computer, b.Computer), cmp.Compare(a.Channel, b.Channel),
			cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.EventID, b.EventID))
	})
	return all
}

// Logs returns the logs that carry RecordIDs, sorted.
func (ts *Tallies) Logs() []Log {
	all := make([]Log, 0, len(ts.ids))
	for l := range ts.ids {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Log) int {
		return cmp.Or(cmp.Compare(a.Computer, b.Computer), cmp.Compare(a.Channel, b.Channel))
	})
	return all
}

// IDs returns the RecordIDs met in a log. The caller must not change it.
func (ts *Tallies) IDs(l Log) *Runs {
	if r := ts.ids[l]; r != nil {
		return r
	}
	return &Runs{}
}

func (ts *Tallies) add(h *Header) {
	if h.Recovered == Leftover {
		ts.Leftovers++
		return
	}
	ts.Records++
	ts.class(h).add(h)
	if h.RecordID != 0 {
		ts.log(h).Add(h.RecordID)
	}
}

// class finds the tally of a record. Classes come again and again.
func (ts *Tallies) class(h *Header) *Tally {
	k := Class{h.Computer, h.Provider, h.Channel, h.EventID}
	recent := &ts.recent[h.EventID%uint32(len(ts.recent))]
	if *recent == nil || (*recent).Class != k {
		*recent = ts.classOf(k)
	}
	return *recent
}

// classOf finds or makes a tally. Its strings are cloned: a parser may have cut them from a whole line.
func (ts *Tallies) classOf(k Class) *Tally {
	if t := ts.classes[k]; t != nil {
		return t
	}
	if ts.classes == nil {
		ts.classes = map[Class]*Tally{}
	}
	k = Class{strings.Clone(k.Computer), strings.Clone(k.Provider), strings.Clone(k.Channel), k.EventID}
	t := &Tally{Class: k}
	ts.classes[k] = t
	return t
}

func (ts *Tallies) log(h *Header) *Runs {
	if k := (Log{h.Computer, h.Channel}); ts.lastIDs == nil || ts.lastLog != k {
		ts.lastLog, ts.lastIDs = k, ts.logOf(k)
	}
	return ts.lastIDs
}

func (ts *Tallies) logOf(k Log) *Runs {
	if r := ts.ids[k]; r != nil {
		return r
	}
	if ts.ids == nil {
		ts.ids = map[Log]*Runs{}
	}
	r := &Runs{}
	ts.ids[Log{strings.Clone(k.Computer), strings.Clone(k.Channel)}] = r
	return r
}
