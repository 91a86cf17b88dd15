package world

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
	"github.com/wirewitness/wirewitness/samples/generate/winlog"
)

// Channels are the logs that a host may keep, in the order in which their files are written.
var Channels = []string{
	"Microsoft-Windows-Sysmon/Operational",
	"Security",
	"Microsoft-Windows-DNS-Client/Operational",
}

// Who writes Sysmon's and the kernel's events.
const (
	sysmonPID = 3124
	kernelPID = 4
)

func (h *Host) machine() winlog.Machine {
	return winlog.Machine{Name: h.Name + ".corp.test", SysmonPID: sysmonPID, LogPID: kernelPID}
}

// log keeps an event, which reaches its log some milliseconds after what it speaks of.
func (h *Host) log(at time.Time, e evtxfile.Event) {
	e.Time = at.Add(h.w.Jitter(3*time.Millisecond, 0.8))
	h.logged = append(h.logged, e)
}

func (h *Host) logStart(p *Process) {
	at := p.start.Add(h.Clock)
	if h.Logs.Sysmon {
		h.log(at, h.machine().Sysmon1(at, p.stated()))
	}
	if h.Logs.Security {
		h.log(at, h.machine().Security4688(at, p.stated()))
	}
}

func (h *Host) logExit(p *Process, at time.Time) {
	at = at.Add(h.Clock)
	if h.Logs.Sysmon {
		h.log(at, h.machine().Sysmon5(at, p.stated()))
	}
	if h.Logs.Security {
		h.log(at, h.machine().Security4689(at, p.stated()))
	}
}

func (h *Host) logThread(source, target *Process, at time.Time) {
	at = at.Add(h.Clock)
	if h.Logs.Sysmon {
		h.log(at, h.machine().Sysmon8(at, source.stated(), target.stated(), ""))
	}
}

func (h *Host) logConnect(p *Process, c Conn, local netip.AddrPort) {
	stated := winlog.Connection{Protocol: "tcp", Initiated: true, Src: local, Dst: c.To, SrcHost: h.machine().Name, DstHost: c.Name}
	if c.Talk.UDP {
		stated.Protocol = "udp"
	}
	at := c.At.Add(h.Clock)
	if h.Logs.Sysmon {
		h.log(at, h.machine().Sysmon3(h.networkTime(c.At), p.stated(), stated))
	}
	if h.Logs.Security {
		h.log(at, h.machine().Security5156(at, p.stated(), stated))
	}
}

func (h *Host) logLookup(p *Process, a Answer, asked, answered time.Time) {
	network := h.networkTime(answered)
	asked, answered = asked.Add(h.Clock), answered.Add(h.Clock)
	if h.Logs.Sysmon {
		h.log(answered, h.machine().Sysmon22(network, p.stated(), a.Name, "0", a.results()))
	}
	if h.Logs.DNSClient {
		m, kind := h.machine(), uint32(a.Type)
		h.log(asked, m.DNSClient3006(asked, p.stated(), a.Name, kind))
		h.log(answered, m.DNSClient3020(answered, h.DNSCache.stated(), a.Name, kind, 0, a.results()))
		h.log(answered.Add(time.Millisecond), m.DNSClient3008(answered, p.stated(), a.Name, kind, 0, a.results()))
	}
}

// networkTime is what the clock behind Sysmon's events 3 and 22 shows.
func (h *Host) networkTime(t time.Time) time.Time {
	if h.NetworkClock == nil {
		return t.Add(h.Clock)
	}
	return t.Add(h.NetworkClock(t))
}

// stated is what events say about the process and its parent.
func (p *Process) stated() winlog.Process {
	s := winlog.Process{GUID: p.guid, PID: p.PID, Image: p.Image, CommandLine: p.CommandLine, CurrentDirectory: `C:\Windows\system32\`,
		User: p.User, UserSID: sids[p.User], LogonID: 0x3e7, Integrity: "System", Description: p.Description, Product: p.Product,
		Company: p.Company, OriginalFileName: p.Original, Hashes: fmt.Sprintf("SHA256=%X", sha256.Sum256([]byte(p.Image)))}
	if s.UserSID == "" {
		s.UserSID, s.LogonID, s.Integrity = "S-1-5-21-1004336348-1177238915-682003330-1104", 0x5f3a1, "Medium"
		s.CurrentDirectory = `C:\Users\` + p.host.Account() + `\`
	}
	if p.Parent != nil {
		s.Parent = &winlog.Process{GUID: p.Parent.guid, PID: p.Parent.PID, Image: p.Parent.Image, CommandLine: p.Parent.CommandLine, User: p.Parent.User}
	}
	return s
}

var sids = map[string]string{LocalSystem: "S-1-5-18", localService: "S-1-5-19", networkService: "S-1-5-20"}
