package correlate

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/abreast"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// table is the processes of one host. PIDs are reused, so a PID leads to instances with lifetimes.
type table struct {
	all   []*Process
	byID  identities
	byPID map[uint32][]*Process // by start, unknown starts first
	// nameless are the PIDs of which a process has, or had, no GUID.
	nameless map[uint32]bool
	room     room
}

const (
	// lifeSlack is how far a record may lie outside a lifetime: the clocks of two logs of one host, or the second by
	// which a shipper rounds.
	lifeSlack = 2 * time.Second
	// startSlack is how far apart Sysmon and Security write the start of one process.
	startSlack = 5 * time.Second
)

// fillTable builds the processes of a host from what its logs say of starts, ends and use.
func (b *book) fillTable() {
	b.table = table{byID: newIdentities(len(b.processes)), byPID: map[uint32][]*Process{}, nameless: map[uint32]bool{}}
	b.starts()
	b.implied()
	b.exitsAndReuse()
	b.parents()
	b.drives()
}

func compareProcesses(a, c *Process) int {
	if a.Start != c.Start {
		return cmp.Compare(a.Start, c.Start)
	}
	return cmp.Or(cmp.Compare(a.PID, c.PID), a.EntityID.Compare(c.EntityID), cmp.Compare(a.Image, c.Image))
}

// new enters a process of which nothing is known yet.
func (t *table) new(h *Host) *Process {
	p := t.room.new(h)
	t.all = append(t.all, p)
	return p
}

// A room is memory for processes.
type room []Process

func (r *room) new(h *Host) *Process {
	const together = 64
	if len(*r) == 0 {
		*r = make([]Process, together)
	}
	p := &(*r)[0]
	*r = (*r)[1:]
	p.Host, p.Details = h, noDetails
	return p
}

// starts enters what start events say. Sysmon 1 and Security 4688 of one start become one process.
//
// The statements are let go as they are read: hosts start processes by the hundred thousand.
func (b *book) starts() {
	if slices.ContainsFunc(b.processes, func(e *evidence.KeptProcess) bool { return e.EntityID().IsZero() }) {
		b.startsOfLogs()
	} else {
		b.startsByID()
	}
	b.processes = nil
	abreast.Each(slices.Collect(maps.Values(b.table.byPID)), func(list []*Process) { slices.SortFunc(list, compareProcesses) })
}

// startsOfLogs enters starts of which some have no GUID.
func (b *book) startsOfLogs() {
	near := births{}
	for i, e := range b.processes {
		b.processes[i] = nil
		at := b.when(&e.Kept)
		p := b.table.byID.get(e.EntityID())
		if p == nil {
			p = near.twin(e, at)
		}
		if p == nil {
			p = b.table.new(b.host)
			if e.PID() != 0 {
				b.table.byPID[e.PID()] = append(b.table.byPID[e.PID()], p)
				near.add(e.PID(), at, p)
			}
		}
		p.merge(e, at, &b.details)
		b.table.noteNameless(p)
		if !e.EntityID().IsZero() {
			b.table.byID.set(e.EntityID(), p)
		}
	}
}

// births finds processes by PID and by when they started: a long log gives a PID to thousands. Starts that all have a GUID
// need no looking for.
type births map[birth][]*Process

// A birth is a PID and a step of time, twice as long as two records of one start may lie apart: what lies that near stands in
// the same step or beside it, also after a record has moved the start.
type birth struct {
	pid  uint32
	step int64
}

func (bs births) add(pid uint32, at time.Time, p *Process) {
	k := birth{pid, stepOf(at)}
	bs[k] = append(bs[k], p)
}

func stepOf(at time.Time) int64 { return at.Unix() / int64(2*startSlack/time.Second) }

// twin finds the process that another log says started under this PID at this time.
func (bs births) twin(e *evidence.KeptProcess, at time.Time) *Process {
	if e.PID() == 0 {
		return nil
	}
	id, image := e.EntityID(), e.Texts().Image
	for step := stepOf(at) - 1; step <= stepOf(at)+1; step++ {
		for _, p := range bs[birth{e.PID(), step}] {
			if at.Sub(p.Start.Time()).Abs() <= startSlack && (p.EntityID.IsZero() || id.IsZero() || p.EntityID == id) && sameImage(p.Image, image) {
				return p
			}
		}
	}
	return nil
}

