package service

import (
	"math/bits"
	"net/netip"
	"time"
)

// A verdict is a matcher's answer about the beginning of a connection.
type verdict uint8

// The verdicts. A matcher may turn maybe into something else as bytes arrive, but never takes back a no about bytes it
// has seen or a yes: that makes the result independent of how the stream was cut.
const (
	no    verdict = iota
	maybe         // more bytes are needed to tell
	yes           // recognised; who is the client stays open
	origAsks
	respAsks
)

// asks is a yes with the given side as the client.
func asks(client Side) verdict { return origAsks + verdict(client) }

// client returns the side that spoke as the client and whether the verdict tells.
func (v verdict) client() (Side, bool) {
	if v < origAsks {
		return Orig, false
	}
	return Side(v - origAsks), true
}

const (
	// window is how much of either side is kept until the protocol is known: a whole TLS record and the header after it.
	window = 18 << 10
	// maxTries is how many windows are looked at before a stream counts as not recognised.
	maxTries = 4
	// maxDatagrams is how many datagrams are looked at before a flow counts as not recognised.
	maxDatagrams = 24
	// maxKept bounds the bytes of these datagrams kept for the analyzer.
	maxKept = 32 << 10
)

// An opening is the beginning of a connection, kept until its protocol is known.
type opening struct {
	pool *Pool
	// text is what is kept of either side, and head how far it goes without a gap.
	text, head [2][]byte
	// closed: nothing can be added to the head of this side, because of a gap or because nothing more will come.
	closed [2]bool
	first  Side
	// borrowed: the last piece, which is the text of its side, is not copied yet.
	borrowed bool
	pieces   []piece
	kept     int // bytes of the pieces; one of which only a gap is left counts as one
	ends     [2]netip.Addr
	// speaks is which variant of DNS the last datagram is, once parsed, "" when none.
	parsed bool
	speaks string
}

// A piece is a chunk whose data lies in the text of its side.
type piece struct {
	at       time.Time
	frame    uint64
	gap      uint64
	from, to uint32
	cut      uint32
	side     Side
}

// chunk returns a piece as it came.
func (o *opening) chunk(i int) Chunk {
	p := &o.pieces[i]
	return Chunk{At: p.at, Frame: p.frame, Side: p.side, Data: o.text[p.side][p.from:p.to:p.to], Gap: p.gap, Cut: p.cut}
}

// last is the piece that came last.
func (o *opening) last() *piece { return &o.pieces[len(o.pieces)-1] }

// add takes the next chunk, which fits into the window. Pieces of one packet are kept as one.
func (o *opening) add(c Chunk) {
	if len(o.pieces) == 0 {
		o.first = c.Side
	}
	from := len(o.text[c.Side])
	o.extend(c)
	o.kept += max(len(c.Data), 1)
	if len(o.pieces) > 0 {
		if last := o.last(); last.side == c.Side && last.frame == c.Frame && c.Gap == 0 && last.at.Equal(c.At) {
			last.to += uint32(len(c.Data))
			return
		}
	}
	o.note(c, from)
}

// note adds a piece whose data begins at from in the text of its side.
func (o *opening) note(c Chunk, from int) {
	o.pieces = append(o.pieces, piece{c.At, c.Frame, c.Gap, uint32(from), uint32(from + len(c.Data)), c.Cut, c.Side})
}

// extend adds the chunk to the text of its side, and to the head as long as there is no gap. The first of a side is borrowed
// until it turns out that it is not enough: most connections are recognised by it.
func (o *opening) extend(c Chunk) {
	text, head := &o.text[c.Side], &o.head[c.Side]
	if c.Gap > 0 && len(*head) > 0 {
		o.closed[c.Side] = true
	}
	if o.borrowed = len(*text) == 0; o.borrowed {
		*text = c.Data
	} else {
		*text = append(o.pool.buffers.grow(*text, len(c.Data)), c.Data...)
	}
	if o.closed[c.Side] {
		*head = (*text)[:len(*head)]
		return
	}
	*head = *text
	o.closed[c.Side] = len(*head) == window
}

