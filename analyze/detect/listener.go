package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// answers: ordinary programs call; those that are called are few and known.
const answers = 40

// listener: a program that has no server function was connected to.
var listener = Detector{
	Name: "port.listener", Family: finding.FamilyPort,
	Innocent: "a program with a server function that its user switched on",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if !u.Inbound || !u.Known() || u.Image == "" || u.Port == 0 || matchAny(c.Policy.ServingPrograms.Names, u.Program()) {
			return nil
		}
		return fact(answers, fmt.Sprintf("%s, which has no server function, was connected to from %s on port %d", shown(u.Image), u.Peer, u.Port), u.refs(),
			finding.Number{Name: "port", Value: float64(u.Port), Unit: "port"})
	},
}
