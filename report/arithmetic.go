package report

import (
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// A step is one line of a score's arithmetic, with the figures to do it again by hand.
type step struct {
	Label, Formula, Result, Note string
	Final                        bool
}

// steps shows how a score came about: the families, how they combine, what lowers them, and the ceiling.
func steps(f *finding.Finding) []step {
	a := &f.Arithmetic
	var out []step
	for i := range a.Families {
		out = append(out, familyStep(&a.Families[i], f.Facts))
	}
	out = append(out, step{Label: "combined", Formula: combinedFormula(a.Families), Result: trimFloat(a.Combined, 2)})
	value := a.Combined
	for i := range a.Adjustments {
		adj := &a.Adjustments[i]
		formula := trimFloat(value, 2) + " × " + factorText(adj.Factor)
		value *= adj.Factor
		out = append(out, step{Label: adj.Kind, Formula: formula, Result: trimFloat(value, 2), Note: adjustmentNote(adj)})
	}
	return append(out, step{Label: "score", Formula: ceilingFormula(value, a.Ceiling), Result: scoreText(f.Score), Note: a.CeilingReason, Final: true})
}

// familyStep adds up the facts of a family with the weights 1, 1/2, 1/4, ...
func familyStep(s *finding.FamilyScore, facts []finding.Fact) step {
	points := make(map[string][]float64, len(facts))
	for _, f := range byPoints(facts) {
		points[f.ID] = append(points[f.ID], f.Points)
	}
	var terms []string
	for i, id := range s.Facts {
		if len(points[id]) == 0 {
			continue
		}
		term := trimFloat(points[id][0], 2)
		if i > 0 {
			term += fmt.Sprintf("/%.0f", weightDivisor(i))
		}
		terms, points[id] = append(terms, term), points[id][1:]
	}
	return step{
		Label: string(s.Family), Formula: strings.Join(terms, " + ") + ", at most " + scoreText(s.Cap), Result: trimFloat(s.Points, 2),
		Note: strings.Join(s.Facts, ", "),
	}
}

// weightDivisor is 2, 4, 8, ... for the facts after the first.
func weightDivisor(i int) float64 {
	d := 1.0
	for range i {
		d *= 2
	}
	return d
}

func combinedFormula(families []finding.FamilyScore) string {
	factors := each(families, func(s *finding.FamilyScore) string {
		return "(1 − " + trimFloat(s.Points, 2) + "/100)"
	})
	if len(factors) == 0 {
		return "no facts"
	}
	return "100 × (1 − " + strings.Join(factors, " × ") + ")"
}

func adjustmentNote(a *finding.Adjustment) string {
	if a.Name == "" {
		return adjustmentReason(a)
	}
	return a.Name + ": " + adjustmentReason(a)
}

func ceilingFormula(value, ceiling float64) string {
	return trimFloat(value, 2) + " rounded, at most " + scoreText(ceiling)
}
