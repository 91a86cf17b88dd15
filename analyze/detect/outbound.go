package detect

import (
	"fmt"
	"math"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// atThreshold: the volume that the policy calls too much.
	atThreshold = 35
	// perTenfold is added for each tenfold of it.
	perTenfold = 15
	// withinLocal: inside the local networks large copies are everyday work.
	withinLocal = 0.5
)

// outbound: more bytes went to one peer than the threshold of the policy.
var outbound = Detector{
	Name: "volume.outbound", Family: finding.FamilyVolume,
	Innocent: "a backup, a synchronisation, a large upload or a call that its user remembers",
	Find: func(u *Usage, c *Context) []finding.Fact {
		limit := c.Policy.DataVolume.Outbound.Value
		sent := float64(u.Sent.N)
		if u.Inbound && c.local(u) || !u.Sent.Known || sent < limit || limit == 0 {
			return nil
		}
		points := min(atThreshold+perTenfold*math.Log10(sent/limit), 60) * c.nearer(u)
		return fact(tenth(points), fmt.Sprintf("%d bytes went to %s, above the threshold of %.0f", u.Sent.N, u.Peer, limit), u.refs(),
			finding.Number{Name: "sent", Value: sent, Unit: "bytes"}, finding.Number{Name: "threshold", Value: limit, Unit: "bytes"})
	},
}

// nearer halves what volume says about a file service inside the local networks.
func (c *Context) nearer(u *Usage) float64 {
	if p, how := c.spoken(u); how != "" && p.Local && c.local(u) {
		return withinLocal
	}
	return 1
}
