package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
)

// keptOpen: somebody waits at the other end.
const keptOpen = 25

// quiet: a connection stays open for long and moves little.
var quiet = Detector{
	Name: "timing.quiet-connection", Family: finding.FamilyTiming,
	Innocent: "a push service, a remote console left open, or a database session",
	Find: func(u *Usage, c *Context) []finding.Fact {
		t := c.Policy.Thresholds
		for _, l := range u.Links {
			if l.Conn == nil || u.Inbound {
				continue
			}
			length := l.Conn.End.Sub(l.Conn.Start).Seconds()
			sent, received := l.Sent()
			if length < t.QuietConnection.Value || !sent.Known || !received.Known {
				continue
			}
			if rate := float64(sent.N+received.N) / length; rate <= t.QuietRate.Value {
				return fact(keptOpen, fmt.Sprintf("a connection stayed open for %.0f s and moved %.1f bytes/s", length, rate), cite(linkRefs(l)...),
					finding.Number{Name: "length", Value: length, Unit: "s"}, finding.Number{Name: "rate", Value: rate, Unit: "bytes/s"})
			}
		}
		return nil
	},
}

// first returns the earliest link of a process instance.
func (u *Usage) first(p *correlate.Process) *correlate.Link {
	for _, l := range u.Links {
		if l.Process == p {
			return l
		}
	}
	return nil
}
