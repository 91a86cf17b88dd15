package winlog

import (
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// dnsClient is an event of the DNS client library, written in the process that asked unless said otherwise.
func (m Machine) dnsClient(at time.Time, id uint16, p Process, fields ...evtxfile.Data) evtxfile.Event {
	e := m.event(at, id)
	e.Provider, e.GUID = "Microsoft-Windows-DNS-Client", "{1C95126E-7EEA-49A9-A3FE-A378B03DDB4D}"
	e.Channel = "Microsoft-Windows-DNS-Client/Operational"
	e.Level, e.Keywords = 4, 0x8000000000000000
	e.PID, e.TID, e.UserSID = p.PID, p.PID+12, p.UserSID
	e.Data = fields
	return e
}

// DNSClient3006 is "DNS query is called for the name".
func (m Machine) DNSClient3006(at time.Time, p Process, name string, qtype uint32) evtxfile.Event {
	return m.dnsClient(at, 3006, p,
		data("QueryName", name),
		data("QueryType", qtype),
		data("QueryOptions", uint64(0x40006000)),
		data("ServerList", ""),
		data("IsNetworkQuery", uint32(0)),
		data("NetworkQueryIndex", uint32(0)),
		data("InterfaceIndex", uint32(0)),
		data("IsAsyncQuery", uint32(0)))
}

// DNSClient3008 is "DNS query is completed for the name". Results are written as in Sysmon's event 22.
func (m Machine) DNSClient3008(at time.Time, p Process, name string, qtype, status uint32, results string) evtxfile.Event {
	return m.dnsClient(at, 3008, p,
		data("QueryName", name),
		data("QueryType", qtype),
		data("QueryOptions", uint64(0x40006000)),
		data("QueryStatus", status),
		data("QueryResults", results))
}

// DNSClient3020 is "Query response for name". The process is the Dnscache service when that answered.
func (m Machine) DNSClient3020(at time.Time, p Process, name string, qtype, status uint32, results string) evtxfile.Event {
	return m.dnsClient(at, 3020, p,
		data("QueryName", name),
		data("QueryType", qtype),
		data("NetworkIndex", uint32(0)),
		data("InterfaceIndex", uint32(0)),
		data("Status", status),
		data("QueryResults", results))
}
