package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// foreignService: Windows leaves this protocol to programs of its own, and another one speaks it. Who asks for a name
// does not speak DNS: Dnscache does.
var foreignService = Detector{
	Name: "port.not-its-protocol", Family: finding.FamilyPort,
	Innocent: "a domain-aware product that queries the directory or administers other machines itself",
	Find: func(u *Usage, c *Context) []finding.Fact {
		p, how := c.spoken(u)
		if how == "" || u.Tunnel != nil || !u.Known() || u.Image == "" || u.Inbound || len(p.SpokenBy) == 0 || c.speaker(p, u) {
			return nil
		}
		return fact(p.Points, fmt.Sprintf("%s speaks %s itself, which Windows programs leave to %s", shown(u.Image), suggested(p, how), listed(p.SpokenBy, 3)), u.refs(),
			finding.Number{Name: "port", Value: float64(u.Port), Unit: "port"})
	},
}

// speaker tells whether the program is one that the protocol is left to. The name of a Windows program counts only in
// a folder that ordinary users cannot write to.
func (c *Context) speaker(p policy.Protocol, u *Usage) bool {
	_, writable := c.writable(u.Image)
	return matchAny(p.SpokenBy, u.Program()) && !writable
}
