// Package rank puts findings in their one order.
package rank

import (
	"cmp"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Order sorts findings by score and numbers them from 1. Of equal scores the one with the surer link comes first, then the one
// with facts of more families, the one that sent more, the one that began earlier; the ID settles the rest, so the order
// is total.
func Order(fs []finding.Finding) {
	slices.SortFunc(fs, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Attribution.Confidence, a.Attribution.Confidence), cmp.Compare(len(b.Arithmetic.Families), len(a.Arithmetic.Families)),
			cmp.Compare(b.Arithmetic.Combined, a.Arithmetic.Combined), cmp.Compare(b.Sent.N, a.Sent.N), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	for i := range fs {
		fs[i].Rank = i + 1
	}
}

// AtLeast splits ordered findings into those at or above a severity and the number of those below it. Ranks stay as they
// are: they count all findings.
func AtLeast(fs []finding.Finding, least finding.Severity) (kept []finding.Finding, below int) {
	for _, f := range fs {
		if f.Severity >= least {
			kept = append(kept, f)
		} else {
			below++
		}
	}
	return kept, below
}
