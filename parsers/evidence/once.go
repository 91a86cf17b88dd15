package evidence

// A Once merges the blocks of one log into a Batch and drops the observations of records met before: a log that holds the
// same records many times, as copies of its own chunks, costs the memory of one. What was recovered from unused space may be
// dropped, and never stands in the way of what the log holds.
type Once struct {
	Into *Batch
	seen map[uint64]struct{} // digests; nil as long as numbers tell records apart
}

// Merge is Into.Merge without what is met again. It takes what it drops out of b.
func (o *Once) Merge(b *Batch) {
	if o.seen == nil && !o.fresh(b) {
		o.seen = map[uint64]struct{}{}
		o.Into.once(o.seen)
	}
	if o.seen != nil {
		b.once(o.seen)
	}
	o.Into.Merge(b)
}

// maxFreshRuns bounds how many ranges are compared before each record is.
const maxFreshRuns = 64

// fresh tells whether all records of b are of one log and have numbers of their own, which none before them had.
func (o *Once) fresh(b *Batch) bool {
	ts, had := &b.Tallies, &o.Into.Tallies
	if ts.Leftovers > 0 || had.Leftovers > 0 || len(ts.ids) != 1 || len(had.ids) > 1 {
		return ts.Records+ts.Leftovers == 0
	}
	log := ts.Logs()[0]
	if len(had.ids) == 1 && had.ids[log] == nil {
		return false
	}
	runs, _ := ts.IDs(log).List()
	before, _ := had.IDs(log).List()
	if len(runs) > maxFreshRuns || len(before) > maxFreshRuns {
		return false
	}
	numbers := uint64(0)
	for _, r := range runs {
		numbers += r.To - r.From + 1
		for _, p := range before {
			if r.From <= p.To && p.From <= r.To {
				return false
			}
		}
	}
	return numbers == ts.Records
}

// once drops the observations of records that are in seen, and those of one record but the first; it puts the others into
// seen.
func (b *Batch) once(seen map[uint64]struct{}) {
	b.Processes = once(b.Processes, seen, func(x **KeptProcess) (uint64, Recovery) { return (*x).digest, (*x).recovered })
	b.Exits = once(b.Exits, seen, func(x **KeptExit) (uint64, Recovery) { return (*x).digest, (*x).recovered })
	b.Sockets.once(seen)
	b.Lookups = once(b.Lookups, seen, func(x **KeptLookup) (uint64, Recovery) { return (*x).digest, (*x).recovered })
	b.Accesses = once(b.Accesses, seen, func(x **KeptAccess) (uint64, Recovery) { return (*x).digest, (*x).recovered })
	b.Clearings = once(b.Clearings, seen, func(x *Cleared) (uint64, Recovery) { return x.Digest, x.Recovered })
}

func once[T any](list []T, seen map[uint64]struct{}, identity func(*T) (uint64, Recovery)) []T {
	n := 0
	for i := range list {
		if digest, how := identity(&list[i]); met(digest, how, seen) {
			continue
		}
		if n < i {
			list[n] = list[i]
		}
		n++
	}
	return list[:n]
}

func met(digest uint64, how Recovery, seen map[uint64]struct{}) bool {
	_, again := seen[digest]
	if !again && digest != 0 && how != Leftover {
		seen[digest] = struct{}{}
	}
	return again
}
