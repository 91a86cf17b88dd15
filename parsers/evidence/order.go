package evidence

import (
	"cmp"
	"time"
)

// CompareRefs orders references by file, then place.
func CompareRefs(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.N, b.N))
}

// CompareParts puts together what one sensor states of one UID: its connections, then the records of content by time, then
// reference.
func CompareParts(a, b *Conn) int {
	part := func(c *Conn) (n int, at time.Time) {
		if c.Part {
			return 1, c.Start
		}
		return 0, time.Time{}
	}
	n, at := part(a)
	m, other := part(b)
	return cmp.Or(cmp.Compare(a.Sensor, b.Sensor), cmp.Compare(a.UID, b.UID), cmp.Compare(n, m), at.Compare(other), CompareRefs(a.Ref, b.Ref))
}

// CompareConns orders connections by start, then ends, then reference.
func CompareConns(a, b *Conn) int {
	return cmp.Or(a.Start.Compare(b.Start), a.Orig.Compare(b.Orig), a.Resp.Compare(b.Resp),
		cmp.Compare(a.Transport, b.Transport), CompareRefs(a.Ref, b.Ref))
}
