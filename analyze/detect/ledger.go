package detect

import (
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// A ledger counts what expected uses and exclusions touched, in the order in which they were first met.
type ledger struct {
	order []string
	byKey map[string]*finding.Suppressed
}

// maxIDs bounds the findings that an entry of the ledger names.
const maxIDs = 50

// judge scores the finding and tells whether it stays: an exclusion takes it out.
func (l *ledger) judge(f *finding.Finding, u *Usage, c *Context) bool {
	s := u.subject(c.Case.Local)
	score(f, nil, c.Policy)
	before := f.Score
	uses := l.applicable("expected use", c.Policy.ExpectedUses, s, f)
	score(f, uses, c.Policy)
	excluded := l.applicable("exclusion", c.Policy.Exclusions, s, f)
	for _, a := range uses {
		l.note("expected use", a, f.ID, before, false)
	}
	for _, a := range excluded {
		l.note("exclusion", a, f.ID, before, false)
	}
	return len(excluded) == 0
}

// applicable returns the adjustments that fit; those that fit and had expired are noted and left out.
func (l *ledger) applicable(kind string, list []policy.Adjustment, s policy.Subject, f *finding.Finding) []policy.Adjustment {
	var out []policy.Adjustment
	for _, a := range list {
		switch {
		case !a.Match.Fits(s):
		case a.ExpiredFor(s):
			l.note(kind, a, f.ID, f.Score, true)
		default:
			out = append(out, a)
		}
	}
	return out
}

func (l *ledger) note(kind string, a policy.Adjustment, id string, before float64, expired bool) {
	key := kind + "|" + a.Name
	if expired {
		key += "|expired"
	}
	if l.byKey == nil {
		l.byKey = map[string]*finding.Suppressed{}
	}
	e := l.byKey[key]
	if e == nil {
		e = &finding.Suppressed{Adjustment: finding.Adjustment{Kind: kind, Name: a.Name, Factor: a.Factor, Reason: a.Reason, Owner: a.Owner, Expires: a.Expires}, Expired: expired}
		l.byKey[key] = e
		l.order = append(l.order, key)
	}
	e.Count++
	e.Before = max(e.Before, before)
	if len(e.IDs) < maxIDs {
		e.IDs = append(e.IDs, id)
	}
}

func (l *ledger) entries() []finding.Suppressed {
	var out []finding.Suppressed
	for _, k := range l.order {
		out = append(out, *l.byKey[k])
	}
	return out
}
