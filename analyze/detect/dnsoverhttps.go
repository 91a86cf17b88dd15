package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// ownResolver: names asked for in HTTPS are asked for unseen.
const ownResolver = 35

// dnsOverHTTPS: something that is no browser uses a public resolver over HTTPS.
var dnsOverHTTPS = Detector{
	Name: "content.dns-over-https", Family: finding.FamilyContent, Technique: "T1572",
	Innocent: "a product or a setting of the organisation that uses this resolver",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound || u.Port != 443 || !u.Known() || matchAny(browsers, u.Program()) {
			return nil
		}
		for _, l := range u.Links {
			for _, n := range l.Names {
				if matchAny(c.Policy.DoHResolvers.Names, n) {
					return fact(ownResolver, fmt.Sprintf("%s uses the resolver %s over HTTPS", shown(u.Image), n), cite(linkRefs(l)...))
				}
			}
		}
		return nil
	},
}
