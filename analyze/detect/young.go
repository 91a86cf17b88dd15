package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// atOnce: many programs look for updates when they start, so this is worth little alone.
const atOnce = 15

// young: the process connected within seconds of its start. It is a fact about the process and not about the rhythm of its
// traffic: in a family of its own it would make two of every odd program that starts and connects.
var young = Detector{
	Name: "process.young", Family: finding.FamilyProcess,
	Innocent: "many programs look for news of themselves when they start",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, p := range u.Processes {
			first, ok := u.opened[p]
			if !ok || p.Start.IsZero() {
				continue
			}
			if age := first.at.Sub(p.Start.Time()).Seconds(); age >= 0 && age <= c.Policy.Thresholds.YoungProcess.Value {
				return fact(atOnce, fmt.Sprintf("%s connected %.1f s after it started", who(p), age), cite(append(slices.Clone(first.refs), p.Refs()...)...),
					finding.Number{Name: "age", Value: age, Unit: "s"})
			}
		}
		return nil
	},
}
