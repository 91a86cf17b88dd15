package evidence

import (
	"cmp"
	"slices"
)

// An Overflow takes the connections that memory has no room for.
type Overflow interface {
	// Full counts what is about to be held, the last of so many: content, with the points of a series. It tells whether those of
	// its file are to move. Once it has said so, it counts them no longer.
	Full(content *App, points, held int) bool
	// Move takes connections in the order in which they are to come back, whole ones or parts; they may be overwritten
	// afterwards. On an error they stay where they are.
	Move(sorted []*Conn, whole bool) (ConnRun, error)
}

// A ConnRun is a sorted list of connections that has left memory. It may be read several times, and by several at once.
type ConnRun interface {
	// Open begins to read. What it returns yields one connection after the other, each in the memory of the one before, nil at
	// the end; what a connection refers to stays. Unless they are to be whole, there is only what CompareConns looks at, End,
	// OrigKnown, MidStream, Sensor, UID, Tunnel and DNS. Runs that are read by turns share their texts.
	Open(whole bool, texts *Texts) func() (*Conn, error)
}

// Texts are texts met before, each held once. They are for one goroutine; the zero value is ready.
type Texts struct {
	met  map[string]string
	held int // bytes, about
}

// Those of up to longestShared bytes are held, maxTexts bytes of them with what the map takes for each.
const (
	longestShared = 255 // a name of the DNS
	maxTexts      = 1 << 19
	perText       = 64
)

// Of is the text that b says, in the memory of one met before where it is not long.
func (t *Texts) Of(b []byte) string {
	if len(b) > longestShared || len(b) == 0 {
		return string(b)
	}
	s, ok := t.met[string(b)]
	if !ok {
		s = string(b)
		if t.held += len(s) + perText; t.met == nil || t.held > maxTexts {
			t.met, t.held = map[string]string{}, len(s)+perText
		}
		t.met[s] = s
	}
	return s
}

// An outlet is where connections leave memory: some are on their way while others come.
type outlet struct {
	last  *move  // nil when it is over
	spare []Conn // memory of those that left
}

// A move is of connections that are on their way, with what else their logs state of them.
type move struct {
	conns    []Conn
	apps     []AppRecord
	parts    bool // there is more to each than one record
	run      ConnRun
	err      error
	panicked any
	done     chan struct{}
}

// hold counts what was put in last, and makes room if there is none.
func (b *Batch) hold(content *App, points int) {
	if b.Overflow != nil && b.Overflow.Full(content, points, len(b.Conns)+len(b.Apps)) {
		b.spill()
	}
}

// spill lets what is held so far move while more comes, once what came before has.
func (b *Batch) spill() {
	b.await()
	if b.Overflow == nil {
		return
	}
	m := &move{conns: b.Conns, apps: b.Apps, done: make(chan struct{})}
	m.parts = !b.Whole && (len(m.apps) > 0 || slices.ContainsFunc(m.conns, func(c Conn) bool { return c.UID != "" }))
	b.Conns, b.outlet.spare, b.Apps, b.outlet.last = b.outlet.spare, nil, nil, m
	go m.to(b.Overflow)
}

func (m *move) to(o Overflow) {
	defer close(m.done)
	defer func() { m.panicked = recover() }()
	if m.parts {
		m.run, m.err = o.Move(Parts(Pointers(m.conns), Pointers(m.apps)), false)
	} else {
		m.run, m.err = o.Move(inOrder(m.conns), true)
	}
}

// Parts lists connections and records of content, in the shape of the connections that they tell of, in the order of CompareParts.
func Parts(conns []*Conn, apps []*AppRecord) []*Conn {
	all, parts := slices.Grow(slices.Clone(conns), len(apps)), make([]Conn, len(apps))
	for i, a := range apps {
		parts[i] = a.part()
		all = append(all, &parts[i])
	}
	type stated struct {
		uid   string // by which nearly all are told apart
		place int
		*Conn
	}
	sorted := make([]stated, len(all))
	for i, c := range all {
		sorted[i] = stated{c.UID, i, c}
	}
	slices.SortFunc(sorted, func(a, b stated) int {
		if a.uid != b.uid && a.Sensor == b.Sensor {
			return cmp.Compare(a.uid, b.uid)
		}
		return cmp.Or(CompareParts(a.Conn, b.Conn), cmp.Compare(a.place, b.place))
	})
	for i := range sorted {
		all[i] = sorted[i].Conn
	}
	return all
}

// Pointers point at the elements of a list.
func Pointers[T any](s []T) []*T {
	ps := make([]*T, len(s))
	for i := range s {
		ps[i] = &s[i]
	}
	return ps
}

// part is the record in the shape of the connection that it tells of.
func (a *AppRecord) part() Conn {
	return Conn{Ref: a.Ref, Sensor: a.Sensor, UID: a.UID, Start: a.At, Transport: a.Transport, Orig: a.Orig, Resp: a.Resp, App: a.App, Part: true}
}

// Record is the record that a connection marked as Part was.
func (c *Conn) Record() AppRecord {
	return AppRecord{Ref: c.Ref, Sensor: c.Sensor, UID: c.UID, At: c.Start, Transport: c.Transport, Orig: c.Orig, Resp: c.Resp, App: c.App}
}

// inOrder lists connections in the order of CompareConns. Few of them start at the same instant.
func inOrder(conns []Conn) []*Conn {
	type begun struct {
		sec  int64
		nano int
		*Conn
	}
	all := make([]begun, len(conns))
	for i := range conns {
		c := &conns[i]
		all[i] = begun{c.Start.Unix(), c.Start.Nanosecond(), c}
	}
	slices.SortFunc(all, func(a, b begun) int {
		if a.sec != b.sec {
			return cmp.Compare(a.sec, b.sec)
		}
		if a.nano != b.nano {
			return cmp.Compare(a.nano, b.nano)
		}
		return CompareConns(a.Conn, b.Conn)
	})
	sorted := make([]*Conn, len(all))
	for i := range all {
		sorted[i] = all[i].Conn
	}
	return sorted
}

// Settle waits for connections that are on their way out of memory, and leaves no room for more: those who fill a Batch call it
// at the end.
func (b *Batch) Settle() {
	if b.await(); len(b.Moved)+len(b.Parts) > 0 {
		b.Conns, b.Apps, b.outlet.spare = slices.Clone(b.Conns), slices.Clone(b.Apps), nil
	}
}

// await waits for those on their way. Where the way is barred they stay, and so do all that follow.
func (b *Batch) await() {
	m := b.outlet.last
	if m == nil {
		return
	}
	<-m.done
	b.outlet.last = nil
	switch {
	case m.panicked != nil:
		panic(m.panicked)
	case m.err != nil:
		b.Overflow, b.Conns, b.Apps = nil, append(m.conns, b.Conns...), append(m.apps, b.Apps...)
	default:
		to := &b.Moved
		if m.parts {
			to = &b.Parts
		}
		*to = append(*to, m.run)
		clear(m.conns)
		b.outlet.spare = m.conns[:0]
	}
}
