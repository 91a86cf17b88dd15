package pcap

import (
	"slices"
	"time"
)

// A stream is what one end of a TCP connection sends, in positions of 64 bits: the sequence numbers as if they never
// wrapped.
type stream struct {
	known bool
	start uint64 // of the first byte of payload
	next  uint64 // all before is delivered or given up
	end   uint64 // behind the last byte seen
	acked uint64 // behind the last byte acknowledged
	// missed is how many bytes were given up.
	missed uint64
	// waiting is the packet at which bytes were acknowledged that have not been captured, 0 when there are none.
	waiting uint64
	// refused is the last position that was too far ahead to be believed.
	refused uint64
	queue   // behind next
}

// A queue holds segments until what lies before them has come: in order and not overlapping.
type queue struct {
	pending []segment
	size    int // of them all
}

// A segment is a piece of a stream. Data is shorter than the piece where the snaplen cut it.
type segment struct {
	from, to uint64
	data     []byte
	at       time.Time
	frame    uint64
	// size is the length of data, be it kept or not because nobody listens.
	size int
}

// Bounds of reassembly: bytes per side, segments per side, and bytes and segments in all connections of a capture.
const (
	maxHeld     = 1 << 20
	maxSegments = 512
	maxBuffered = 64 << 20
	maxPending  = 1 << 18
)

// maxJump is how far ahead of its stream a packet or an acknowledgement may be on its word alone; beyond, a second one, of
// either side, must agree. It is far more than is in flight on most networks, and less than a stray packet is off on average.
const maxJump = 16 << 20

// maxBack is how far before the first packet seen a stream may turn out to begin.
const maxBack = 1 << 20

// begin sets the first position, if none is known.
func (s *stream) begin(seq uint32) {
	if s.known {
		return
	}
	s.known = true
	s.begins(1<<32 + uint64(seq)) // room below, for packets that come late
}

// begins lets the stream begin at a position, with nothing sent yet.
func (s *stream) begins(at uint64) {
	s.start, s.next, s.end, s.acked = at, at, at, at
}

// position is the one nearest to the end of the stream that the sequence number can mean.
func (s *stream) position(seq uint32) uint64 {
	near := max(s.end, s.acked)
	return near + uint64(int64(int32(seq-uint32(near))))
}

// reaches lets payload up to a position extend the stream, if that is plausible.
func (s *stream) reaches(to uint64) bool {
	if !s.plausible(to) {
		return false
	}
	s.end = max(s.end, to)
	return true
}

// plausible tells whether the stream can have come to a position, by payload or acknowledgement.
func (s *stream) plausible(to uint64) bool {
	if to <= max(s.end, s.acked)+maxJump {
		return true
	}
	agrees := s.refused != 0 && to+maxJump > s.refused && to < s.refused+maxJump
	s.refused = to
	return agrees
}

// extend moves the start back to a packet that lies before it, in a stream whose SYN was not seen. One byte just before
// the start is a keep-alive probe and not data.
func (s *stream) extend(from, to uint64) {
	if s.start-from > maxBack || (to == s.start && to-from == 1) {
		return
	}
	if to < s.start {
		s.missed += s.start - to
	}
	s.start = from
}

// length is the span of the stream, what the capture missed included.
func (s *stream) length() uint64 { return max(s.end, s.acked) - s.start }

// shift takes the first pending segment, without what has been delivered of it.
func (q *queue) shift() segment {
	first := q.pending[0]
	q.pending = slices.Delete(q.pending, 0, 1)
	q.size -= first.size
	if room := cap(q.pending); room > fewSegments && len(q.pending) < room/4 {
		q.pending = append([]segment(nil), q.pending...)
	}
	return first
}

// fewSegments are what a queue keeps room for.
const fewSegments = 8

// insert copies what is new of a segment and puts it between the pending ones: the first copy wins.
func (q *queue) insert(g segment) {
	i, _ := slices.BinarySearchFunc(q.pending, g.from, func(p segment, at uint64) int {
		if p.to <= at {
			return -1
		}
		return 1
	})
	for g.from < g.to {
		end := g.to
		if i < len(q.pending) {
			end = min(end, max(q.pending[i].from, g.from))
		}
		if end > g.from {
			part := g.slice(g.from, end)
			part.data = slices.Clone(part.data)
			q.pending = slices.Insert(q.pending, i, part)
			q.size += part.size
			i++
		}
		if i == len(q.pending) {
			return
		}
		g = g.slice(min(max(q.pending[i].to, g.from), g.to), g.to)
		i++
	}
}

// slice returns a part of the segment.
func (g segment) slice(from, to uint64) segment {
	part := g
	part.from, part.to = from, to
	begin, end := min(from-g.from, uint64(g.size)), min(to-g.from, uint64(g.size))
	part.size = int(end - begin)
	if g.data != nil {
		part.data = g.data[begin:end]
	}
	return part
}
