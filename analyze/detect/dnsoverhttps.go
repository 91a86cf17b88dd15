package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// ownResolver: names asked for in HTTPS are asked for unseen.
const ownResolver = 35

// dnsOverHTTPS: something that is no browser uses a public resolver over HTTPS.
var dnsOverHTTPS = Detector{
	Name: "content.dns-over-https", Family: finding.FamilyContent, Technique: "T1572",
	Innocent: "a product or a setting of the organisation that uses this resolver",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound || u.Port != 443 || !u.Known() || matchAny(browsers, u.Program()) || u.resolver == nil {
			return nil
		}
		return fact(ownResolver, fmt.Sprintf("%s uses the resolver %s over HTTPS", shown(u.Image), u.resolver.name), u.resolver.from)
	},
}

// A resolver is a connection to a public resolver by its name.
type resolver struct {
	name string
	from citations
}

// resolverOf is nil for a connection to anything else.
func resolverOf(l *correlate.Link, p *policy.Policy) *resolver {
	for _, n := range l.Names {
		if matchAny(p.DoHResolvers.Names, n) {
			return &resolver{n, citeLink(l)}
		}
	}
	return nil
}
