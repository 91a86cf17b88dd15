package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// keptOpen: somebody waits at the other end.
const keptOpen = 25

// quiet: a connection stays open for long and moves little.
var quiet = Detector{
	Name: "timing.quiet-connection", Family: finding.FamilyTiming,
	Innocent: "a push service, a remote console left open, or a database session",
	Find: func(u *Usage, c *Context) []finding.Fact {
		q := u.quiet
		if q == nil {
			return nil
		}
		return fact(keptOpen, fmt.Sprintf("a connection stayed open for %.0f s and moved %.1f bytes/s", q.length, q.rate), q.from,
			finding.Number{Name: "length", Value: q.length, Unit: "s"}, finding.Number{Name: "rate", Value: q.rate, Unit: "bytes/s"})
	},
}

// A quietLink is a connection that stayed open for length seconds and moved rate bytes per second.
type quietLink struct {
	length, rate float64
	from         citations
}

// quietOf is nil for a connection that is short, busy or not measured.
func quietOf(l *correlate.Link, t policy.Thresholds) *quietLink {
	if l.Conn == nil {
		return nil
	}
	length := l.Conn.End.Sub(l.Conn.Start).Seconds()
	sent, received := l.Sent()
	if length < t.QuietConnection.Value || !sent.Known || !received.Known {
		return nil
	}
	rate := float64(sent.N+received.N) / length
	if rate > t.QuietRate.Value {
		return nil
	}
	return &quietLink{length, rate, citeLink(l)}
}
