package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// oddParent: what started the program does not start such programs in ordinary use.
var oddParent = Detector{
	Name: "process.parent", Family: finding.FamilyProcess,
	Innocent: "a management product that starts its scripts through WMI, WinRM or a service",
	Find: func(u *Usage, c *Context) []finding.Fact {
		for _, p := range u.Processes {
			parent := parentImage(p)
			if parent == "" {
				continue
			}
			for _, odd := range c.Policy.OddParents {
				if matchAny(odd.Parents, policy.Base(parent)) && matchAny(odd.Children, policy.Base(p.Image)) {
					return fact(odd.Points, fmt.Sprintf("%s was started by %s (%s)", who(p), shown(parent), odd.Name), cite(p.Refs()...))
				}
			}
		}
		return nil
	},
}

func parentImage(p *correlate.Process) string {
	if p.Parent != nil && p.Parent.Image != "" {
		return p.Parent.Image
	}
	return p.ParentImage
}
