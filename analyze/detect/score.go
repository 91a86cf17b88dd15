package detect

import (
	"cmp"
	"math"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// score fills in Arithmetic, Score and Severity of a finding from its facts, its link and the expected uses that apply,
// as documented in finding.Arithmetic.
func score(f *finding.Finding, uses []*policy.Adjustment, p *policy.Policy) {
	a := finding.Arithmetic{Families: familyScores(f.Facts, p), Ceiling: 100}
	rest := 1.0
	for _, s := range a.Families {
		rest *= 1 - s.Points/100
	}
	a.Combined = tenth(100 * (1 - rest))
	a.Adjustments = adjustments(f.Attribution, uses, p)
	total := a.Combined
	for _, j := range a.Adjustments {
		total *= j.Factor
	}
	if len(a.Families) < 2 {
		a.Ceiling, a.CeilingReason = max(p.Severity.High.Value-1, 0), "facts of one family only: stays below high"
	}
	f.Arithmetic = a
	f.Score = math.Min(math.Round(total), a.Ceiling)
	f.Severity = p.Severity.Of(f.Score)
}

// familyScores adds the facts of each family, highest first, at weights 1, 1/2, 1/4, ...
func familyScores(facts []finding.Fact, p *policy.Policy) []finding.FamilyScore {
	var out []finding.FamilyScore
	for _, family := range finding.Families {
		s := finding.FamilyScore{Family: family, Cap: p.FamilyCaps.Of(family)}
		weight := 1.0
		for _, f := range ofFamily(facts, family) {
			s.Facts = append(s.Facts, f.ID)
			s.Points += f.Points * weight
			weight /= 2
		}
		if len(s.Facts) > 0 {
			s.Points = tenth(math.Min(s.Points, s.Cap))
			out = append(out, s)
		}
	}
	return out
}

func ofFamily(facts []finding.Fact, family finding.Family) []finding.Fact {
	var out []finding.Fact
	for _, f := range facts {
		if f.Family == family {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b finding.Fact) int { return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.ID, b.ID)) })
	return out
}

// adjustments are the factor of the link and those of the expected uses, in the order of the policy.
func adjustments(link finding.Attribution, uses []*policy.Adjustment, p *policy.Policy) []finding.Adjustment {
	var out []finding.Adjustment
	if factor := hundredth(p.LinkFloor.Value + (1-p.LinkFloor.Value)*link.Confidence); factor < 1 {
		out = append(out, finding.Adjustment{Kind: "link", Name: string(link.Basis), Factor: factor, Reason: linkReason(link)})
	}
	for _, u := range uses {
		out = append(out, finding.Adjustment{Kind: "expected use", Name: u.Name, Factor: u.Factor, Reason: u.Reason, Owner: u.Owner, Expires: u.Expires})
	}
	return out
}

func linkReason(link finding.Attribution) string {
	if link.Basis == finding.BasisNone {
		return "no process is known for the connections"
	}
	return "the link between connection and process is not certain"
}

// tenth and hundredth round what a report prints, so that whoever recomputes a score from it gets the same.
func tenth(x float64) float64     { return math.Round(x*10) / 10 }
func hundredth(x float64) float64 { return math.Round(x*100) / 100 }
