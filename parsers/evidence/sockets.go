package evidence

import "iter"

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
	of    *Sockets
	group int // that was unpacked last, -1 for none
	read  [perGroup]KeptSocket
}

// Reader begins to look.
func (s *Sockets) Reader() *SocketReader { return &SocketReader{of: s, group: -1} }

// At returns the one at a place, valid until the next.
func (r *SocketReader) At(i int) *KeptSocket {
	if loose := i - len(r.of.packed)*perPack; loose >= 0 {
		return &r.of.loose[loose]
	}
	if group := i / perGroup; group != r.group {
		r.of.packed[i/perPack].unpack(group%(perPack/perGroup), &r.read)
		r.group = group
	}
	return &r.read[i%perGroup]
}
