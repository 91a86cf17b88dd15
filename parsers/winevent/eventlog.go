package winevent

import (
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// logCleared reads events 1102 (the Security log) and 104 (any other), whose data is UserData/LogFileCleared. Only 104
// names the log; exports that keep nothing but the message have it there.
// https://learn.microsoft.com/windows/security/threat-protection/auditing/event-1102
func logCleared(e *event) statement {
	c := evidence.Cleared{Log: e.clearedLog(), User: e.account("SubjectDomainName", "SubjectUserName")}
	if c.User == "" {
		c.User = e.joinAccount(e.after("Domain Name:"), e.after("Account Name:"))
	}
	e.hash.Text(c.Log)
	e.hash.Text(c.User)
	e.cleared = c
	return stateCleared
}

func (e *event) clearedLog() string {
	if e.EventID == 1102 {
		return "Security"
	}
	if log := e.field("Channel"); log != "" {
		return log
	}
	before, _, ok := strings.Cut(e.message(), " log file was cleared")
	if !ok {
		return ""
	}
	return strings.TrimPrefix(before, "The ")
}
