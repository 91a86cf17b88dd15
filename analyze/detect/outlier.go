package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

const (
	// unlikeOthers: the same program elsewhere is the best measure of what is ordinary for it.
	unlikeOthers = 25
	// enoughPeers is how many other measured peers a comparison takes.
	enoughPeers = 3
)

// outlier: the program sent far more to this peer than to any other, on any host of the case.
var outlier = Detector{"volume.outlier", finding.FamilyVolume, func(u *Usage, c *Context) []finding.Fact {
	v := c.Policy.DataVolume
	if !u.Known() || u.Inbound || float64(u.Sent.N) < v.ShareFloor.Value {
		return nil
	}
	others, most := 0, uint64(0)
	for _, o := range c.named[policy.Base(u.Image)] {
		if o.Peer != u.Peer && !o.Inbound && o.Sent.Known {
			others, most = others+1, max(most, o.Sent.N)
		}
	}
	if others < enoughPeers || float64(u.Sent.N) < v.Outlier.Value*float64(most) {
		return nil
	}
	return fact(unlikeOthers, fmt.Sprintf("%d bytes went to %s; to each of %d other peers %s sent %d at most", u.Sent.N, u.Peer, others, u.Program(), most), u.refs(),
		finding.Number{Name: "sent", Value: float64(u.Sent.N), Unit: "bytes"}, finding.Number{Name: "most elsewhere", Value: float64(most), Unit: "bytes"})
}}
