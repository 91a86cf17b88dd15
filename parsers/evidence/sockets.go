package evidence

import (
	"iter"
	"slices"
)

// Sockets is what logs state of connections, in order. Servers log them by the million, so nearly all of them are packed, and
// are unpacked when they are looked at.
type Sockets struct {
	packed []*socketPack // of perPack each
	loose  []KeptSocket  // those behind them, fewer than that
}

// Add puts one behind the others.
func (s *Sockets) Add(k KeptSocket) {
	if s.loose = append(s.loose, k); len(s.loose) == perPack {
		s.packed = append(s.packed, packSockets(s.loose))
		s.loose = s.loose[:0]
	}
}

// Join puts all of o behind the others. Neither knows of what is added to the other from then on.
func (s *Sockets) Join(o *Sockets) {
	if s.Len() == 0 {
		s.packed = append(s.packed, o.packed...)
		s.loose = append(s.loose, o.loose...)
		return
	}
	for _, k := range o.All() {
		s.Add(*k)
	}
}

// Len returns how many there are.
func (s *Sockets) Len() int { return len(s.packed)*perPack + len(s.loose) }

// At returns one of them. Whoever looks at several does it with a Reader.
func (s *Sockets) At(i int) KeptSocket {
	r := s.Reader()
	return *r.At(i)
}

// All yields them with their places. Each is valid until the next.
func (s *Sockets) All() iter.Seq2[int, *KeptSocket] {
	return func(yield func(int, *KeptSocket) bool) {
		r := s.Reader()
		for i := range s.Len() {
			if !yield(i, r.At(i)) {
				return
			}
		}
	}
}

// Computers are the host names that the records have.
func (s *Sockets) Computers() (names []string) {
	note := func(in *series) {
		if !slices.Contains(names, in.computer) {
			names = append(names, in.computer)
		}
	}
	for _, p := range s.packed {
		for _, in := range p.series {
			note(in)
		}
	}
	for i := range s.loose {
		note(s.loose[i].series)
	}
	return names
}

// Drain yields them as All does, and lets them go.
func (s *Sockets) Drain() iter.Seq2[int, *KeptSocket] {
	all := *s
	*s = Sockets{}
	return func(yield func(int, *KeptSocket) bool) {
		for i, k := range all.All() {
			if !yield(i, k) {
				return
			}
			if (i+1)%perPack == 0 {
				all.packed[i/perPack] = nil
			}
		}
	}
}

// WithoutDigests returns the same without what is needed only until records met before have been told.
func (s *Sockets) WithoutDigests() Sockets {
	out := Sockets{loose: s.loose}
	for _, p := range s.packed {
		bare := *p
		bare.digests = nil
		out.packed = append(out.packed, &bare)
	}
	return out
}

// once is the once of lists.
func (s *Sockets) once(seen map[uint64]struct{}) {
	var kept Sockets
	for _, k := range s.Drain() {
		if !met(k.digest, k.recovered, seen) {
			kept.Add(*k)
		}
	}
	*s = kept
}

// A SocketReader looks at Sockets, which must not change meanwhile, one after the other or here and there.
type SocketReader struct {
	of   *Sockets
	last [16]struct { // groups that were unpacked, by the last bits of their numbers
		number int // from 1
		read   [perGroup]KeptSocket
	}
}

// Reader begins to look.
func (s *Sockets) Reader() *SocketReader { return &SocketReader{of: s} }

// At returns the one at a place, valid until the next.
func (r *SocketReader) At(i int) *KeptSocket {
	if loose := i - len(r.of.packed)*perPack; loose >= 0 {
		return &r.of.loose[loose]
	}
	group := i / perGroup
	last := &r.last[group%len(r.last)]
	if last.number != group+1 {
		r.of.packed[i/perPack].unpack(group%(perPack/perGroup), &last.read)
		last.number = group + 1
	}
	return &last.read[i%perGroup]
}
