// Package winlog makes the Windows events that samples and tests are built from, with the fields, order and types of the
// providers' manifests.
//
// Field lists: https://learn.microsoft.com/sysinternals/downloads/sysmon (sysmon -s prints the schema),
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/
// and the manifest of Microsoft-Windows-DNS-Client as `wevtutil gp Microsoft-Windows-DNS-Client /ge /gm` prints it.
package winlog

import (
	"net/netip"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// A Machine is the host that writes the events.
type Machine struct {
	Name string // as in System/Computer
	// SysmonPID and LogPID are the processes that write Sysmon's and the filtering platform's events.
	SysmonPID, LogPID uint32
}

// A Process is what events say about one process. Zero fields come out as the providers write the unknown ("-").
type Process struct {
	GUID             string // "{...}"
	PID              uint32
	Image            string
	CommandLine      string
	CurrentDirectory string
	User             string // DOMAIN\name
	UserSID          string
	LogonID          uint64
	Description      string
	Product          string
	Company          string
	OriginalFileName string
	Integrity        string // "Medium"
	Hashes           string
	Parent           *Process
}

// A Connection is what events say about one connection, in the order in which they write the ends.
type Connection struct {
	Protocol         string // "tcp" or "udp"
	Initiated        bool
	Src, Dst         netip.AddrPort
	SrcHost, DstHost string
}

const systemSID = "S-1-5-18"

// event fills in what all events of a machine have in common. The id of a record is given by the file's writer.
func (m Machine) event(at time.Time, id uint16) evtxfile.Event {
	return evtxfile.Event{ID: id, Time: at.UTC(), Computer: m.Name}
}

func data(name string, v evtxfile.Value) evtxfile.Data { return evtxfile.Data{Name: name, Value: v} }

// dash is how providers write a text that they do not have.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// guid is a GUID value, all zero for "".
func guid(s string) evtxfile.GUID {
	if s == "" {
		s = "{00000000-0000-0000-0000-000000000000}"
	}
	return evtxfile.GUID(s)
}

// sid is a SID value, the nobody of S-1-0-0 for "".
func sid(s string) evtxfile.SID {
	if s == "" {
		s = "S-1-0-0"
	}
	return evtxfile.SID(s)
}

// account splits DOMAIN\name.
func account(user string) (domain, name string) {
	domain, name, ok := strings.Cut(user, `\`)
	if !ok {
		return "-", dash(user)
	}
	return domain, name
}

func orZero(p *Process) Process {
	if p == nil {
		return Process{}
	}
	return *p
}
