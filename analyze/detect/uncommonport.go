package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// alternatePort: listed for a protocol, used by few products: web servers beside the web server.
	alternatePort = 25
	// oddPort: nothing known listens there.
	oddPort = 35
)

// uncommonPort: the service port is not one that client programs use, whatever speaks on it.
var uncommonPort = Detector{
	Name: "port.uncommon", Family: finding.FamilyPort, Technique: "T1571",
	Innocent: "a product with a port of its own; its documentation names it",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound || u.Port == 0 || u.unanswered() || u.Transport == evidence.UDP || slices.Contains(c.Policy.CommonPorts.Ports, u.Port) {
			return nil
		}
		name, _ := u.Protocol()
		if p, ok := c.protocol(name); ok && !p.Owns(u.Port) {
			return nil // said by port.protocol-elsewhere already
		}
		if c.local(u) && (assigned(name, u.Port) || name == "" && u.Port >= dynamicPorts) {
			return nil
		}
		port := finding.Number{Name: "port", Value: float64(u.Port), Unit: "port"}
		if owner, ok := c.owner(u.Port, u.Transport); ok {
			return fact(alternatePort, fmt.Sprintf("port %d is an alternative port of %s that few products use", u.Port, owner.Name), u.refs(), port)
		}
		return fact(oddPort, fmt.Sprintf("port %d is none that ordinary clients use", u.Port), u.refs(), port)
	},
}
