package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// nobodyAsked: the address came from somewhere else than a name.
const nobodyAsked = 25

// noName: no name is known for the peer, although the host's log records what was asked for.
var noName = Detector{"content.no-name", finding.FamilyContent, func(u *Usage, c *Context) []finding.Fact {
	p, how := c.spoken(u)
	if u.Inbound || !u.Known() || u.Domain != "" || c.asked[u.Host] == 0 || how != "" && p.Local || p.Name == "dns" || u.Port == 123 || c.server(u) {
		return nil
	}
	return fact(nobodyAsked, fmt.Sprintf("no name was asked for to get %s, and the host's log records %d look-ups", u.Peer, c.asked[u.Host]), u.refs(),
		finding.Number{Name: "look-ups", Value: float64(c.asked[u.Host]), Unit: "count"})
}}
