package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// unlikeOthers: the same program elsewhere is the best measure of what is ordinary for it.
	unlikeOthers = 25
	// enoughPeers is how many other measured peers a comparison takes.
	enoughPeers = 3
)

// outlier: the program sent far more to this peer than to any other, on any host of the case.
var outlier = Detector{
	Name: "volume.outlier", Family: finding.FamilyVolume,
	Innocent: "the one server that the program is there for",
	Find: func(u *Usage, c *Context) []finding.Fact {
		v := c.Policy.DataVolume
		if !u.Known() || u.Inbound || float64(u.Sent.N) < v.ShareFloor.Value {
			return nil
		}
		others, most := c.habit(u.Program()).elsewhere(u.Peer)
		if others < enoughPeers || float64(u.Sent.N) < v.Outlier.Value*float64(most) {
			return nil
		}
		return fact(unlikeOthers, fmt.Sprintf("%d bytes went to %s; to each of %d other peers %s sent %d at most", u.Sent.N, u.Peer, others, shown(u.Image), most), u.refs(),
			finding.Number{Name: "sent", Value: float64(u.Sent.N), Unit: "bytes"}, finding.Number{Name: "most elsewhere", Value: float64(most), Unit: "bytes"})
	},
}
