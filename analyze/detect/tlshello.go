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
	// enoughClients is how many other uses of the same program a comparison takes.
	enoughClients = 3
)

// tlsHello: the client's greeting does not look like that of an ordinary client, or of this program.
var tlsHello = Detector{"content.tls-hello", finding.FamilyContent, func(u *Usage, c *Context) []finding.Fact {
	if u.Inbound {
		return nil
	}
	for _, k := range u.conns {
		if k.TLS == nil || k.TLS.JA4 == "" && k.TLS.JA3 == "" && k.TLS.Offered == "" {
			continue
		}
		if k.TLS.SNI == "" && !k.TLS.ECH {
			return fact(withoutSNI, "the TLS greeting names no server", cite(k.Ref))
		}
		if n := c.otherClients(u, k.TLS.JA4); n >= enoughClients {
			return fact(rareClient, fmt.Sprintf("%s greets here with fingerprint %s and with others in %d other uses", u.Program(), k.TLS.JA4, n), cite(k.Ref),
				finding.Number{Name: "other uses", Value: float64(n), Unit: "count"})
		}
	}
	return nil
}}

// otherClients counts the uses of the same program that show other fingerprints; 0 when one of them shows this one.
func (c *Context) otherClients(u *Usage, ja4 string) int {
	if ja4 == "" || !u.Known() {
		return 0
	}
	n := 0
	for _, o := range c.named[u.Program()] {
		if o.Peer == u.Peer {
			continue
		}
		for _, k := range o.conns {
			if k.TLS == nil || k.TLS.JA4 == "" {
				continue
			}
			if k.TLS.JA4 == ja4 {
				return 0
			}
			n++
		}
	}
	return n
}
