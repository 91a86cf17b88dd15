package evidence

import "slices"

// Merge adds what o holds behind what b holds: the result is the same as if what was put into o had been put into b. It
// keeps nothing of o that Reset overwrites.
func (b *Batch) Merge(o *Batch) {
	b.Processes = join(b.Processes, o.Processes)
	b.Exits = join(b.Exits, o.Exits)
	b.Sockets.Join(&o.Sockets)
	b.Lookups = join(b.Lookups, o.Lookups)
	b.Accesses = join(b.Accesses, o.Accesses)
	b.Clearings = join(b.Clearings, o.Clearings)
	b.Conns = join(b.Conns, o.Conns)
	b.Moved = join(b.Moved, o.Moved)
	b.Parts = join(b.Parts, o.Parts)
	b.Apps = join(b.Apps, o.Apps)
	b.Captures = join(b.Captures, o.Captures)
	b.Certs = join(b.Certs, o.Certs)
	b.Leases = join(b.Leases, o.Leases)
	b.Namings = join(b.Namings, o.Namings)
	b.Problems.merge(&o.Problems)
	b.Tallies.merge(&o.Tallies)
}

func join[T any](to, from []T) []T { return append(room(to, len(from)), from...) }

// room makes room for n more. It doubles the memory where append would add a quarter: a large log has hundreds of blocks to
// be joined.
func room[T any](to []T, n int) []T {
	if len(to)+n > cap(to) {
		return slices.Grow(to, max(len(to), n))
	}
	return to
}

// Reset empties the batch; what was put into it may be overwritten from then on.
func (b *Batch) Reset() {
	*b = Batch{
		Processes: b.Processes[:0], Exits: b.Exits[:0], Sockets: Sockets{loose: b.Sockets.loose[:0]}, Lookups: b.Lookups[:0],
		Accesses: b.Accesses[:0], Clearings: b.Clearings[:0], Conns: b.Conns[:0], Apps: b.Apps[:0],
		Captures: b.Captures[:0], Certs: b.Certs[:0], Leases: b.Leases[:0], Namings: b.Namings[:0], Moved: b.Moved[:0], Parts: b.Parts[:0],
		keeper: b.keeper,
	}
}

func (ps *Problems) merge(o *Problems) {
	ps.First = append(ps.First, o.First[:min(len(o.First), MaxProblems-len(ps.First))]...)
	ps.Total += o.Total
	ps.Lost += o.Lost
	ps.Incomplete = ps.Incomplete || o.Incomplete
}

func (ts *Tallies) merge(o *Tallies) {
	ts.Records += o.Records
	ts.Leftovers += o.Leftovers
	for k, t := range o.classes {
		into := ts.classOf(k)
		if into.Count == 0 {
			into.Ref = t.Ref
		}
		into.Merge(t)
	}
	for k, runs := range o.ids {
		into := ts.logOf(k)
		list, more := runs.List()
		for _, run := range list {
			into.AddRun(run)
		}
		into.more = into.more || more
	}
}
