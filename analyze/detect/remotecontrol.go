package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// controls are RPC interfaces that change or read out another machine, by the names of their specifications, with the
// points of their use.
var controls = []struct {
	name, does string
	points     float64
}{
	{"drsuapi", "replicates the directory, secrets included", 40},
	{"svcctl", "controls services", 40},
	{"atsvc", "schedules tasks", 40},
	{"itaskschedulerservice", "schedules tasks", 40},
	{"iwbemservices", "executes through WMI", 35},
	{"iwbemlevel1login", "logs in to WMI", 35},
	{"iremotescmactivation", "activates objects of other machines", 25},
	{"winreg", "reads and writes the registry", 35},
	{"samr", "lists accounts and groups", 30},
	{"srvsvc", "lists shares and sessions", 20},
	{"wkssvc", "lists logged-on users", 25},
	{"eventlog", "reads and clears logs", 30},
	{"efsrpc", "makes the machine log in elsewhere", 45},
	{"spoolss", "makes the machine log in elsewhere or installs drivers", 20},
	{"backupkey", "reads the domain's backup keys", 40},
}

// remoteControl: RPC inside the connection controls the other machine. lsass.exe uses some of these interfaces to look up
// names and to replicate, for Windows itself.
var remoteControl = Detector{
	Name: "content.remote-control", Family: finding.FamilyContent,
	Innocent: "administration from this machine that its owner can name",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound || u.Program() == "lsass.exe" && c.inSystemFolder(u.Image) {
			return nil
		}
		for _, k := range controls {
			for _, conn := range u.conns {
				if conn.RPC != nil && slices.Contains(conn.RPC.Endpoints, k.name) {
					return fact(k.points, fmt.Sprintf("RPC interface %s %s", k.name, k.does), cite(conn.Ref))
				}
			}
		}
		return nil
	},
}
