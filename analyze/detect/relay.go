package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// relays: a program with a foot inside and one outside carries what it gets.
const relays = 45

// relay: the program also connects to a management service of its own host, as the near end of a tunnel does.
var relay = Detector{
	Name: "port.relay", Family: finding.FamilyPort, Technique: "T1572",
	Innocent: "a remote support or virtual desktop product that serves this machine's own screen",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound || u.Tunnel != nil {
			return nil
		}
		for _, p := range u.Processes {
			for _, l := range c.loops[p] {
				q, ok := c.owner(l.Remote.Port(), l.Transport)
				if !ok || !q.Manages || q.Name == "dce_rpc" || matchAny(q.SpokenBy, u.Program()) {
					continue
				}
				return fact(relays, fmt.Sprintf("%s also connects to port %d (%s) of its own host", who(p), l.Remote.Port(), q.Name), citeLink(l),
					finding.Number{Name: "port", Value: float64(l.Remote.Port()), Unit: "port"})
			}
		}
		return nil
	},
}

// maxLoops bounds how many connections of a process to its own host are looked at.
const maxLoops = 1000
