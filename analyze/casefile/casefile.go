// Package casefile holds everything the evidence states, each record once, sorted.
//
// The same log often occurs twice in a collection (shadow copies, an export beside the original, two folders of one
// sensor): records that say the same count once here, and how many were left out is kept.
package casefile

import (
	"cmp"
	"slices"

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
	Processes []*evidence.KeptProcess // until the processes of the hosts have been made of them
	Exits     []*evidence.KeptExit
	Sockets   evidence.Sockets // until they have been told apart by host
	Lookups   []*evidence.KeptLookup
	Accesses  []*evidence.KeptAccess
	Clearings []*evidence.Cleared
	Conns     Connections
	Captures  []*evidence.Capture
	Leases    []*evidence.Lease
	Namings   []*evidence.Naming
	Tallies   []*evidence.Tally // per file and class
	Logs      []Log
	// Duplicates counts the event records that were met before.
	Duplicates uint64
	// Unplaced counts the records of sensors that tell of what a connection carried and of none that any log states: they
	// name neither its ends nor one that is here. FirstUnplaced is the first of them.
	Unplaced      uint64
	FirstUnplaced evidence.Ref
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
	g := gatherer{cf: &Casefile{}, certs: certificates{map[uid]*evidence.KeptCertificate{}, map[*evidence.CertificateTexts][]string{}}, sensors: map[string]bool{}}
	for _, s := range sources {
		g.cf.Files = append(g.cf.Files, s.File)
		if s.Batch != nil {
			g.take(s)
		}
	}
	g.once()
	g.cf.Conns = g.connections()
	g.cf.sortLeases()
	return g.cf
}

// A gatherer holds what is put together to connections.
type gatherer struct {
	cf      *Casefile
	conns   []*evidence.Conn
	named   []*evidence.Conn // those with a UID, until they are put together
	moved   []evidence.ConnRun
	parts   []evidence.ConnRun
	room    evidence.Overflow // for what comes of parts
	apps    []*evidence.AppRecord
	certs   certificates
	sensors map[string]bool // that state connections
	err     error           // why not all of parts came back
	logs    int             // that hold events
	// leftovers counts the records that are not tallied.
	leftovers uint64
}

func (g *gatherer) take(s Source) {
	b, cf := s.Batch, g.cf
	cf.Processes = append(cf.Processes, b.Processes...)
	cf.Exits = append(cf.Exits, b.Exits...)
	cf.Sockets.Join(&b.Sockets)
	cf.Lookups = append(cf.Lookups, b.Lookups...)
	cf.Accesses = append(cf.Accesses, b.Accesses...)
	cf.Clearings = append(cf.Clearings, evidence.Pointers(b.Clearings)...)
	cf.Captures = append(cf.Captures, evidence.Pointers(b.Captures)...)
	cf.Leases = append(cf.Leases, evidence.Pointers(b.Leases)...)
	cf.Namings = append(cf.Namings, evidence.Pointers(b.Namings)...)
	cf.Tallies = append(cf.Tallies, b.Tallies.Classes()...)
	g.leftovers += b.Tallies.Leftovers
	if b.Tallies.Records > 0 {
		g.logs++
	}
	for _, l := range b.Tallies.Logs() {
		cf.Logs = append(cf.Logs, Log{l, s.File.Name, b.Tallies.IDs(l)})
	}
	g.certs.add(b.Certs)
	g.apps = append(g.apps, evidence.Pointers(b.Apps)...)
	for i := range b.Conns {
		if c := &b.Conns[i]; c.UID != "" {
			g.named = append(g.named, c)
		} else {
			g.state(c)
		}
	}
	if len(b.Parts) > 0 {
		g.parts, g.room = append(g.parts, b.Parts...), b.Overflow
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
