package eventjson

import (
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// A clock reads the times of a file. Shippers write one time under several names, and many events within a second, so the
// last few are looked through before one is worked out.
type clock struct {
	last [4]struct {
		text  []byte
		stamp evidence.Stamp
		ok    bool
	}
	next int
}

func (c *clock) stamp(text []byte, field string) (evidence.Stamp, bool) {
	const longest = 64
	if len(text) == 0 {
		return evidence.Stamp{}, false
	}
	for i := range c.last {
		if l := &c.last[i]; string(l.text) == string(text) {
			if l.ok {
				l.stamp.Field = field
			}
			return l.stamp, l.ok
		}
	}
	s, ok := winevent.ParseStamp(string(text), field)
	if len(text) <= longest {
		l := &c.last[c.next%len(c.last)]
		l.text, l.stamp, l.ok = append(l.text[:0], text...), s, ok
		c.next++
	}
	return s, ok
}