func (p *Process) merge(e *evidence.KeptProcess, at time.Time, ds *details) {
	p.Details = ds.told(p.Details, e.Texts())
	p.PID, p.ParentPID = cmp.Or(p.PID, e.PID()), cmp.Or(p.ParentPID, e.ParentPID())
	p.EntityID, p.parentID = cmp.Or(p.EntityID, e.EntityID()), cmp.Or(p.parentID, e.ParentID())
	if start := evidence.InstantOf(at); p.Start.IsZero() || start < p.Start {
		p.Start = start
	}
	p.Cite(e.Place())
}

// betterImage prefers the path with a drive letter to the device path, and any path to a bare name.
func betterImage(a, b string) string {
	rank := func(s string) int {
		switch {
		case s == "":
			return 0
		case len(s) > 2 && s[1] == ':':
			return 3
		case strings.Contains(s, `\`):
			return 2
		}
		return 1
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// implied enters processes that no start event tells of but other records name: they ran before the log began, or their
// start was not logged.
func (b *book) implied() {
	b.pairSockets()
	for i, s := range b.sockets.All() {
		b.find(b.program(i, s), b.when(&s.Kept))
	}
	for _, l := range b.lookups {
		b.find(l.Program(), b.when(&l.Kept))
	}
	for _, k := range b.accesses {
		at := b.when(&k.Kept)
		b.find(k.Source(), at)
		b.find(k.Target(), at)
	}
}

// pairSockets lets the events of one connection in two logs complete each other before processes are looked up: Sysmon
// knows the GUID, the filtering platform the PID and, where Sysmon wrote <unknown process>, the image. The observations
// stay as they are; who holds what is known together.
func (b *book) pairSockets() {
	b.who = map[int]evidence.Program{}
	read := b.sockets.Reader()
	var near [8]statement // of one tuple, the last ones
	for tuple := range byTuple(&b.sockets, read) {
		if len(tuple) == 1 {
			continue
		}
		for n, i := range tuple {
			s := statement{int(i), *read.At(int(i))}
			for k := max(0, n-len(near)); k < n; k++ {
				b.pair(&s, &near[k%len(near)])
			}
			near[n%len(near)] = s
		}
	}
}

// A statement is a socket with its place among those of its host.
type statement struct {
	place int
	evidence.KeptSocket
}

func (b *book) pair(s, o *statement) {
	if p, q := b.program(s.place, &s.KeptSocket), b.program(o.place, &o.KeptSocket); complements(p, q) && b.apart(&s.Kept, &o.Kept) <= startSlack {
		b.complete(s, completed(p, q))
		b.complete(o, completed(q, p))
	}
}

// program is what all records of a socket's connection know together of its process.
func (b *book) program(place int, s *evidence.KeptSocket) evidence.Program {
	if p, more := b.who[place]; more {
		return p
	}
	return s.Program()
}

func (b *book) complete(s *statement, p evidence.Program) {
	if p != b.program(s.place, &s.KeptSocket) {
		b.who[s.place] = p
	}
}

// apart is the time between two records of a host by a field that both carry, else by corrected time.
func (b *book) apart(x, y *evidence.Kept) time.Duration {
	for i := range evidence.MaxStamps {
		if x.At(i).IsZero() || x.Field(i) == "UtcTime" {
			continue
		}
		if o, ok := y.Stamp(x.Field(i)); ok {
			return x.At(i).Time().Sub(o.Time).Abs()
		}
	}
	return b.when(x).Sub(b.when(y)).Abs()
}

// complements tells whether two records of one tuple can speak of one process.
func complements(p, q evidence.Program) bool {
	if p.PID != 0 && q.PID != 0 && p.PID != q.PID {
		return false
	}
	if !p.EntityID.IsZero() && !q.EntityID.IsZero() && p.EntityID != q.EntityID {
		return false
	}
	return sameImage(p.Image, q.Image)
}

// completed returns p with what only q knows.
func completed(p, q evidence.Program) evidence.Program {
	return evidence.Program{EntityID: cmp.Or(p.EntityID, q.EntityID), PID: cmp.Or(p.PID, q.PID),
		Image: betterImage(p.Image, q.Image), User: cmp.Or(p.User, q.User)}
}

// find returns the process a record speaks of at a time, entering it when it is new. It returns nil when the record
// names none.
func (b *book) find(pr evidence.Program, at time.Time) *Process {
	if p := b.table.byID.get(pr.EntityID); p != nil {
		b.learn(p, pr)
		return p
	}
	if p := b.alive(pr, at); p != nil {
		b.learn(p, pr)
		return p
	}
	if pr.EntityID.IsZero() && pr.PID == 0 && pr.Image == "" {
		return nil
	}
	p := b.table.new(b.host)
	p.EntityID, p.PID, p.Start = pr.EntityID, pr.PID, startOf(pr.EntityID)
	p.Details = b.details.seen(noDetails, pr.Image, pr.User)
	if p.Start > evidence.InstantOf(at) {
		p.Start = 0
	}
	if !p.EntityID.IsZero() {
		b.table.byID.set(p.EntityID, p)
	}
	b.table.file(p)
	return p
}

func (t *table) noteNameless(p *Process) {
	if p.EntityID.IsZero() {
		t.nameless[p.PID] = true
	}
}

// file enters a process under its PID, in the order of starts.
func (t *table) file(p *Process) {
	t.noteNameless(p)
	list := t.byPID[p.PID]
	i := sort.Search(len(list), func(i int) bool { return compareProcesses(list[i], p) > 0 })
	t.byPID[p.PID] = slices.Insert(list, i, p)
}

func (b *book) learn(p *Process, pr evidence.Program) {
	if p.PID == 0 && pr.PID != 0 {
		p.PID = pr.PID
		b.table.file(p)
	}
	p.Details = b.details.seen(p.Details, pr.Image, pr.User)
	if p.EntityID.IsZero() && !pr.EntityID.IsZero() {
		p.EntityID = pr.EntityID
		b.table.byID.set(pr.EntityID, p)
	}
}

// alive finds the instance that had a PID at a time: the latest one that had started and not ended, with an image that
// can be the one named. Without a PID the image alone must be unambiguous.
func (b *book) alive(pr evidence.Program, at time.Time) *Process {
	if !pr.EntityID.IsZero() && !b.table.nameless[pr.PID] {
		return nil // whoever has this GUID is found by it
	}
	list := b.table.byPID[pr.PID]
	latest := max(evidence.InstantOf(at.Add(lifeSlack)), 0) // unknown starts are before any time
	began := sort.Search(len(list), func(i int) bool { return list[i].Start > latest })
	for _, p := range slices.Backward(ends(list[:began])) {
		if !p.lives(at, at) {
			continue
		}
		if !pr.EntityID.IsZero() && !p.EntityID.IsZero() && p.EntityID != pr.EntityID || !sameImage(p.Image, pr.Image) {
			continue
		}
		if pr.PID == 0 && (pr.Image == "" || pr.EntityID != p.EntityID) {
			continue
		}
		return p
	}
	return nil
}

// maxInstances bounds how many processes of one PID are looked at, the latest and the first of them, which are those whose start
// is not known. Real logs were never seen to need more than four.
const maxInstances = 64

// ends leaves out the middle of a long list.
func ends(list []*Process) []*Process {
	if len(list) <= 2*maxInstances {
		return list
	}
	return slices.Concat(list[:maxInstances], list[len(list)-maxInstances:])
}

// lives tells whether the process may have lived at some time between from and to.
func (p *Process) lives(from, to time.Time) bool {
	return (p.Start.IsZero() || p.Start <= evidence.InstantOf(to.Add(lifeSlack))) && (p.End.IsZero() || p.End >= evidence.InstantOf(from.Add(-lifeSlack)))
}

// startOf reads the start time that Sysmon puts into the second and third group of a ProcessGuid: seconds since 1970,
// low half first in the text's order. It is checked for being a time at all.
func startOf(id evidence.GUID) evidence.Instant {
	be := binary.BigEndian
	n := int64(be.Uint16(id[6:]))<<16 | int64(be.Uint16(id[4:]))
	const sysmonExists = 1400000000 // Sysmon's first version is of 2014
	if n < sysmonExists {
		return 0
	}
	return evidence.Instant(n * int64(time.Second))
}

// exitsAndReuse closes lifetimes: by end events, and where a PID was given to a later process.
func (b *book) exitsAndReuse() {
	for _, e := range b.exits {
		at, pr := b.when(&e.Kept), e.Program()
		p := b.table.byID.get(pr.EntityID)
		if p == nil {
			p = b.alive(pr, at)
		}
		if end := evidence.InstantOf(at); p != nil && (p.End.IsZero() || end > p.End) {
			p.End = end
			p.Cite(e.Place())
		}
	}
	b.exits = nil
	var reused [][]*Process
	for pid, list := range b.table.byPID {
		if pid != 0 {
			reused = append(reused, list)
		}
	}
	abreast.Each(reused, closeByReuse)
}

// closeByReuse ends processes of one PID where the next of them began. None has two PIDs.
func closeByReuse(list []*Process) {
	slices.SortStableFunc(list, compareProcesses)
	for i, p := range list[:len(list)-1] {
		if next := list[i+1]; p.End.IsZero() && next.Start > p.Start {
			p.End = next.Start
		}
	}
}
