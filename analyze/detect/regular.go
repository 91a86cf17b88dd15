package detect

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

const (
	// justRegular: the fewest equal intervals that can be told from chance.
	justRegular = 25
	// perDoubling is added for each doubling of their number, up to veryRegular.
	perDoubling = 6
	veryRegular = 50
)

// regular: the program calls the peer at regular intervals, in new connections or within one that it keeps open.
//
// The interval is the median and the spread the median absolute deviation over it, both inside the span of activity:
// pauses, nights and a few missed calls do not spoil them, and a capture longer than the activity does not dilute them.
var regular = Detector{
	Name: "timing.regular", Family: finding.FamilyTiming,
	Innocent: "an agent, an updater or a monitor that polls by design",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if p, _ := c.spoken(u); u.Inbound || p.Name == "dns" && u.Tunnel == nil {
			return nil // the resolver is not the peer: names are usages of their own
		}
		t := c.Policy.Thresholds
		if float64(u.amount) < t.RegularEvents.Value {
			return nil // there are no more calls than moments
		}
		calls, all := u.calls(seconds(t.RegularInterval.Value))
		if float64(len(calls)) < t.RegularEvents.Value {
			return nil
		}
		median, spread := rhythm(calls)
		if median < t.RegularInterval.Value || spread > allowedSpread(len(calls), t) {
			return nil
		}
		points := justRegular + perDoubling*math.Log2(float64(len(calls))/t.RegularEvents.Value)
		points = min(points, veryRegular) * (1 - spread)
		which := ""
		if !all {
			which = "the first "
		}
		return fact(tenth(points), fmt.Sprintf("%s%d calls, one every %.1f s, half of them within ± %.1f %% of it", which, len(calls), median, 100*spread), u.refs(),
			finding.Number{Name: "calls", Value: float64(len(calls)), Unit: "count"}, finding.Number{Name: "interval", Value: median, Unit: "s"},
			finding.Number{Name: "spread", Value: spread, Unit: "ratio"})
	},
}

// allowedSpread rises from the spread allowed at the fewest calls to the one allowed at many.
func allowedSpread(calls int, t policy.Thresholds) float64 {
	few, many := t.RegularEvents.Value, max(t.RegularMany.Value, t.RegularEvents.Value+1)
	share := min(math.Log(float64(calls)/few)/math.Log(many/few), 1)
	return t.RegularSpread.Value + share*(t.RegularSpreadMany.Value-t.RegularSpread.Value)
}

func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

// rhythm returns the median interval in seconds and the median absolute deviation from it as a share of it.
func rhythm(calls []time.Time) (median, spread float64) {
	var gaps []float64
	for i := 1; i < len(calls); i++ {
		gaps = append(gaps, calls[i].Sub(calls[i-1]).Seconds())
	}
	if median = middle(gaps); median == 0 {
		return 0, 1
	}
	for i := range gaps {
		gaps[i] = math.Abs(gaps[i] - median)
	}
	return median, middle(gaps) / median
}

func middle(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
