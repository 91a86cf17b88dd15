package correlate

import (
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// chooseHome picks the sensor with the most votes as true time, and derives the offsets of shared fields from it.
func (b *book) chooseHome(all []*sensor) {
	votes := map[string]int{}
	for k, a := range b.clocks.aligned {
		votes[k.sensor] += a.Votes + 1
	}
	for _, s := range all {
		if votes[s.name] > votes[b.clocks.home] {
			b.clocks.home = s.name
		}
	}
	b.clocks.fields = map[string]time.Duration{}
	most := map[string]int{}
	for _, c := range b.host.Clocks {
		if c.Capture == b.clocks.home && c.Field != "UtcTime" && c.Votes > most[c.Field] && b.clocks.home != "" &&
			(c.Applied || b.clocks.aligned[alignKey{writer{c.Source, c.Class}, c.Capture}] != nil) {
			most[c.Field], b.clocks.fields[c.Field] = c.Votes, c.Offset
		}
	}
	b.deriveFields()
}

// deriveFields measures shared fields against Sysmon's own UTC where no capture did: events other than 3 and 22 carry
// both.
func (b *book) deriveFields() {
	ahead := fieldsAhead{most: len(b.processes) + len(b.accesses)}
	for _, p := range b.processes {
		ahead.compare(&p.Kept)
	}
	for _, x := range b.accesses {
		ahead.compare(&x.Kept)
	}
	for _, f := range ahead.fields {
		if _, known := b.clocks.fields[f.name]; !known {
			b.clocks.fields[f.name] = median(f.by)
		}
	}
}

// fieldsAhead are the fields that stand beside UtcTime, a few at most, and by how much each record has them ahead of it.
type fieldsAhead struct {
	fields []fieldAhead
	most   int // records
}

type fieldAhead struct {
	name string
	by   []time.Duration
}

func (a *fieldsAhead) compare(k *evidence.Kept) {
	if k.Field(0) != "UtcTime" {
		return
	}
	for i := 1; i < evidence.MaxStamps && !k.At(i).IsZero(); i++ {
		by := a.of(k.Field(i))
		*by = append(*by, time.Duration(k.At(i)-k.At(0)))
	}
}

func (a *fieldsAhead) of(name string) *[]time.Duration {
	for i := range a.fields {
		if a.fields[i].name == name {
			return &a.fields[i].by
		}
	}
	a.fields = append(a.fields, fieldAhead{name, make([]time.Duration, 0, a.most)})
	return &a.fields[len(a.fields)-1].by
}

// A reading says by which stamp of a record its time is told, and what is to be taken off it.
type reading struct {
	stamp int
	ahead time.Duration
	clock *alignment // in place of ahead, nil for none
}

func (r reading) of(t time.Time) time.Time {
	if r.clock != nil {
		return t.Add(-r.clock.offsetAt(t))
	}
	return t.Add(-r.ahead)
}

// when returns the time of a record in corrected UTC: the sensor's time where the clocks could be aligned, else what the
// host's own sources agree on.
func (b *book) when(k *evidence.Kept) time.Time { return b.read.when(b, k) }

// A reader remembers by which stamp the time of a record was told: the next of its kind is like it.
type reader [8]struct { // by the last bits of the event id
	before evidence.Kept
	met    bool
	reading
}

func (r *reader) when(b *book, k *evidence.Kept) time.Time {
	last := &r[k.EventID()%uint32(len(r))]
	if !last.met || !last.before.Alike(k) {
		last.before, last.met, last.reading = *k, true, b.reading(k)
	}
	return last.reading.of(k.At(last.stamp).Time())
}

// reading depends on nothing but what records of one kind in one log have in common.
func (b *book) reading(k *evidence.Kept) reading {
	if off := b.clocks.stated; off != nil {
		return reading{ahead: *off}
	}
	w, h := writerOf(k), k.Header()
	if a := b.clocks.aligned[alignKey{w, b.clocks.home}]; a != nil {
		for i, s := range h.Stamps {
			if s.Field == a.Field && !s.IsZero() {
				return reading{stamp: i, clock: a}
			}
		}
	}
	if h.Stamps[0].Field == "UtcTime" && w.class != networkClass && !b.sharedMeasured(&h) {
		return reading{}
	}
	for i, s := range h.Stamps {
		if off, ok := b.clocks.fields[s.Field]; ok && !s.IsZero() {
			return reading{stamp: i, ahead: off}
		}
	}
	return reading{}
}

// sharedMeasured tells whether a field of the record other than UtcTime was measured against a capture.
func (b *book) sharedMeasured(h *evidence.Header) bool {
	if b.clocks.home == "" {
		return false
	}
	for _, s := range h.Stamps[1:] {
		if _, ok := b.clocks.fields[s.Field]; ok && !s.IsZero() && s.Resolution < time.Second {
			return true
		}
	}
	return false
}
