package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// nobodyAsked: the address came from somewhere else than a name.
const nobodyAsked = 25

// noName: no name is known for the peer, although the host's log or a capture records what the host asked for. What
// began before the capture may have been asked for before it too, and of a host that asks without end not all names are known.
var noName = Detector{
	Name: "content.no-name", Family: finding.FamilyContent,
	Innocent: "a name that was asked for before the log begins or that the configuration of the log leaves out",
	Find: func(u *Usage, c *Context) []finding.Fact {
		asked := c.asked[u.Host]
		if u.Inbound || u.Sweep != nil || u.midStream() || u.Domain != "" || asked.n == 0 || asked.more || c.server(u) || !c.reachedByName(u) {
			return nil
		}
		return fact(nobodyAsked, fmt.Sprintf("no name was asked for to get %s, and %d look-ups of the host are recorded", u.Peer, asked.n), u.refs(),
			finding.Number{Name: "look-ups", Value: float64(asked.n), Unit: "count"})
	},
}

// reachedByName tells whether the service is one that people and programs reach by name: domain services are located
// through the directory, and what runs over UDP is mostly found by discovery or configured by address.
func (c *Context) reachedByName(u *Usage) bool {
	p, how := c.spoken(u)
	if how != "" && (p.Local || p.Name == "dns") {
		return false
	}
	return u.Transport == evidence.TCP || u.Port == 443
}
