package winevent

import (
	"net/netip"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Sysmon's events are described in https://learn.microsoft.com/sysinternals/downloads/sysmon and by its own manifest
// (sysmon -s).

// subject is the process that a Sysmon event speaks of.
func (e *event) subject() evidence.Program {
	return evidence.Program{
		PID:      e.pidOr("\nProcessId: ", "ProcessId"),
		EntityID: e.entity("ProcessGuid", "ProcessGUID"),
		Image:    e.image("Image"),
		User:     e.text("User"),
	}
}

// sysmonStart reads event 1, ProcessCreate.
func sysmonStart(e *event) statement {
	e.process = evidence.Process{
		Program:      e.subject(),
		CommandLine:  e.text("CommandLine"),
		OriginalName: e.text("OriginalFileName"),
		Company:      e.text("Company"),
		Product:      e.text("Product"),
		Description:  e.text("Description"),
		Hashes:       e.text("Hashes", "Hash"),
		Integrity:    e.text("IntegrityLevel"),
		Parent: evidence.Program{
			EntityID: e.entity("ParentProcessGuid", "ParentProcessGUID"),
			PID:      e.pid("ParentProcessId"),
			Image:    e.image("ParentImage"),
			User:     e.text("ParentUser"),
		},
		ParentLine: e.text("ParentCommandLine"),
	}
	return stateProcess
}

// sysmonConnection reads event 3, NetworkConnect.
func sysmonConnection(e *event) statement {
	e.socket = evidence.Socket{
		Program:   e.subject(),
		Kind:      evidence.Connect,
		Transport: e.transport("Protocol"),
		Src:       e.end("SourceIp", "SourcePort"),
		Dst:       e.end("DestinationIp", "DestinationPort"),
		SrcHost:   e.text("SourceHostname"),
		DstHost:   e.text("DestinationHostname"),
		Initiated: truth(e.text("Initiated")),
	}
	return stateSocket
}

func truth(s string) evidence.Tri {
	switch strings.ToLower(s) {
	case "true", "1":
		return evidence.Yes
	case "false", "0":
		return evidence.No
	}
	return evidence.Unknown
}

// sysmonExit reads event 5, ProcessTerminate.
func sysmonExit(e *event) statement {
	e.exit = evidence.Exit{Program: e.subject()}
	return stateExit
}

// sysmonThread reads event 8, CreateRemoteThread.
func sysmonThread(e *event) statement {
	e.reach = e.access(evidence.RemoteThread)
	e.reach.StartModule = e.text("StartModule")
	return stateAccess
}

// sysmonAccess reads event 10, ProcessAccess.
func sysmonAccess(e *event) statement {
	e.reach = e.access(evidence.Opened)
	e.reach.Granted = uint32(e.uint(32, "GrantedAccess"))
	e.reach.CallTrace = e.text("CallTrace")
	return stateAccess
}

// access reads the two sides of events 8 and 10, which spell the GUIDs differently.
func (e *event) access(kind evidence.AccessKind) evidence.Access {
	return evidence.Access{
		Kind: kind,
		Source: evidence.Program{
			EntityID: e.entity("SourceProcessGuid", "SourceProcessGUID"),
			PID:      e.pid("SourceProcessId"),
			Image:    e.image("SourceImage"),
			User:     e.text("SourceUser"),
		},
		Target: evidence.Program{
			EntityID: e.entity("TargetProcessGuid", "TargetProcessGUID"),
			PID:      e.pid("TargetProcessId"),
			Image:    e.image("TargetImage"),
			User:     e.text("TargetUser"),
		},
	}
}

// sysmonQuery reads event 22, DNSEvent.
func sysmonQuery(e *event) statement {
	e.asked = evidence.Lookup{
		Program: e.subject(),
		Name:    strings.TrimSuffix(e.text("QueryName"), "."),
		Status:  uint32(e.uint(32, "QueryStatus")),
	}
	e.asked.Answers, e.asked.Aliases = results(e.text("QueryResults"))
	return stateLookup
}

// maxResults bounds the answers kept of one lookup; a DNS message has room for fewer.
const maxResults = 4096

// results reads "type:  5 name;::ffff:192.0.2.4;": CNAMEs with their record type in front, addresses without.
func results(text string) (answers []netip.Addr, aliases []string) {
	for item := range strings.SplitSeq(text, ";") {
		item = strings.TrimSpace(item)
		kind, value := recordType(item)
		switch addr := Addr(value); {
		case len(answers)+len(aliases) >= maxResults:
			return answers, aliases
		case addr.IsValid():
			answers = append(answers, addr)
		case kind == "5":
			aliases = append(aliases, strings.TrimSuffix(value, "."))
		}
	}
	return answers, aliases
}

func recordType(item string) (kind, value string) {
	rest, ok := cutPrefixFold(item, "type:")
	if !ok {
		return "", item
	}
	kind, value, _ = strings.Cut(strings.TrimSpace(rest), " ")
	return kind, strings.TrimSpace(value)
}
