package winevent

import (
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The DNS client's events have no page of their own; the names are those of the provider's manifest
// (wevtutil gp Microsoft-Windows-DNS-Client /ge /gm). The process that asked is only named as the writer of the event,
// by its id.

// clientQuery reads event 3006, a query that begins: no status and no results yet.
func clientQuery(e *event) statement { return e.lookup() }

// clientAnswer reads event 3008, the query completed.
func clientAnswer(e *event) statement { return e.lookup() }

// clientResponse reads event 3020, one server's response. The Dnscache service writes it for everybody; since version 1
// it names the process that asked as ClientPID.
func clientResponse(e *event) statement {
	if pid := uint32(e.uint(32, "ClientPID")); pid != 0 {
		e.ExecutionPID = pid
	}
	return e.lookup()
}

// lookup reads what the three have in common. 3008 calls its status QueryStatus, 3020 Status; 3006 has none.
func (e *event) lookup() statement {
	e.asked = evidence.Lookup{
		Program: evidence.Program{PID: e.ExecutionPID},
		Name:    strings.TrimSuffix(e.text("QueryName"), "."),
		Type:    uint16(e.uint(16, "QueryType")),
		Status:  uint32(e.uint(32, "QueryStatus", "Status")),
	}
	e.hash.Uint(uint64(e.ExecutionPID))
	e.asked.Answers, e.asked.Aliases = results(e.text("QueryResults"))
	return stateLookup
}
