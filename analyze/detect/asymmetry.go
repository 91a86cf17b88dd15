package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// oneSided: use of a peer that only gives.
const oneSided = 35

// asymmetry: nearly all bytes went out (DataVolumeThreshold).
var asymmetry = Detector{
	Name: "volume.outbound-share", Family: finding.FamilyVolume,
	Innocent: "log shipping or telemetry, which only send",
	Find: func(u *Usage, c *Context) []finding.Fact {
		v := c.Policy.DataVolume
		if u.Inbound || !u.Sent.Known || !u.Received.Known || float64(u.Sent.N) < v.ShareFloor.Value || u.Sent.N == 0 {
			return nil
		}
		share := float64(u.Sent.N) / (float64(u.Sent.N) + float64(u.Received.N))
		if share < v.OutboundShare.Value {
			return nil
		}
		return fact(oneSided*c.nearer(u), fmt.Sprintf("%.0f %% of %d bytes went out", 100*share, u.Sent.N+u.Received.N), u.refs(),
			finding.Number{Name: "outbound share", Value: share, Unit: "ratio"}, finding.Number{Name: "sent", Value: float64(u.Sent.N), Unit: "bytes"})
	},
}
