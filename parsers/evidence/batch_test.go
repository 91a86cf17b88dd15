package evidence

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var _ Sink = (*Batch)(nil)

func TestSameRecordCountsOnce(t *testing.T) {
	first, second := &Batch{}, &Batch{}
	for id := range uint64(10) {
		first.Record(record(id+1, 1000+id))
	}
	for id := range uint64(10) {
		second.Record(record(id+6, 1005+id)) // five are the same, as JSON beside EVTX or from a shadow copy
	}
	second.Record(record(0, 0)) // one that a container could not identify
	a, b := first.Tallies.Classes(), second.Tallies.Classes()
	if len(a) != 1 || len(b) != 1 {
		t.Fatalf("%d and %d classes", len(a), len(b))
	}
	a[0].Merge(b[0])
	if a[0].Count != 21 || a[0].Distinct() != 16 {
		t.Errorf("%d records, %d distinct; want 21 and 16", a[0].Count, a[0].Distinct())
	}
	if a[0].First.Time.Unix() != 0 || a[0].Last.Time.Unix() != 14 {
		t.Errorf("from %v to %v", a[0].First.Time, a[0].Last.Time)
	}
	if first.Records() != 10 {
		t.Errorf("%d records", first.Records())
	}
}

func TestClassesAreSortedAndApart(t *testing.T) {
	b := &Batch{}
	for _, k := range []Class{{"b", "p", "c", 3}, {"a", "p", "c", 3}, {"a", "p", "c", 1}, {"a", "p", "c", 3}} {
		b.Record(Header{Computer: k.Computer, Provider: k.Provider, Channel: k.Channel, EventID: k.EventID})
	}
	var got []Class
	for _, c := range b.Tallies.Classes() {
		got = append(got, c.Class)
		if c.NoTime != c.Count {
			t.Errorf("%v: %d of %d without a time", c.Class, c.NoTime, c.Count)
		}
	}
	if want := []Class{{"a", "p", "c", 1}, {"a", "p", "c", 3}, {"b", "p", "c", 3}}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestRuns(t *testing.T) {
	cases := []struct {
		why  string
		add  []Run
		want []Run
	}{
		{"nothing", nil, nil},
		{"one after the other", []Run{{1, 1}, {2, 2}, {3, 3}}, []Run{{1, 3}}},
		{"a gap", []Run{{1, 1}, {3, 3}}, []Run{{1, 1}, {3, 3}}},
		{"out of order, and one again", []Run{{5, 5}, {1, 1}, {2, 2}, {4, 4}, {1, 1}}, []Run{{1, 2}, {4, 5}}},
		{"ranges of two files that overlap", []Run{{1, 10}, {5, 20}, {30, 40}, {21, 25}}, []Run{{1, 25}, {30, 40}}},
		{"the largest number there is", []Run{{math.MaxUint64, math.MaxUint64}, {7, 7}, {math.MaxUint64 - 1, math.MaxUint64}}, []Run{{7, 7}, {math.MaxUint64 - 1, math.MaxUint64}}},
	}
	for _, c := range cases {
		r := &Runs{}
		for _, n := range c.add {
			r.AddRun(n)
		}
		if got, more := r.List(); !slices.Equal(got, c.want) || more {
			t.Errorf("%s: got %v, more %v; want %v", c.why, got, more, c.want)
		}
	}
}

func TestRunsInAnyOrder(t *testing.T) {
	ids := make([]uint64, 20_000)
	for i := range ids {
		ids[i] = uint64(i + 1)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	r := &Runs{}
	for _, id := range ids {
		r.Add(id)
	}
	if got, more := r.List(); more || !slices.Equal(got, []Run{{1, 20_000}}) {
		t.Errorf("%d runs, more %v", len(got), more)
	}
}

func TestRunsAreBounded(t *testing.T) {
	r := &Runs{}
	for i := range uint64(maxRuns + 10_000) {
		r.Add(2 * i)
	}
	if got, more := r.List(); len(got) != maxRuns || !more {
		t.Errorf("%d runs, more %v", len(got), more)
	}
}

func TestProblemsAreBoundedAndCounted(t *testing.T) {
	b := &Batch{}
	for range 3 * MaxProblems {
		b.Problem(Problem{Kind: Suspect, Err: errors.New("odd")})
	}
	if b.Problems.Incomplete {
		t.Error("a suspect value does not make a file incomplete")
	}
	b.Problem(Problem{Kind: Damaged, Lost: 7, Known: true, Err: errors.New("bad")})
	b.Problem(Problem{Kind: Damaged, Lost: 99, Err: errors.New("unknown how much")})
	if p := b.Problems; len(p.First) != MaxProblems || p.Total != 3*MaxProblems+2 || p.Lost != 7 || !p.Incomplete {
		t.Errorf("%d kept of %d, lost %d, incomplete %v", len(p.First), p.Total, p.Lost, p.Incomplete)
	}
}

func record(id, digest uint64) Header {
	h := Header{Computer: "WS-07", Provider: "p", Channel: "c", EventID: 3, RecordID: id, Digest: digest}
	if id > 0 {
		h.Stamps[0] = Stamp{Time: time.Unix(int64(id)-1, 0), Field: "UtcTime"}
	}
	return h
}
