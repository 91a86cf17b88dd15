package winlog

import (
	"strconv"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

func (m Machine) security(at time.Time, id, task uint16, version uint8, fields ...evtxfile.Data) evtxfile.Event {
	e := m.event(at, id)
	e.Provider, e.GUID = "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}"
	e.Channel = "Security"
	e.Version, e.Task, e.Keywords = version, task, 0x8020000000000000
	e.PID, e.TID = m.LogPID, m.LogPID+60
	e.Data = fields
	return e
}

// subject is the four fields with which most Security events begin.
func subject(p Process) []evtxfile.Data {
	domain, name := account(p.User)
	return []evtxfile.Data{
		data("SubjectUserSid", sid(p.UserSID)),
		data("SubjectUserName", name),
		data("SubjectDomainName", domain),
		data("SubjectLogonId", evtxfile.HexInt64(p.LogonID)),
	}
}

// Security4688 is "A new process has been created".
func (m Machine) Security4688(at time.Time, p Process) evtxfile.Event {
	parent := orZero(p.Parent)
	return m.security(at, 4688, 13312, 2, append(subject(p),
		data("NewProcessId", evtxfile.HexInt64(p.PID)),
		data("NewProcessName", p.Image),
		data("TokenElevationType", "%%1938"),
		data("ProcessId", evtxfile.HexInt64(parent.PID)),
		data("CommandLine", p.CommandLine),
		data("TargetUserSid", sid("")),
		data("TargetUserName", "-"),
		data("TargetDomainName", "-"),
		data("TargetLogonId", evtxfile.HexInt64(0)),
		data("ParentProcessName", parent.Image),
		data("MandatoryLabel", evtxfile.SID("S-1-16-8192")))...)
}

// Security4689 is "A process has exited".
func (m Machine) Security4689(at time.Time, p Process) evtxfile.Event {
	return m.security(at, 4689, 13313, 0, append(subject(p),
		data("Status", evtxfile.HexInt32(0)),
		data("ProcessId", evtxfile.HexInt64(p.PID)),
		data("ProcessName", p.Image))...)
}

// Security5156 is "The Windows Filtering Platform has permitted a connection".
func (m Machine) Security5156(at time.Time, p Process, c Connection) evtxfile.Event {
	direction, layer, layerID := "%%14592", "%%14610", uint64(44)
	if c.Initiated {
		direction, layer, layerID = "%%14593", "%%14611", 48
	}
	return m.security(at, 5156, 12810, 1,
		data("ProcessID", uint64(p.PID)),
		data("Application", devicePath(p.Image)),
		data("Direction", direction),
		data("SourceAddress", c.Src.Addr().String()),
		data("SourcePort", strconv.Itoa(int(c.Src.Port()))),
		data("DestAddress", c.Dst.Addr().String()),
		data("DestPort", strconv.Itoa(int(c.Dst.Port()))),
		data("Protocol", ipProtocol(c.Protocol)),
		data("FilterRTID", uint64(0)),
		data("LayerName", layer),
		data("LayerRTID", layerID),
		data("RemoteUserID", sid("")),
		data("RemoteMachineID", sid("")))
}

// Security5158 is "The Windows Filtering Platform has permitted a bind to a local port": Src of the connection.
func (m Machine) Security5158(at time.Time, p Process, c Connection) evtxfile.Event {
	return m.security(at, 5158, 12810, 0,
		data("ProcessId", uint64(p.PID)),
		data("Application", devicePath(p.Image)),
		data("SourceAddress", c.Src.Addr().String()),
		data("SourcePort", strconv.Itoa(int(c.Src.Port()))),
		data("Protocol", ipProtocol(c.Protocol)),
		data("FilterRTID", uint64(0)),
		data("LayerName", "%%14608"),
		data("LayerRTID", uint64(36)))
}

// Security1102 is "The audit log was cleared"; who did it stands in UserData.
func (m Machine) Security1102(at time.Time, by Process) evtxfile.Event {
	e := m.event(at, 1102)
	e.Provider, e.GUID = "Microsoft-Windows-Eventlog", "{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}"
	e.Channel = "Security"
	e.Level, e.Task, e.Keywords = 4, 104, 0x4020000000000000
	e.PID, e.TID = m.LogPID, m.LogPID+60
	cleared := evtxfile.Element{Name: "LogFileCleared", XMLNS: "http://manifests.microsoft.com/win/2004/08/windows/eventlog"}
	for _, d := range subject(by) {
		cleared.Children = append(cleared.Children, evtxfile.Element{Name: d.Name, Value: d.Value})
	}
	e.UserData = &cleared
	return e
}

// devicePath is how the filtering platform names a file of drive C.
func devicePath(image string) string {
	if rest, ok := strings.CutPrefix(image, `C:\`); ok {
		return `\device\harddiskvolume2\` + strings.ToLower(rest)
	}
	return image
}

func ipProtocol(name string) uint32 {
	if name == "udp" {
		return 17
	}
	return 6
}
