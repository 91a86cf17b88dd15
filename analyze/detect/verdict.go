package detect

import (
	"slices"
)

// Verdicts are what has been judged so far.
type verdicts struct {
	bySeverity [5]int
	touched    ledger
	best       podium
	// early counts the usages that were judged before the end of the evidence, in so many rounds.
	early, rounds int
}

func (v *verdicts) judge(u *Usage, c *Context) {
	facts := c.facts(u)
	if len(facts) == 0 {
		return
	}
	if f := outline(u, facts); v.touched.judge(&f, u, c) {
		v.bySeverity[f.Severity]++
		v.best.add(candidate{f, u})
	}
}

// maxUsages bounds the usages that are held, and with them what a case takes whose peers are without number. Those that a
// process is known of stay: the bound gives way to them.
const maxUsages = 1 << 16

// settle judges usages before the end of the evidence and lets go of them: those without a process that have been idle for
// longest. What they say later is another usage.
func (g *Gathering) settle() {
	idle := slices.DeleteFunc(slices.Clone(g.usages), func(u *Usage) bool { return u.Known() || u.Sweep != nil })
	slices.SortStableFunc(idle, func(a, b *Usage) int { return a.Last.Compare(b.Last) })
	idle = idle[:min(len(idle), len(g.usages)-g.held.most/4*3)]
	ctx := newContext(g, g.usages)
	for _, u := range idle {
		g.verdicts.judge(u, ctx)
		u.gone = true
		g.held.nowMoments -= u.amount
		g.held.nowSaid -= len(u.said)
	}
	g.usages = slices.DeleteFunc(g.usages, func(u *Usage) bool { return u.gone })
	g.verdicts.early += len(idle)
	g.verdicts.rounds++
	g.held.most = max(g.held.most, len(g.usages)/3*4)
}
