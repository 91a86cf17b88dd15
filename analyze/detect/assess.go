package detect

import (
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// An assessment is what the detectors and the policy say of one usage.
type assessment struct {
	candidate
	notes []note
	stays bool // no exclusion takes it out
}

// A note is that an expected use or an exclusion fits a finding.
type note struct {
	kind    string
	by      *policy.Adjustment
	before  float64 // the score without it
	expired bool
}

// assess asks the detectors about a usage and scores what they say; nil for nothing.
func (c *Context) assess(u *Usage) *assessment {
	facts := c.facts(u)
	if len(facts) == 0 {
		return nil
	}
	a := &assessment{candidate: candidate{outline(u, facts), u}}
	a.weigh(c)
	return a
}

// weigh scores the finding and notes what expected uses and exclusions do to it.
func (a *assessment) weigh(c *Context) {
	s := a.usage.subject(c.Case.Local)
	score(&a.Finding, nil, c.Policy)
	before := a.Score
	uses := a.applicable("expected use", c.Policy.ExpectedUses, s)
	if len(uses) > 0 {
		score(&a.Finding, uses, c.Policy)
	}
	excluded := a.applicable("exclusion", c.Policy.Exclusions, s)
	a.note("expected use", uses, before)
	a.note("exclusion", excluded, before)
	a.stays = len(excluded) == 0
}

// applicable returns the adjustments that fit; those that fit and had expired are noted and left out.
func (a *assessment) applicable(kind string, list []policy.Adjustment, s policy.Subject) (out []*policy.Adjustment) {
	for i := range list {
		switch by := &list[i]; {
		case !by.Match.Fits(s):
		case by.ExpiredFor(s):
			a.notes = append(a.notes, note{kind, by, a.Score, true})
		default:
			out = append(out, by)
		}
	}
	return out
}

func (a *assessment) note(kind string, all []*policy.Adjustment, before float64) {
	for _, by := range all {
		a.notes = append(a.notes, note{kind, by, before, false})
	}
}
