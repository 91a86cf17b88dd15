package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// unknownTalk: products with protocols of their own exist, most speak HTTP or TLS.
const unknownTalk = 25

// unrecognised: both sides talk on a port of no known service, and the content fits no protocol that is recognised.
var unrecognised = Detector{
	Name: "content.unrecognised", Family: finding.FamilyContent,
	Innocent: "a product with a protocol of its own",
	Find: func(u *Usage, c *Context) []finding.Fact {
		_, owned := c.owner(u.Port, u.Transport)
		if u.Inbound || u.Port == 0 || owned || u.Port >= dynamicPorts && c.local(u) || slices.Contains(c.Policy.CommonPorts.Ports, u.Port) {
			return nil
		}
		name, seen := u.Protocol()
		if name != "" || !seen || u.midStream() || u.Sent.N == 0 || u.Received.N == 0 {
			return nil
		}
		return fact(unknownTalk, fmt.Sprintf("%d bytes went out and %d came in on port %d in no protocol that is recognised", u.Sent.N, u.Received.N, u.Port), u.refs(),
			finding.Number{Name: "sent", Value: float64(u.Sent.N), Unit: "bytes"}, finding.Number{Name: "received", Value: float64(u.Received.N), Unit: "bytes"})
	},
}
