package evidence

import "slices"

// An Overflow takes the connections of captures that memory has no room for.
type Overflow interface {
	// Full counts a connection that is about to be held and tells whether those of its file should move.
	Full(c *Conn, held int) bool
	// Move takes connections in the order of CompareConns; they may be overwritten afterwards. On an error they stay
	// where they are.
	Move(sorted []*Conn) (ConnRun, error)
}

// A ConnRun is a sorted list of connections that has left memory. It may be read several times, and by several at once.
type ConnRun interface {
	// Open begins to read. What it returns yields one connection after the other, nil at the end, and makes each anew. Of those
	// that whole refuses, who is asked with that much, it yields only what CompareConns looks at, Sensor, UID and DNS.
	Open(whole func(*Conn) bool) func() (*Conn, error)
}

// spill moves the connections held so far. Where that fails they stay, and so do all that follow.
func (b *Batch) spill() {
	sorted := make([]*Conn, len(b.Conns))
	for i := range b.Conns {
		sorted[i] = &b.Conns[i]
	}
	slices.SortFunc(sorted, CompareConns)
	run, err := b.Overflow.Move(sorted)
	if err != nil {
		b.Overflow = nil
		return
	}
	b.Moved = append(b.Moved, run)
	clear(b.Conns)
	b.Conns = b.Conns[:0]
}
