package evidence

// Merge adds what o holds behind what b holds: the result is the same as if what was put into o had been put into b. Both
// share memory afterwards; o must not be used again.
func (b *Batch) Merge(o *Batch) {
	b.Processes = append(b.Processes, o.Processes...)
	b.Exits = append(b.Exits, o.Exits...)
	b.Sockets = append(b.Sockets, o.Sockets...)
	b.Lookups = append(b.Lookups, o.Lookups...)
	b.Accesses = append(b.Accesses, o.Accesses...)
	b.Clearings = append(b.Clearings, o.Clearings...)
	b.Conns = append(b.Conns, o.Conns...)
	b.Apps = append(b.Apps, o.Apps...)
	b.Captures = append(b.Captures, o.Captures...)
	b.Certs = append(b.Certs, o.Certs...)
	b.Leases = append(b.Leases, o.Leases...)
	b.Problems.merge(&o.Problems)
	b.Tallies.merge(&o.Tallies)
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
