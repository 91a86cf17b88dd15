package evidence

// Once drops the observations of records that are in seen, and those of one record but the first; it puts the others
// into seen. A log that holds the same records many times, as copies of its own chunks, costs the memory of one. What
// was recovered from unused space may be dropped, and never stands in the way of what the log holds.
func (b *Batch) Once(seen map[uint64]struct{}) {
	b.Processes = once(b.Processes, seen, func(x **KeptProcess) (uint64, Recovery) { return (*x).digest, (*x).recovered })
	b.Exits = once(b.Exits, seen, func(x **KeptExit) (uint64, Recovery) { return (*x).digest, (*x).recovered })
	b.Sockets = once(b.Sockets, seen, func(x *Socket) (uint64, Recovery) { return x.Digest, x.Recovered })
	b.Lookups = once(b.Lookups, seen, func(x *Lookup) (uint64, Recovery) { return x.Digest, x.Recovered })
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
