package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

const (
	// startsDiscovery: a program that talks to a peer and also asks the machine who and where it is.
	startsDiscovery = 35
	// perCommand is added for each further kind of command.
	perCommand = 5
)

// commands: the program started commands that tell where and who it is.
var commands = Detector{
	Name: "process.discovery-commands", Family: finding.FamilyProcess,
	Innocent: "a support or inventory tool that collects the state of the machine",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Program() == "svchost.exe" || u.Program() == "services.exe" || u.Program() == "explorer.exe" {
			return nil
		}
		var names []string
		var refs citations
		for _, p := range u.Processes {
			for _, k := range c.below(p) {
				if name := policy.Base(k.Image); matchAny(c.Policy.Discovery.Names, name) {
					refs.add(k.Refs()...)
					if !slices.Contains(names, name) {
						names = append(names, name)
					}
				}
			}
		}
		if len(names) == 0 {
			return nil
		}
		slices.Sort(names)
		return fact(min(startsDiscovery+perCommand*float64(len(names)-1), 60), fmt.Sprintf("%s started %s", shown(u.Image), listed(names, 8)), refs,
			finding.Number{Name: "commands", Value: float64(len(names)), Unit: "count"})
	},
}

// below are the children of a process and those of the shells among them.
func (c *Context) below(p *correlate.Process) []*correlate.Process {
	var out []*correlate.Process
	for _, k := range c.children[p] {
		out = append(out, k)
		if name := policy.Base(k.Image); name == "cmd.exe" || name == "powershell.exe" {
			out = append(out, c.children[k]...)
		}
	}
	return out
}
