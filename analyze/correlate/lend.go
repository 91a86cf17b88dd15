package correlate

import "github.com/wirewitness/wirewitness/parsers/evidence"

// lend returns a link of a connection, which it takes a copy of. Nearly all connections of a large capture have no more than
// this, and are over once they have been added up: their memory is used again.
func (j *joiner) lend(c *evidence.Conn) *Link {
	last := len(j.spare) - 1
	if last < 0 {
		own := *c
		return &Link{Conn: &own, lent: true}
	}
	l := j.spare[last]
	j.spare = j.spare[:last]
	*l.Conn = *c
	*l = Link{Conn: l.Conn, lent: true}
	return l
}

// takeBack takes links that nobody looks at any more. Those of processes may be kept.
func (j *joiner) takeBack(links []*Link) {
	for _, l := range links {
		if l.lent && l.Process == nil {
			j.spare = append(j.spare, l)
		}
	}
}
