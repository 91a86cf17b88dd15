package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// addUp: many small uploads are one large one that wants not to be seen.
const addUp = 30

// uploads: many connections of the usage each sent more than they received.
var uploads = Detector{
	Name: "volume.uploads", Family: finding.FamilyVolume,
	Innocent: "log shipping, telemetry or a synchronisation in many parts",
	Find: func(u *Usage, c *Context) []finding.Fact {
		v := c.Policy.DataVolume
		if u.Inbound {
			return nil // who is asked gives
		}
		n, total := u.uploads, u.uploaded
		if float64(n) < v.Uploads.Value || float64(total) < v.ShareFloor.Value {
			return nil
		}
		return fact(addUp*c.nearer(u), fmt.Sprintf("%d connections sent more than they received, %d bytes together", n, total), u.refs(),
			finding.Number{Name: "uploads", Value: float64(n), Unit: "count"}, finding.Number{Name: "sent", Value: float64(total), Unit: "bytes"})
	},
}
