package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// outsideLocal: blocked at most borders, and where it is not it carries credentials out.
const outsideLocal = 50

// leavesLocal: a protocol of the local networks is spoken with an address outside them.
var leavesLocal = Detector{
	Name: "port.leaves-local", Family: finding.FamilyPort,
	Innocent: "an address of the organisation's own that the local networks do not list",
	Find: func(u *Usage, c *Context) []finding.Fact {
		p, how := c.spoken(u)
		if how == "" || !p.Local || c.anyLocal(u) {
			return nil
		}
		way := "goes to"
		if u.Inbound {
			way = "is opened from"
		}
		return fact(outsideLocal, fmt.Sprintf("%s %s %s outside the local networks", suggested(p, how), way, u.Peer), u.refs(),
			finding.Number{Name: "port", Value: float64(u.Port), Unit: "port"})
	},
}

func (c *Context) anyLocal(u *Usage) bool {
	for _, a := range u.Addrs {
		if c.Case.Local(a) || a.IsPrivate() || a.IsLinkLocalUnicast() {
			return true
		}
	}
	return len(u.Addrs) == 0
}
