package winevent

import (
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The audit events are described in
// https://learn.microsoft.com/windows/security/threat-protection/auditing/security-auditing-overview, one page per id.

// securityStart reads event 4688. Its ProcessId is the creator; process ids are hexadecimal.
func securityStart(e *event) statement {
	creator, target := e.account("SubjectDomainName", "SubjectUserName"), e.account("TargetDomainName", "TargetUserName")
	e.process = evidence.Process{
		Program: evidence.Program{
			PID:   e.pid("NewProcessId"),
			Image: e.image("NewProcessName"),
			User:  target,
		},
		CommandLine: e.text("CommandLine", "ProcessCommandLine"),
		Integrity:   integrity(e.text("MandatoryLabel")),
		Parent: evidence.Program{
			PID:   e.pidOr("Creator Process ID:", "ProcessId"),
			Image: e.image("ParentProcessName"),
			User:  creator,
		},
	}
	if e.process.User == "" {
		e.process.User = creator // no other account was asked for: the new process runs as its creator
	}
	return stateProcess
}

// integrity names the well-known mandatory labels as Sysmon does.
// https://learn.microsoft.com/windows/win32/secauthz/well-known-sids
func integrity(sid string) string {
	switch sid {
	case "S-1-16-0":
		return "Untrusted"
	case "S-1-16-4096":
		return "Low"
	case "S-1-16-8192":
		return "Medium"
	case "S-1-16-8448":
		return "Medium Plus"
	case "S-1-16-12288":
		return "High"
	case "S-1-16-16384":
		return "System"
	}
	return sid
}

// securityExit reads event 4689.
func securityExit(e *event) statement {
	e.exit = evidence.Exit{Program: evidence.Program{
		PID:   e.pidOr("Process ID:", "ProcessId"),
		Image: e.image("ProcessName"),
		User:  e.account("SubjectDomainName", "SubjectUserName"),
	}}
	return stateExit
}

// platformConnection reads event 5156, a connection the filtering platform let through.
func platformConnection(e *event) statement { return e.platform(evidence.Connect) }

// platformBlocked reads event 5157, a connection it did not let through.
func platformBlocked(e *event) statement { return e.platform(evidence.Blocked) }

// platformBind reads event 5158, a local port it let be bound. There is no other end and no direction.
func platformBind(e *event) statement { return e.platform(evidence.Bind) }

func (e *event) platform(kind evidence.SocketKind) statement {
	e.socket = evidence.Socket{
		Program:   evidence.Program{PID: e.platformPID(), Image: e.image("Application")},
		Kind:      kind,
		Transport: e.transport("Protocol"),
		Src:       e.end("SourceAddress", "SourcePort"),
	}
	if kind != evidence.Bind {
		e.socket.Dst = e.end("DestAddress", "DestPort")
		e.socket.Initiated = direction(e.text("Direction"))
	}
	return stateSocket
}

// platformPID prefers the message: exports exist in which System/Execution has overwritten the field, and then the
// number is that of the kernel, which writes these events.
func (e *event) platformPID() uint32 {
	pid := number(e.after("Process ID:"), 32)
	if pid == 0 {
		pid = e.number(32, "ProcessID", "ProcessId")
	}
	e.hash.Uint(pid)
	return uint32(pid)
}

// direction reads the message number of 5156 and 5157, or the words it stands for.
func direction(s string) evidence.Tri {
	switch strings.ToLower(s) {
	case "%%14593", "14593", "outbound":
		return evidence.Yes
	case "%%14592", "14592", "inbound":
		return evidence.No
	}
	return evidence.Unknown
}
