package correlate

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// table is the processes of one host. PIDs are reused, so a PID leads to instances with lifetimes.
type table struct {
	all   []*Process
	byID  map[string]*Process
	byPID map[uint32][]*Process // by start, unknown starts first
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
	b.table = table{byID: map[string]*Process{}, byPID: map[uint32][]*Process{}}
	b.starts()
	b.implied()
	b.exitsAndReuse()
	b.parents()
	b.drives()
	b.host.Processes = b.table.all
	slices.SortFunc(b.host.Processes, compareProcesses)
}

func compareProcesses(a, c *Process) int {
	return cmp.Or(a.Start.Compare(c.Start), cmp.Compare(a.PID, c.PID), cmp.Compare(a.EntityID, c.EntityID), cmp.Compare(a.Image, c.Image))
}

// starts enters what start events say. Sysmon 1 and Security 4688 of one start become one process.
//
// The statements are let go as they are read: hosts start processes by the hundred thousand.
func (b *book) starts() {
	near := births{}
	for i, e := range b.processes {
		b.processes[i] = nil
		at := b.when(&e.Header)
		p := b.table.byID[e.EntityID]
		if e.EntityID == "" || p == nil {
			p = near.twin(e, at)
		}
		if p == nil {
			p = &Process{Host: b.host}
			b.table.all = append(b.table.all, p)
			if e.PID != 0 {
				b.table.byPID[e.PID] = append(b.table.byPID[e.PID], p)
				near.add(e.PID, at, p)
			}
		}
		p.merge(e, at)
		if e.EntityID != "" {
			b.table.byID[e.EntityID] = p
		}
	}
	b.processes = nil
	for _, list := range b.table.byPID {
		slices.SortFunc(list, compareProcesses)
	}
}

// births finds processes by PID and by when they started: a long log gives a PID to thousands.
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
func (bs births) twin(e *evidence.Process, at time.Time) *Process {
	if e.PID == 0 {
		return nil
	}
	for step := stepOf(at) - 1; step <= stepOf(at)+1; step++ {
		for _, p := range bs[birth{e.PID, step}] {
			if at.Sub(p.Start).Abs() <= startSlack && (p.EntityID == "" || e.EntityID == "" || p.EntityID == e.EntityID) && sameImage(p.Image, e.Image) {
				return p
			}
		}
	}
	return nil
}

func (p *Process) merge(e *evidence.Process, at time.Time) {
	p.EntityID, p.PID = cmp.Or(p.EntityID, e.EntityID), cmp.Or(p.PID, e.PID)
	p.Image, p.User = betterImage(p.Image, e.Image), cmp.Or(p.User, e.User)
	p.CommandLine = cmp.Or(p.CommandLine, e.CommandLine)
	p.OriginalName, p.Company = cmp.Or(p.OriginalName, e.OriginalName), cmp.Or(p.Company, e.Company)
	p.Product, p.Description = cmp.Or(p.Product, e.Product), cmp.Or(p.Description, e.Description)
	p.Integrity, p.Hashes = cmp.Or(p.Integrity, e.Integrity), cmp.Or(p.Hashes, e.Hashes)
	p.ParentImage, p.ParentLine = betterImage(p.ParentImage, e.Parent.Image), cmp.Or(p.ParentLine, e.ParentLine)
	p.ParentPID = cmp.Or(p.ParentPID, e.Parent.PID)
	p.parentID = cmp.Or(p.parentID, e.Parent.EntityID)
	if p.Start.IsZero() || at.Before(p.Start) {
		p.Start = at
	}
	p.Refs = append(p.Refs, e.Ref)
	p.Service = cmp.Or(p.Service, service(p.Image, p.CommandLine))
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
	for _, s := range b.sockets {
		b.find(b.who[s], b.when(&s.Header))
	}
	for _, l := range b.lookups {
		b.find(l.Program, b.when(&l.Header))
	}
	for _, a := range b.accesses {
		b.find(a.Source, b.when(&a.Header))
		b.find(a.Target, b.when(&a.Header))
	}
}

// pairSockets lets the events of one connection in two logs complete each other before processes are looked up: Sysmon
// knows the GUID, the filtering platform the PID and, where Sysmon wrote <unknown process>, the image. The observations
// stay as they are; who holds what is known together.
func (b *book) pairSockets() {
	b.who = make(map[*evidence.Socket]evidence.Program, len(b.sockets))
	last := map[casefile.Tuple][]*evidence.Socket{}
	for _, s := range b.sockets {
		b.who[s] = s.Program
		if s.Kind == evidence.Bind {
			continue
		}
		k := casefile.TupleOf(s.Transport, s.Src, s.Dst)
		for _, o := range last[k] {
			if p, q := b.who[s], b.who[o]; complements(p, q) && b.apart(&s.Header, &o.Header) <= startSlack {
				b.who[s], b.who[o] = completed(p, q), completed(q, p)
			}
		}
		list := append(last[k], s)
		last[k] = list[max(0, len(list)-8):]
	}
}

