package coverage

import "strings"

// A Class is an event class that the analysis draws on.
type Class struct {
	Provider string
	ID       uint32
	Meaning  string
}

// Classes are the event classes the analysis reads, by provider. The parsers have a list of their own, which a test in
// cmd holds against this one: the analysis knows no formats.
var Classes = []Class{
	{"Microsoft-Windows-Sysmon", 1, "process start"},
	{"Microsoft-Windows-Sysmon", 3, "network connection"},
	{"Microsoft-Windows-Sysmon", 5, "process end"},
	{"Microsoft-Windows-Sysmon", 8, "remote thread"},
	{"Microsoft-Windows-Sysmon", 10, "process access"},
	{"Microsoft-Windows-Sysmon", 22, "DNS query"},
	{"Microsoft-Windows-Security-Auditing", 4688, "process start"},
	{"Microsoft-Windows-Security-Auditing", 4689, "process end"},
	{"Microsoft-Windows-Security-Auditing", 5156, "network connection"},
	{"Microsoft-Windows-Security-Auditing", 5157, "blocked connection"},
	{"Microsoft-Windows-Security-Auditing", 5158, "port bound"},
	{"Microsoft-Windows-DNS-Client", 3006, "DNS query"},
	{"Microsoft-Windows-DNS-Client", 3008, "DNS answer"},
	{"Microsoft-Windows-DNS-Client", 3020, "DNS answer"},
	{"Microsoft-Windows-Eventlog", 104, "log cleared"},
	{"Microsoft-Windows-Eventlog", 1102, "log cleared"},
}

// meaning is what an event states, "" when it is not read.
func meaning(provider string, id uint32) string {
	for _, c := range Classes {
		if c.ID == id && strings.EqualFold(c.Provider, provider) {
			return c.Meaning
		}
	}
	return ""
}
