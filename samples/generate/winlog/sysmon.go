package winlog

import (
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

func (m Machine) sysmon(at time.Time, id uint16, version uint8, fields ...evtxfile.Data) evtxfile.Event {
	e := m.event(at, id)
	e.Provider, e.GUID = "Microsoft-Windows-Sysmon", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"
	e.Channel = "Microsoft-Windows-Sysmon/Operational"
	e.Version, e.Level, e.Task, e.Keywords = version, 4, id, 0x8000000000000000
	e.PID, e.TID, e.UserSID = m.SysmonPID, m.SysmonPID+4, systemSID
	utc := at.UTC().Format("2006-01-02 15:04:05.000")
	e.Data = append([]evtxfile.Data{data("RuleName", "-"), data("UtcTime", utc)}, fields...)
	return e
}

// Sysmon1 is "Process creation".
func (m Machine) Sysmon1(at time.Time, p Process) evtxfile.Event {
	parent := orZero(p.Parent)
	return m.sysmon(at, 1, 5,
		data("ProcessGuid", guid(p.GUID)),
		data("ProcessId", p.PID),
		data("Image", p.Image),
		data("FileVersion", "-"),
		data("Description", dash(p.Description)),
		data("Product", dash(p.Product)),
		data("Company", dash(p.Company)),
		data("OriginalFileName", dash(p.OriginalFileName)),
		data("CommandLine", p.CommandLine),
		data("CurrentDirectory", p.CurrentDirectory),
		data("User", p.User),
		data("LogonGuid", guid("")),
		data("LogonId", evtxfile.HexInt64(p.LogonID)),
		data("TerminalSessionId", uint32(1)),
		data("IntegrityLevel", p.Integrity),
		data("Hashes", p.Hashes),
		data("ParentProcessGuid", guid(parent.GUID)),
		data("ParentProcessId", parent.PID),
		data("ParentImage", dash(parent.Image)),
		data("ParentCommandLine", dash(parent.CommandLine)),
		data("ParentUser", dash(parent.User)))
}

// Sysmon3 is "Network connection".
func (m Machine) Sysmon3(at time.Time, p Process, c Connection) evtxfile.Event {
	return m.sysmon(at, 3, 5,
		data("ProcessGuid", guid(p.GUID)),
		data("ProcessId", p.PID),
		data("Image", p.Image),
		data("User", p.User),
		data("Protocol", c.Protocol),
		data("Initiated", c.Initiated),
		data("SourceIsIpv6", c.Src.Addr().Is6()),
		data("SourceIp", c.Src.Addr().String()),
		data("SourceHostname", dash(c.SrcHost)),
		data("SourcePort", c.Src.Port()),
		data("SourcePortName", "-"),
		data("DestinationIsIpv6", c.Dst.Addr().Is6()),
		data("DestinationIp", c.Dst.Addr().String()),
		data("DestinationHostname", dash(c.DstHost)),
		data("DestinationPort", c.Dst.Port()),
		data("DestinationPortName", "-"))
}

// Sysmon5 is "Process terminated".
func (m Machine) Sysmon5(at time.Time, p Process) evtxfile.Event {
	return m.sysmon(at, 5, 3,
		data("ProcessGuid", guid(p.GUID)),
		data("ProcessId", p.PID),
		data("Image", p.Image),
		data("User", p.User))
}

// Sysmon8 is "CreateRemoteThread". The module is "" when the thread started outside any.
func (m Machine) Sysmon8(at time.Time, source, target Process, module string) evtxfile.Event {
	return m.sysmon(at, 8, 2,
		data("SourceProcessGuid", guid(source.GUID)),
		data("SourceProcessId", source.PID),
		data("SourceImage", source.Image),
		data("TargetProcessGuid", guid(target.GUID)),
		data("TargetProcessId", target.PID),
		data("TargetImage", target.Image),
		data("NewThreadId", target.PID+40),
		data("StartAddress", "0x000001F4A2C60000"),
		data("StartModule", dash(module)),
		data("StartFunction", "-"),
		data("SourceUser", source.User),
		data("TargetUser", target.User))
}

// Sysmon10 is "ProcessAccess".
func (m Machine) Sysmon10(at time.Time, source, target Process, granted uint32, trace string) evtxfile.Event {
	return m.sysmon(at, 10, 3,
		data("SourceProcessGUID", guid(source.GUID)),
		data("SourceProcessId", source.PID),
		data("SourceThreadId", source.PID+8),
		data("SourceImage", source.Image),
		data("TargetProcessGUID", guid(target.GUID)),
		data("TargetProcessId", target.PID),
		data("TargetImage", target.Image),
		data("GrantedAccess", evtxfile.HexInt32(granted)),
		data("CallTrace", trace),
		data("SourceUser", source.User),
		data("TargetUser", target.User))
}

// Sysmon22 is "DNSEvent". Results are as Sysmon writes them: "type:  5 name;::ffff:192.0.2.1;".
func (m Machine) Sysmon22(at time.Time, p Process, name, status, results string) evtxfile.Event {
	return m.sysmon(at, 22, 5,
		data("ProcessGuid", guid(p.GUID)),
		data("ProcessId", p.PID),
		data("QueryName", name),
		data("QueryStatus", status),
		data("QueryResults", results),
		data("Image", p.Image),
		data("User", p.User))
}