// apart is the time between two records of a host by a field that both carry, else by corrected time.
func (b *book) apart(x, y *evidence.Header) time.Duration {
	for _, s := range x.Stamps {
		if s.IsZero() || s.Field == "UtcTime" {
			continue
		}
		if o, ok := y.Stamp(s.Field); ok {
			return s.Time.Sub(o.Time).Abs()
		}
	}
	return b.when(x).Sub(b.when(y)).Abs()
}

// complements tells whether two records of one tuple can speak of one process.
func complements(p, q evidence.Program) bool {
	if p.PID != 0 && q.PID != 0 && p.PID != q.PID {
		return false
	}
	if p.EntityID != "" && q.EntityID != "" && p.EntityID != q.EntityID {
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
	if pr.EntityID != "" {
		if p := b.table.byID[pr.EntityID]; p != nil {
			b.learn(p, pr)
			return p
		}
	}
	if p := b.alive(pr, at); p != nil {
		b.learn(p, pr)
		return p
	}
	if pr.EntityID == "" && pr.PID == 0 && pr.Image == "" {
		return nil
	}
	p := &Process{Host: b.host, EntityID: pr.EntityID, PID: pr.PID, Image: pr.Image, User: pr.User, Start: startOf(pr.EntityID)}
	if !p.Start.IsZero() && p.Start.After(at) {
		p.Start = time.Time{}
	}
	b.enter(p)
	return p
}

func (b *book) enter(p *Process) {
	b.table.all = append(b.table.all, p)
	if p.EntityID != "" {
		b.table.byID[p.EntityID] = p
	}
	b.table.file(p)
}

// file enters a process under its PID, in the order of starts.
func (t *table) file(p *Process) {
	list := t.byPID[p.PID]
	i := sort.Search(len(list), func(i int) bool { return compareProcesses(list[i], p) > 0 })
	t.byPID[p.PID] = slices.Insert(list, i, p)
}

func (b *book) learn(p *Process, pr evidence.Program) {
	if p.PID == 0 && pr.PID != 0 {
		p.PID = pr.PID
		b.table.file(p)
	}
	p.Image, p.User = betterImage(p.Image, pr.Image), cmp.Or(p.User, pr.User)
	if p.EntityID == "" && pr.EntityID != "" {
		p.EntityID = pr.EntityID
		b.table.byID[pr.EntityID] = p
	}
}

// alive finds the instance that had a PID at a time: the latest one that had started and not ended, with an image that
// can be the one named. Without a PID the image alone must be unambiguous.
func (b *book) alive(pr evidence.Program, at time.Time) *Process {
	list := b.table.byPID[pr.PID]
	began := sort.Search(len(list), func(i int) bool { return list[i].Start.After(at.Add(lifeSlack)) })
	for _, p := range slices.Backward(list[:began]) {
		if !p.lives(at, at) {
			continue
		}
		if pr.EntityID != "" && p.EntityID != "" && p.EntityID != pr.EntityID || !sameImage(p.Image, pr.Image) {
			continue
		}
		if pr.PID == 0 && (pr.Image == "" || pr.EntityID != p.EntityID) {
			continue
		}
		return p
	}
	return nil
}

// lives tells whether the process may have lived at some time between from and to.
func (p *Process) lives(from, to time.Time) bool {
	return (p.Start.IsZero() || !p.Start.After(to.Add(lifeSlack))) && (p.End.IsZero() || !p.End.Before(from.Add(-lifeSlack)))
}

// startOf reads the start time that Sysmon puts into the second and third group of a ProcessGuid: seconds since 1970,
// low half first in the text's order. It is checked for being a time at all.
func startOf(guid string) time.Time {
	parts := strings.Split(guid, "-")
	if len(parts) != 5 || len(parts[1]) != 4 || len(parts[2]) != 4 {
		return time.Time{}
	}
	n, err := strconv.ParseUint(parts[2]+parts[1], 16, 32)
	const sysmonExists = 1400000000 // Sysmon's first version is of 2014
	if err != nil || n < sysmonExists {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

// exitsAndReuse closes lifetimes: by end events, and where a PID was given to a later process.
func (b *book) exitsAndReuse() {
	for _, e := range b.exits {
		at := b.when(&e.Header)
		p := b.table.byID[e.EntityID]
		if e.EntityID == "" || p == nil {
			p = b.alive(e.Program, at)
		}
		if p != nil && (p.End.IsZero() || at.After(p.End)) {
			p.End = at
			p.Refs = append(p.Refs, e.Ref)
		}
	}
	for pid, list := range b.table.byPID {
		if pid == 0 {
			continue
		}
		slices.SortStableFunc(list, compareProcesses)
		for i, p := range list[:len(list)-1] {
			if next := list[i+1]; p.End.IsZero() && next.Start.After(p.Start) {
				p.End = next.Start
			}
		}
	}
}
