package evidence

import "cmp"

// CompareRefs orders references by file, then place.
func CompareRefs(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.N, b.N))
}

// CompareConns orders connections by start, then ends, then reference.
func CompareConns(a, b *Conn) int {
	return cmp.Or(a.Start.Compare(b.Start), a.Orig.Compare(b.Orig), a.Resp.Compare(b.Resp),
		cmp.Compare(a.Transport, b.Transport), CompareRefs(a.Ref, b.Ref))
}
