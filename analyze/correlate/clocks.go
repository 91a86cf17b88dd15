package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A writer is what shares one way of stamping events on a host: a log, and within Sysmon's the events whose UtcTime
// comes from the network driver, which is a clock of its own and often a wrong one.
type writer struct{ source, class string }

// networkClass are the Sysmon events that the driver stamps.
const networkClass = "3, 22"

func writerOf(k *evidence.Kept) writer {
	if !strings.EqualFold(k.Provider(), "Microsoft-Windows-Sysmon") {
		return writer{k.Provider(), "all"}
	}
	if k.EventID() == 3 || k.EventID() == 22 {
		return writer{k.Provider(), networkClass}
	}
	return writer{k.Provider(), "others"}
}

// clocks is what is known about the clocks of one host.
type clocks struct {
	aligned map[alignKey]*alignment
	// home is the sensor whose time stands for true time on this host: the one with the most votes; "" without.
	home string
	// fields are the offsets of shared fields (TimeCreated, EventTime, ...) from true time.
	fields map[string]time.Duration
	stated *time.Duration
}

type alignKey struct {
	writer
	sensor string
}

// An alignment is the clock that was chosen for a writer against a sensor.
type alignment struct {
	finding.Clock
	resolution time.Duration
	core       int // connections in the densest cluster; Votes counts those around it as well
}

// offsetAt returns how far the clock is ahead at its own time t.
func (a *alignment) offsetAt(t time.Time) time.Duration {
	off := a.Offset
	for _, s := range a.Segments {
		if !t.Before(s.From) {
			off = s.Offset
		}
	}
	return off
}

// slack is how far from a connection an event of this clock may lie.
func (a *alignment) slack() time.Duration { return joinSlack + 3*a.Spread + a.resolution }

const (
	// joinSlack is how far from its connection an event may lie after alignment when nothing else competes for it: on
	// virtual machines, logs were measured to write some events half a minute before or after the packet. Ports are
	// reused sooner on busy hosts, but then the nearest connection wins.
	joinSlack = time.Minute
	// tightSlack is how near most events lie; a claim within it beats one outside.
	tightSlack = 10 * time.Second
	// voteWindow is how wide a cluster of votes may be, before the resolution of the field is added.
	voteWindow = 3 * time.Second
	// enoughVotes accepts an offset whatever it is; fewer are believed only when the offset is one that clocks have.
	enoughVotes = 3
	// plausible is how far from a whole quarter of an hour within a day an offset may lie to be a time zone.
	plausible = 10 * time.Second
	// tupleBound limits how many connections of one tuple an event votes on, voterBound how many events vote on those of a
	// crowd: they would be millions.
	tupleBound = 64
	voterBound = 1024
	// maxVotes is how many votes a clock is measured by, about: where there are more, those of a sample of the tuples.
	maxVotes = 1 << 17
)

// align measures every clock of a host against every sensor.
func (b *book) align(all []*sensor) {
	b.clocks.aligned = map[alignKey]*alignment{}
	if len(all) > 0 {
		b.measureAll(all)
	}
	b.chooseHome(all)
}

func (b *book) measureAll(all []*sensor) {
	groups := map[writer]*evidence.Sockets{}
	var order []writer
	for _, s := range b.sockets.All() {
		if s.Kind() == evidence.Bind {
			continue
		}
		w := writerOf(&s.Kept)
		if groups[w] == nil {
			groups[w] = &evidence.Sockets{}
			order = append(order, w)
		}
		groups[w].Add(*s)
	}
	slices.SortFunc(order, func(x, y writer) int {
		return cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(x.class, y.class))
	})
	for _, sn := range all {
		var open []*alignment
		for _, w := range order {
			if a := b.measure(w, groups[w], sn); a != nil {
				open = append(open, a...)
			}
		}
		b.borrow(open, sn.name)
	}
}

