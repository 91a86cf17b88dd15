package service

import "github.com/wirewitness/wirewitness/parsers/evidence"

// A Pool starts the sessions of one capture. They share what certificates said, and use the memory again of those that ended.
// They may be used by one goroutine at a time.
type Pool struct {
	File     string
	known    Certificates
	sessions stock[Session]
	openings stock[opening]
	dns      stock[dnsReader]
	tls      stock[tlsReader]
	quic     stock[quicReader]
	buffers  buffers
	plain    []byte     // of the last QUIC packet opened
	message  dnsMessage // the last looked at
	leases   int        // messages of DHCP that are kept
	Unkept   Tally      // messages of DHCP beyond MaxLeases
}

// A Tally counts what was not read or kept, and has the first frame of it.
type Tally struct{ First, N uint64 }

// Note counts n that a frame holds.
func (t *Tally) Note(frame, n uint64) {
	if t.N == 0 {
		t.First = frame
	}
	t.N += n
}

// A stock is memory to be used again.
type stock[T any] []*T

// The most that is kept of what takes a few hundred bytes, and of what may have windows and records in it.
const (
	manySmall = 1 << 12
	fewLarge  = 1 << 7
)

func (s *stock[T]) take() *T {
	n := len(*s)
	if n == 0 {
		return new(T)
	}
	v := (*s)[n-1]
	*s = (*s)[:n-1]
	return v
}

func (s *stock[T]) put(v *T, most int) {
	if len(*s) < most {
		*s = append(*s, v)
	}
}

// Session starts following a connection.
func (p *Pool) Session(t evidence.Transport) *Session {
	s := p.sessions.take()
	s.scene = scene{pool: p, transport: t}
	return s
}

// End tells what is known at last. The session must not be used any more.
func (s *Session) End(r *Result) {
	s.tell(r)
	s.letGo()
	if reader, ok := s.reader.(interface{ release(*Pool) }); ok {
		reader.release(s.scene.pool)
	}
	p := s.scene.pool
	*s = Session{}
	p.sessions.put(s, manySmall)
}

// looking is the opening, begun if need be.
func (s *Session) looking() *opening {
	if s.opening == nil {
		s.opening = s.scene.pool.openings.take()
		s.opening.pool = s.scene.pool
	}
	return s.opening
}

// letGo gives the memory of the opening back.
func (s *Session) letGo() {
	if o := s.opening; o != nil && !s.copied {
		o.empty()
		s.scene.pool.openings.put(o, fewLarge)
	}
	s.opening = nil
}

// manyPieces is how many pieces an opening has room for that is kept for another.
const manyPieces = 16

// empty makes room for another opening.
func (o *opening) empty() {
	for side, text := range o.text {
		if !(o.borrowed && o.last().side == Side(side)) {
			o.pool.buffers.put(text)
		}
	}
	pieces := o.pieces[:0]
	if cap(pieces) > manyPieces {
		pieces = nil
	}
	*o = opening{pieces: pieces}
}
