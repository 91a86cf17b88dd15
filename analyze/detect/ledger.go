package detect

import "github.com/wirewitness/wirewitness/analyze/finding"

// A ledger counts what expected uses and exclusions touched, in the order in which they were first met.
type ledger struct {
	order []string
	byKey map[string]*finding.Suppressed
}

// maxIDs bounds the findings that an entry of the ledger names.
const maxIDs = 50

// enter enters a note of the finding of an id.
func (l *ledger) enter(n note, id string) {
	key := n.kind + "|" + n.by.Name
	if n.expired {
		key += "|expired"
	}
	if l.byKey == nil {
		l.byKey = map[string]*finding.Suppressed{}
	}
	e := l.byKey[key]
	if e == nil {
		a := n.by
		e = &finding.Suppressed{Adjustment: finding.Adjustment{Kind: n.kind, Name: a.Name, Factor: a.Factor, Reason: a.Reason, Owner: a.Owner, Expires: a.Expires}, Expired: n.expired}
		l.byKey[key] = e
		l.order = append(l.order, key)
	}
	e.Count++
	e.Before = max(e.Before, n.before)
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