// What an opening and a piece of it take beside text, in bytes.
const (
	openingSize = 256
	pieceSize   = 64
)

// held is about how many bytes of memory the opening takes.
func (o *opening) held() int {
	return openingSize + pieceSize*len(o.pieces) + len(o.text[Orig]) + len(o.text[Resp])
}

// keep copies a datagram.
func (o *opening) keep(c Chunk) {
	text := &o.text[c.Side]
	o.note(c, len(*text))
	*text = append(o.pool.buffers.grow(*text, len(c.Data)), c.Data...)
	o.kept += len(c.Data)
}

// own copies what is borrowed of the last piece.
func (o *opening) own() {
	if !o.borrowed {
		return
	}
	side := o.last().side
	o.text[side] = append(o.pool.buffers.grow(nil, len(o.text[side])), o.text[side]...)
	o.head[side], o.borrowed = o.text[side][:len(o.head[side])], false
}

// full tells that the window holds all it can.
func (o *opening) full() bool {
	return len(o.head[Orig]) == window || len(o.head[Resp]) == window || o.kept == 4*window || o.closed[Orig] && o.closed[Resp]
}

// stream looks at the next chunk of a TCP connection that is not recognised yet.
func (s *Session) stream(c Chunk) {
	if s.waiting && (c.Side == s.last || len(c.Data) == 0) {
		return
	}
	s.waiting = false
	o := s.looking()
	for len(c.Data) > 0 || c.Gap > 0 {
		// Not more than fills the window, so that the decision falls at the same byte however the stream was cut.
		part := c
		part.Data = c.Data[:min(len(c.Data), window-len(o.head[c.Side]), 4*window-o.kept)]
		o.add(part)
		c = c.with(c.Data[len(part.Data):])
		if s.decide(); s.reader != nil {
			s.reader.feed(c)
			return
		}
		if s.waiting || s.over {
			return
		}
		o.own()
	}
}

// decide asks the list, and gives this window up when it is full.
func (s *Session) decide() {
	o := s.opening
	full := o.full()
	if full {
		o.closed = [2]bool{true, true}
	}
	if p, v := s.match(); p != nil {
		s.read(p, v)
		return
	}
	if full {
		s.tries++
		s.over = s.tries == maxTries
		// In the middle of a long message: the answer to it begins with a header.
		s.waiting, s.last = true, o.last().side
		s.letGo()
	}
}

// match returns the first line of the list that recognises the beginning. A later line waits for an earlier one that
// needs more bytes.
func (s *Session) match() (*protocol, verdict) {
	for set := s.opening.candidates(); set != 0; set &= set - 1 {
		p := &protocols[bits.TrailingZeros64(set)]
		if s.tries > 0 && !p.mid {
			continue
		}
		switch v := p.tcp(s.opening); v {
		case no:
		case maybe:
			return nil, maybe
		default:
			return p, v
		}
	}
	return nil, no
}

// ended is the session as it would be if nothing more came.
func (s *Session) ended() *Session {
	o := *s.opening
	o.closed = [2]bool{true, true}
	end := &Session{scene: s.scene, opening: &o, copied: true, tries: s.tries}
	if p, v := end.match(); p != nil {
		end.read(p, v)
	}
	return end
}

// datagram looks at the next datagram of a flow that is not recognised yet.
func (s *Session) datagram(c Chunk) {
	if len(c.Data) == 0 {
		return
	}
	o := s.looking()
	o.ends, o.parsed = s.scene.ends, false
	for i := range protocols {
		p := &protocols[i]
		if p.udp == nil {
			continue
		}
		if v := p.udp(c, o); v >= yes {
			s.read(p, v)
			s.reader.feed(c)
			return
		}
	}
	if s.over = len(o.pieces)+1 >= maxDatagrams || o.kept+len(c.Data) >= maxKept; s.over {
		s.letGo()
		return
	}
	o.keep(c)
}
