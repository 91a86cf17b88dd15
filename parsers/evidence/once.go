package evidence

// Once drops the observations of records that are in seen, and those of one record but the first; it puts the others
// into seen. A log that holds the same records many times, as copies of its own chunks, costs the memory of one. What
// was recovered from unused space may be dropped, and never stands in the way of what the log holds.
func (b *Batch) Once(seen map[uint64]struct{}) {
	b.Processes = once(b.Processes, seen, func(x **Process) *Header { return &(*x).Header })
	b.Exits = once(b.Exits, seen, func(x *Exit) *Header { return &x.Header })
	b.Sockets = once(b.Sockets, seen, func(x *Socket) *Header { return &x.Header })
	b.Lookups = once(b.Lookups, seen, func(x *Lookup) *Header { return &x.Header })
	b.Accesses = once(b.Accesses, seen, func(x *Access) *Header { return &x.Header })
	b.Clearings = once(b.Clearings, seen, func(x *Cleared) *Header { return &x.Header })
}

func once[T any](list []T, seen map[uint64]struct{}, header func(*T) *Header) []T {
	n := 0
	for i := range list {
		if met(header(&list[i]), seen) {
			continue
		}
		if n < i {
			list[n] = list[i]
		}
		n++
	}
	return list[:n]
}

func met(h *Header, seen map[uint64]struct{}) bool {
	_, again := seen[h.Digest]
	if !again && h.Digest != 0 && h.Recovered != Leftover {
		seen[h.Digest] = struct{}{}
	}
	return again
}
