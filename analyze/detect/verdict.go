package detect

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Verdicts are what has been judged so far.
type verdicts struct {
	bySeverity [5]int
	touched    ledger
	best       podium
	// early counts the usages that were judged before the end of the evidence, in so many rounds.
	early, rounds int
}

// block is how many usages are assessed before what is said of them is taken, fewest how many are worth a goroutine.
const (
	block  = 1 << 10
	fewest = 1 << 6
)

// judge assesses usages side by side, and takes what is said of them in their order.
func (v *verdicts) judge(all []*Usage, c *Context) {
	views := c.views(min(runtime.GOMAXPROCS(0), 1+len(all)/fewest))
	found := make([]*assessment, min(block, len(all)))
	for some := range slices.Chunk(all, block) {
		var sides sync.WaitGroup
		for i, view := range views {
			sides.Go(func() {
				for k := i; k < len(some); k += len(views) {
					found[k] = view.assess(some[k])
				}
			})
		}
		sides.Wait()
		for _, a := range found[:len(some)] {
			v.take(a)
		}
	}
}

func (v *verdicts) take(a *assessment) {
	if a == nil {
		return
	}
	for _, n := range a.notes {
		v.touched.enter(n, a.ID)
	}
	if a.stays {
		v.bySeverity[a.Severity]++
		v.best.add(a.candidate)
	}
}

// maxUsages bounds the usages that are held, and with them what a case takes whose peers are without number. Those that a
// process is known of stay: the bound gives way to them.
const maxUsages = 1 << 16

// settle judges usages before the end of the evidence and lets go of them: those without a process that have been idle for
// longest. What they say later is another usage.
func (g *Gathering) settle() {
	idle := slices.DeleteFunc(slices.Clone(g.usages), func(u *Usage) bool { return u.Known() || u.Sweep != nil })
	sortBy(idle, func(u *Usage) (int, time.Time) { return 0, u.Last })
	idle = idle[:min(len(idle), len(g.usages)-g.held.most/4*3)]
	ctx := newContext(g, g.usages)
	g.verdicts.judge(idle, ctx)
	for _, u := range idle {
		u.gone = true
		g.held.nowMoments -= u.amount
		g.held.nowSaid -= len(u.said)
	}
	g.usages = slices.DeleteFunc(g.usages, func(u *Usage) bool { return u.gone })
	g.verdicts.early += len(idle)
	g.verdicts.rounds++
	g.held.most = max(g.held.most, len(g.usages)/3*4)
}

// sortBy sorts by what is worked out once, a number and a time, and leaves those for which it is the same in their order.
func sortBy[T any](all []*T, key func(*T) (n int, last time.Time)) {
	type keyed struct {
		n     int
		last  evidence.Instant
		place int
	}
	keys := make([]keyed, len(all))
	for i, x := range all {
		n, last := key(x)
		keys[i] = keyed{n, evidence.InstantOf(last), i}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		if a.n != b.n {
			return cmp.Compare(a.n, b.n)
		}
		if a.last != b.last {
			return cmp.Compare(a.last, b.last)
		}
		return cmp.Compare(a.place, b.place)
	})
	was := slices.Clone(all)
	for i, k := range keys {
		all[i] = was[k.place]
	}
}
