package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// withoutSNI: libraries fill the name in by themselves; without one there was none.
	withoutSNI = 25
	// rareClient: the program's own TLS library leaves the same fingerprint at every peer.
	rareClient = 25
	// enoughClients is how many other peers of the same program a comparison takes.
	enoughClients = 3
)

// tlsHello: the client's greeting does not look like that of an ordinary client, or of this program.
var tlsHello = Detector{
	Name: "content.tls-hello", Family: finding.FamilyContent,
	Innocent: "an appliance or an in-house service that is used by address, or an old library",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, k := range u.said {
			if k.TLS == nil || k.TLS.JA4 == "" && k.TLS.JA3 == "" && k.TLS.Offered == "" {
				continue
			}
			if k.TLS.SNI == "" && !k.TLS.ECH {
				return fact(withoutSNI, "the TLS greeting names no server", cite(k.Ref))
			}
			if !u.Known() {
				continue
			}
			if n := c.habit(u.Program()).greetsOtherwise(u.Peer, k.TLS.JA4); n >= enoughClients {
				return fact(rareClient, fmt.Sprintf("%s greets here with fingerprint %s and with others at %d other peers", shown(u.Image), k.TLS.JA4, n), cite(k.Ref),
					finding.Number{Name: "other peers", Value: float64(n), Unit: "count"})
			}
		}
		return nil
	},
}
