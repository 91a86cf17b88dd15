package service

import "github.com/wirewitness/wirewitness/parsers/evidence"

// A Pool starts the sessions of one capture. They share what certificates said, and use the memory again of those that ended.
// They may be used by one goroutine at a time.
type Pool struct {
	File     string
	known    Certificates
	sessions []*Session
	openings []*opening
	names    []*dnsReader
}

// The most that is kept for use again: with their windows full, openings take ten megabytes.
const (
	maxSessions = 1 << 12
	maxSpare    = 1 << 6
)

// Session starts following a connection.
func (p *Pool) Session(t evidence.Transport) *Session {
	var s *Session
	if n := len(p.sessions); n > 0 {
		s, p.sessions = p.sessions[n-1], p.sessions[:n-1]
	} else {
		s = &Session{}
	}
	*s = Session{scene: scene{pool: p, transport: t}}
	return s
}

// End tells what is known at last. The session must not be used any more.
func (s *Session) End(r *Result) {
	s.tell(r)
	s.letGo()
	if d, ok := s.reader.(*dnsReader); ok {
		d.release()
	}
	if p := s.scene.pool; len(p.sessions) < maxSessions {
		*s = Session{}
		p.sessions = append(p.sessions, s)
	}
}

// looking is the opening, begun if need be.
func (s *Session) looking() *opening {
	if s.opening != nil {
		return s.opening
	}
	if p := s.scene.pool; len(p.openings) > 0 {
		n := len(p.openings)
		s.opening, p.openings = p.openings[n-1], p.openings[:n-1]
	} else {
		s.opening = &opening{}
	}
	return s.opening
}

// letGo keeps nothing of the opening but its memory.
func (s *Session) letGo() {
	o := s.opening
	s.opening = nil
	if p := s.scene.pool; o != nil && !s.copied && len(p.openings) < maxSpare {
		o.empty()
		p.openings = append(p.openings, o)
	}
}

// empty makes room for another opening.
func (o *opening) empty() {
	for side, head := range o.head {
		if cap(head) > cap(o.room[side]) && !(o.borrowed && o.chunks[len(o.chunks)-1].Side == Side(side)) {
			o.room[side] = head
		}
		o.room[side] = o.room[side][:0]
	}
	clear(o.chunks)
	*o = opening{chunks: o.chunks[:0], room: o.room, dns: o.dns}
}
