// Package casefile holds everything the evidence states, each record once, sorted.
//
// The same log often occurs twice in a collection (shadow copies, an export beside the original, two folders of one
// sensor): records that say the same count once here, and how many were left out is kept.
package casefile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Source is one file of the evidence and what it states. The Batch must not change afterwards: observations are
// pointed at, not copied.
type Source struct {
	File  finding.File
	Batch *evidence.Batch // nil when nothing could be read
}

// A Casefile is the evidence as a whole. Its observations are sorted by their best time, then by reference.
type Casefile struct {
	Files     []finding.File
	Processes []*evidence.Process // until the processes of the hosts have been made of them
	Exits     []*evidence.Exit
	Sockets   []*evidence.Socket
	Lookups   []*evidence.Lookup
	Accesses  []*evidence.Access
	Clearings []*evidence.Cleared
	Conns     Connections
	Captures  []*evidence.Capture
	Leases    []*evidence.Lease
	Namings   []*evidence.Naming
	Tallies   []*evidence.Tally // per file and class
	Logs      []Log
	// Duplicates counts the event records that were met before.
	Duplicates uint64
}

// A Log is the RecordIDs of one channel of one host in one file.
type Log struct {
	evidence.Log
	File string
	IDs  *evidence.Runs
}

// Gather puts the sources together. The result does not depend on their order.
func Gather(sources []Source) *Casefile {
	sources = slices.Clone(sources)
	slices.SortFunc(sources, func(a, b Source) int { return cmp.Compare(a.File.Name, b.File.Name) })
	g := gatherer{cf: &Casefile{}, certs: certificates{}, sensors: map[string]bool{}}
	for _, s := range sources {
		g.cf.Files = append(g.cf.Files, s.File)
		if s.Batch != nil {
			g.take(s)
		}
	}
	g.cf.once()
	g.cf.Conns = g.connections()
	g.cf.sortLeases()
	return g.cf
}

// A gatherer holds what is put together to connections.
type gatherer struct {
	cf      *Casefile
	conns   []*evidence.Conn
	moved   []evidence.ConnRun
	apps    []*evidence.AppRecord
	certs   certificates
	sensors map[string]bool // that state connections
}

func (g *gatherer) take(s Source) {
	b, cf := s.Batch, g.cf
	cf.Processes = append(cf.Processes, b.Processes...)
	cf.Exits = append(cf.Exits, pointers(b.Exits)...)
	cf.Sockets = append(cf.Sockets, pointers(b.Sockets)...)
	cf.Lookups = append(cf.Lookups, pointers(b.Lookups)...)
	cf.Accesses = append(cf.Accesses, pointers(b.Accesses)...)
	cf.Clearings = append(cf.Clearings, pointers(b.Clearings)...)
	cf.Captures = append(cf.Captures, pointers(b.Captures)...)
	cf.Leases = append(cf.Leases, pointers(b.Leases)...)
	cf.Namings = append(cf.Namings, pointers(b.Namings)...)
	cf.Tallies = append(cf.Tallies, b.Tallies.Classes()...)
	for _, l := range b.Tallies.Logs() {
		cf.Logs = append(cf.Logs, Log{l, s.File.Name, b.Tallies.IDs(l)})
	}
	g.certs.add(b.Certs)
	g.apps = append(g.apps, pointers(b.Apps)...)
	for i := range b.Conns {
		g.state(&b.Conns[i])
	}
	g.moved = append(g.moved, b.Moved...)
	if len(b.Moved) > 0 {
		g.sensors[s.File.Name] = true // a capture names its connections' sensor after itself
	}
}

func (g *gatherer) state(c *evidence.Conn) {
	g.conns = append(g.conns, c)
	g.sensors[c.Sensor] = true
}

// once sorts every kind of event and drops the records met before.
func (cf *Casefile) once() {
	cf.Processes = distinct(cf.Processes, func(p *evidence.Process) *evidence.Header { return &p.Header })
	cf.Exits = distinct(cf.Exits, func(p *evidence.Exit) *evidence.Header { return &p.Header })
	cf.Sockets = distinct(cf.Sockets, func(p *evidence.Socket) *evidence.Header { return &p.Header })
	cf.Lookups = distinct(cf.Lookups, func(p *evidence.Lookup) *evidence.Header { return &p.Header })
	cf.Accesses = distinct(cf.Accesses, func(p *evidence.Access) *evidence.Header { return &p.Header })
	cf.Clearings = distinct(cf.Clearings, func(p *evidence.Cleared) *evidence.Header { return &p.Header })
	cf.Duplicates = duplicates(cf.Tallies)
}

// distinct sorts events by best time and reference, and keeps the first of those with one digest: rather what a log holds
// than what was recovered of it.
func distinct[T any](all []*T, header func(*T) *evidence.Header) []*T {
	slices.SortFunc(all, func(a, b *T) int { return compareHeaders(header(a), header(b)) })
	seen := make(map[uint64]bool, len(all))
	kept := all[:0]
	for _, x := range all {
		d := header(x).Digest
		if d != 0 && seen[d] {
			continue
		}
		seen[d] = true
		kept = append(kept, x)
	}
	return kept
}

func compareHeaders(a, b *evidence.Header) int {
	return cmp.Or(a.Time().Compare(b.Time()), cmp.Compare(a.Recovered, b.Recovered), evidence.CompareRefs(a.Ref, b.Ref), cmp.Compare(a.Digest, b.Digest))
}

// duplicates counts the records of all files that another record equals.
func duplicates(tallies []*evidence.Tally) uint64 {
	all := map[evidence.Class]*evidence.Tally{}
	for _, t := range tallies {
		k := evidence.Class{Computer: strings.ToLower(t.Computer), Provider: strings.ToLower(t.Provider), EventID: t.EventID}
		if all[k] == nil {
			all[k] = &evidence.Tally{}
		}
		all[k].Merge(t)
	}
	n := uint64(0)
	for _, t := range all {
		n += t.Count - t.Distinct()
	}
	return n
}

func pointers[T any](s []T) []*T {
	ps := make([]*T, len(s))
	for i := range s {
		ps[i] = &s[i]
	}
	return ps
}
