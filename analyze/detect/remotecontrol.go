package detect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// controls are RPC interfaces that change or read out another machine, by the names of their specifications, with the
// points of their use: the strongest first, which is the one stated.
var controls = []struct {
	name, does string
	points     float64
}{
	{"efsrpc", "makes the machine log in elsewhere", 45},
	{"svcctl", "controls services", 40},
	{"atsvc", "schedules tasks", 40},
	{"ITaskSchedulerService", "schedules tasks", 40},
	{"BackupKey", "reads the domain's backup keys", 40},
	{"IWbemServices", "executes through WMI", 35},
	{"IWbemLevel1Login", "logs in to WMI", 35},
	{"winreg", "reads and writes the registry", 35},
	{"FileServerVssAgent", "makes the machine log in elsewhere", 35},
	{"DnsServer", "administers the name server", 35},
	{"samr", "lists accounts and groups", 30},
	{"eventlog", "reads and clears logs", 30},
	{"InitShutdown", "shuts the machine down", 30},
	{"IRemoteSCMActivator", "activates objects of the machine", 25},
	{"IRemoteActivation", "activates objects of the machine", 25},
	{"ISystemActivator", "activates objects of the machine", 25},
	{"drsuapi", "translates names and replicates the directory, secrets included", 25},
	{"wkssvc", "lists logged-on users", 25},
	{"srvsvc", "lists shares and sessions", 20},
	{"spoolss", "prints, installs drivers and makes the machine log in elsewhere", 20},
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
			for _, s := range u.said {
				if s.binds(k.name) {
					return fact(k.points, fmt.Sprintf("RPC interface %s %s", k.name, k.does), cite(s.Ref))
				}
			}
		}
		return nil
	},
}

// binds tells whether an RPC interface was bound inside the connection; sources differ in how they write names.
func (s *said) binds(name string) bool {
	return s.RPC != nil && slices.ContainsFunc(s.RPC.Endpoints, func(e string) bool { return strings.EqualFold(e, name) })
}
