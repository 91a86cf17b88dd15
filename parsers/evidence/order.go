package evidence

import "cmp"

// CompareRefs orders references by file, then place.
func CompareRefs(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.N, b.N))
}

// CompareParts puts together what one sensor states of one UID: its connections, then the records of content by time, then
// reference.
func CompareParts(a, b *Conn) int {
	if c := cmp.Compare(a.Sensor, b.Sensor); c != 0 {
		return c
	}
	if c := cmp.Compare(a.UID, b.UID); c != 0 {
		return c
	}
	switch {
	case a.Part && !b.Part:
		return 1
	case !a.Part && b.Part:
		return -1
	case a.Part:
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
	}
	return CompareRefs(a.Ref, b.Ref)
}

// CompareConns orders connections by start, then ends, then reference.
func CompareConns(a, b *Conn) int {
	if c := a.Start.Compare(b.Start); c != 0 {
		return c
	}
	return cmp.Or(a.Orig.Compare(b.Orig), a.Resp.Compare(b.Resp), cmp.Compare(a.Transport, b.Transport), CompareRefs(a.Ref, b.Ref))
}
