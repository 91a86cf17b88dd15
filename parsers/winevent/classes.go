package winevent

import "strings"

// The providers whose events are read, with the channels that stand for them where an export dropped the provider.
const (
	sysmon   = "Microsoft-Windows-Sysmon"
	security = "Microsoft-Windows-Security-Auditing"
	dns      = "Microsoft-Windows-DNS-Client"
	eventlog = "Microsoft-Windows-Eventlog"
)

// A Class is one kind of event that is read.
type Class struct {
	Provider string
	EventID  uint32
	Meaning  string // a short noun for coverage: "network connection"
	read     func(*event) statement
}

// Classes lists every event that is read, by source and id.
func Classes() []Class { return append([]Class(nil), classes...) }

var classes = []Class{
	{sysmon, 1, "process start", sysmonStart},
	{sysmon, 3, "network connection", sysmonConnection},
	{sysmon, 5, "process end", sysmonExit},
	{sysmon, 8, "remote thread", sysmonThread},
	{sysmon, 10, "process access", sysmonAccess},
	{sysmon, 22, "DNS query", sysmonQuery},

	{security, 4688, "process start", securityStart},
	{security, 4689, "process end", securityExit},
	{security, 5156, "network connection", platformConnection},
	{security, 5157, "blocked connection", platformBlocked},
	{security, 5158, "port bound", platformBind},

	{dns, 3006, "DNS query", clientQuery},
	{dns, 3008, "DNS answer", clientAnswer},
	{dns, 3020, "DNS answer", clientResponse},

	{eventlog, 104, "log cleared", logCleared},
	{eventlog, 1102, "log cleared", logCleared},
}

// find returns the class of an event. The list is short and most events differ in the number, which is compared first.
func find(provider, channel string, id uint32) (Class, bool) {
	for _, c := range classes {
		if c.EventID == id && speaks(c.Provider, provider, channel) {
			return c, true
		}
	}
	return Class{}, false
}

// speaks tells whether a record is of the wanted provider. An export that dropped the provider is judged by its channel.
func speaks(want, provider, channel string) bool {
	if provider != "" {
		return strings.EqualFold(want, provider)
	}
	switch want {
	case sysmon, dns:
		return len(channel) > len(want) && strings.EqualFold(want, channel[:len(want)])
	case security:
		return strings.EqualFold("Security", channel)
	}
	return strings.EqualFold("Security", channel) || strings.EqualFold("System", channel)
}