// measure lets the connections that both a writer and a sensor saw vote on the clock of every field the writer fills,
// and applies the best one. It returns the clocks that have candidates but were not accepted.
func (b *book) measure(w writer, sockets *evidence.Sockets, sn *sensor) (open []*alignment) {
	var best *alignment
	var measured []*alignment
	for _, field := range fieldsOf(sockets) {
		sample := sn.sample(sockets, field)
		votes, res := b.votes(sockets, sn, field, sample)
		if len(votes) == 0 {
			continue
		}
		a := b.elect(votes, res, field)
		a.Host, a.Source, a.Class, a.Field, a.Capture = b.host.Name, w.source, w.class, field, sn.name
		if sample > 1 {
			a.Reason = fmt.Sprintf("measured by the connections of one tuple in %d, since there are so many", sample)
		}
		measured = append(measured, a)
		if best == nil || a.accepted() && !best.accepted() || a.accepted() == best.accepted() && a.better(best) {
			best = a
		}
	}
	for _, a := range measured {
		switch {
		case b.clocks.stated != nil:
			a.Reason = "an offset was stated for this host"
		case a != best:
			a.Reason = "field " + best.Field + " is used for this log"
		case a.accepted():
			a.Applied = true
			b.clocks.aligned[alignKey{w, sn.name}] = a
		default:
			a.Reason = fmt.Sprintf("%d of %d connections seen on both sides agree: too few to believe an offset", a.Votes, a.Candidates)
			open = append(open, a)
		}
	}
	if off := b.clocks.stated; off != nil {
		one := sockets.At(0)
		first := one.Header().Stamps[0]
		a := &alignment{Clock: finding.Clock{Host: b.host.Name, Source: w.source, Class: w.class, Field: first.Field,
			Capture: sn.name, Offset: *off, Applied: true, Stated: true}, resolution: first.Resolution}
		b.clocks.aligned[alignKey{w, sn.name}] = a
		measured = append(measured, a)
	}
	for _, a := range measured {
		b.host.Clocks = append(b.host.Clocks, a.Clock)
	}
	return open
}

// better prefers clearly more votes, then the event's own time to that of its receipt, then the smaller spread; equal
// ones stay with the field the record states first.
func (a *alignment) better(b *alignment) bool {
	if 10*a.core < 9*b.core || 10*b.core < 9*a.core {
		return a.core > b.core
	}
	if receipt(a.Field) != receipt(b.Field) {
		return receipt(b.Field)
	}
	return a.Spread+a.resolution/4 < b.Spread+b.resolution/4
}

// receipt tells whether a field holds the time at which a collector took the event in.
func receipt(field string) bool { return field == "@timestamp" || field == "EventReceivedTime" }

// accepted tells whether the votes are worth believing.
func (a *alignment) accepted() bool {
	if a.core >= enoughVotes && 10*a.core >= a.Candidates {
		return true
	}
	return a.core > 0 && 2*a.core >= a.Candidates && zoneLike(a.Offset)
}

// zoneLike tells whether an offset is nearly none, or nearly that of a time zone, one of a 12-hour clock included.
func zoneLike(d time.Duration) bool {
	rest := d - d.Round(15*time.Minute)
	return rest.Abs() <= plausible && d.Abs() <= 26*time.Hour
}

// borrow gives a writer with too few votes the offset that another writer of the same host has for the same field: one
// clock of the operating system stamps both.
func (b *book) borrow(open []*alignment, sensor string) {
	for _, a := range open {
		lender := b.lender(a, sensor)
		if lender == nil {
			continue
		}
		a.Offset, a.Spread, a.Applied = lender.Offset, lender.Spread, true
		a.Reason = "too few votes of its own; offset of " + lender.Source + " on the same host"
		b.clocks.aligned[alignKey{writer{a.Source, a.Class}, sensor}] = a
		for i := range b.host.Clocks {
			if c := &b.host.Clocks[i]; c.Source == a.Source && c.Class == a.Class && c.Field == a.Field && c.Capture == sensor {
				*c = a.Clock
			}
		}
	}
}

func (b *book) lender(a *alignment, sensor string) *alignment {
	var best *alignment
	for k, l := range b.clocks.aligned {
		if k.sensor == sensor && l.Field == a.Field && l.Field != "UtcTime" && (best == nil || l.Votes > best.Votes ||
			l.Votes == best.Votes && l.Source < best.Source) {
			best = l
		}
	}
	return best
}

// fieldsOf names the time fields of events, in the order in which records state them. A field that only repeats an
// earlier one (exports copy TimeCreated to @timestamp) is no clock of its own.
func fieldsOf(sockets *evidence.Sockets) (fields []string) {
	own := map[string]bool{}
	for _, s := range sockets.All() {
		for i := range evidence.MaxStamps {
			if s.At(i).IsZero() {
				continue
			}
			if !slices.Contains(fields, s.Field(i)) {
				fields = append(fields, s.Field(i))
			}
			own[s.Field(i)] = own[s.Field(i)] || !s.Repeats(i)
		}
	}
	return slices.DeleteFunc(fields, func(f string) bool { return !own[f] })
}

// median is the lower one of two middle values: an offset that was measured, not one between two.
func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[(len(d)-1)/2]
}
