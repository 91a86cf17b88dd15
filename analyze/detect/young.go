package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// atOnce: many programs look for updates when they start, so this is worth little alone.
const atOnce = 15

// young: the process connected within seconds of its start. It is a fact about the process and not about the rhythm of its
// traffic: in a family of its own it would make two of every odd program that starts and connects.
var young = Detector{
	Name: "process.young", Family: finding.FamilyProcess,
	Innocent: "many programs look for news of themselves when they start",
	Find: func(u *Usage, _ *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, p := range u.Processes {
			if o := u.opened[p]; o != nil {
				return fact(atOnce, fmt.Sprintf("%s connected %.1f s after it started", who(p), o.age), cite(append(slices.Clone(o.refs), p.Refs()...)...),
					finding.Number{Name: "age", Value: o.age, Unit: "s"})
			}
		}
		return nil
	},
}

// An opening is the first connection of a process instance within a usage, made within seconds of its start. Most are not.
type opening struct {
	age  float64 // of the process, in seconds
	refs []evidence.Ref
}

// openingOf returns nil for a process that was older, or of which it is not known.
func openingOf(l *correlate.Link, t policy.Thresholds) *opening {
	p := l.Process
	age := l.Start.Sub(p.Start.Time()).Seconds()
	if p.Start.IsZero() || age < 0 || age > t.YoungProcess.Value {
		return nil
	}
	return &opening{age, citeLink(l).refs()}
}
