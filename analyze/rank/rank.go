// Package rank puts findings in their one order.
package rank

import (
	"cmp"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Compare orders findings by score. Of equal scores the one with the surer link comes first, then the one with facts of more
// families, the one that sent more, the one that began earlier; the ID settles the rest, so the order is total.
func Compare(a, b *finding.Finding) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Attribution.Confidence, a.Attribution.Confidence), cmp.Compare(len(b.Arithmetic.Families), len(a.Arithmetic.Families)),
		cmp.Compare(b.Arithmetic.Combined, a.Arithmetic.Combined), cmp.Compare(b.Sent.N, a.Sent.N), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
}

// AtLeast returns the ordered findings at or above a severity. Ranks stay as they are: they count all findings.
func AtLeast(fs []finding.Finding, least finding.Severity) []finding.Finding {
	for i, f := range fs {
		if f.Severity < least {
			return fs[:i:i]
		}
	}
	return fs
}
