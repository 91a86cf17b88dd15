package pcap

import (
	"cmp"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// leases puts requests for addresses and their grants together: a client that has no address yet asks from 0.0.0.0, and is
// answered in another connection.
type leases []service.DHCPMessage

func (l *leases) add(messages []service.DHCPMessage) { *l = append(*l, messages...) }

type transaction struct {
	id  uint32
	mac string
}

// emit states who was given which address, in the order of the capture, with the name that the client asked with. A request
// that was not seen granted is stated where it says both name and address: the client has it and renews.
func (l leases) emit(out evidence.Sink) {
	slices.SortStableFunc(l, func(a, b service.DHCPMessage) int { return cmp.Compare(a.Ref.N, b.Ref.N) })
	asked, granted := map[transaction]service.DHCPMessage{}, map[transaction]bool{}
	for _, m := range l {
		key := transaction{m.Transaction, m.MAC}
		if m.Granted {
			granted[key] = true
		} else {
			asked[key] = m
		}
	}
	for _, m := range l {
		key := transaction{m.Transaction, m.MAC}
		switch request := asked[key]; {
		case m.Granted:
			m.HostName = cmp.Or(request.HostName, m.HostName)
			out.Lease(m.Lease)
		case granted[key], request.Ref != m.Ref, !m.Client.IsValid() || m.HostName == "":
		default:
			out.Lease(m.Lease)
		}
	}
}
