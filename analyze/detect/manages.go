package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// managesWorkstation: machines are managed from a few others; workstations do not manage each other.
	managesWorkstation = 30
	// managesServer: servers are managed remotely every day.
	managesServer = 20
)

// manages: a protocol that manages other machines is opened to one of the local networks.
var manages = Detector{
	Name: "port.manages", Family: finding.FamilyPort,
	Innocent: "administration from this machine that its owner can name",
	Find: func(u *Usage, c *Context) []finding.Fact {
		p, how := c.spoken(u)
		if how == "" || !p.Manages || u.Inbound || !c.local(u) || u.Known() && matchAny(p.SpokenBy, u.Program()) {
			return nil
		}
		if !c.server(u) {
			return fact(managesWorkstation, fmt.Sprintf("%s, which manages other machines, is opened to %s, which serves neither names nor a directory to this case", suggested(p, how), u.Peer), u.refs())
		}
		if !u.Known() && (p.Name == "smb" || p.Name == "dce_rpc") {
			return nil
		}
		return fact(managesServer, fmt.Sprintf("%s, which manages other machines, is opened to the server %s", suggested(p, how), u.Peer), u.refs())
	},
}
