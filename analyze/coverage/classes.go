package coverage

import "strings"

// A class is an event class that the analysis draws on, with what is not seen without it.
type class struct {
	provider string
	id       uint32
	meaning  string
}

// Classes are the event classes the analysis reads, by provider. cmd's tests hold it against what the parsers read.
var classes = []class{
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

// Classes yields provider, id and meaning of every class read.
func Classes(yield func(provider string, id uint32, meaning string) bool) {
	for _, c := range classes {
		if !yield(c.provider, c.id, c.meaning) {
			return
		}
	}
}

// meaning is what an event states, "" when it is not read.
func meaning(provider string, id uint32) string {
	for _, c := range classes {
		if c.id == id && strings.EqualFold(c.provider, provider) {
			return c.meaning
		}
	}
	return ""
}
