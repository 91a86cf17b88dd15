package detect

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// knocks: ordinary programs know where they want to go.
	knocks = 45
	// minKnocks is how many services have to be tried in vain before they are one usage: a laptop away from its network
	// tries a dozen.
	minKnocks = 20
)

// A sweepUse is the tries of one program that no service answered.
type sweepUse struct{ peers, ports, tries int }

// sweep: many services were tried and none answered.
var sweep = Detector{
	Name: "port.sweep", Family: finding.FamilyPort, Technique: "T1046",
	Innocent: "a scanner or a monitor of the organisation's own, or a program whose server is gone",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Sweep == nil {
			return nil
		}
		return fact(knocks, fmt.Sprintf("%d connections to %d ports of %d machines were tried and carried nothing", u.Sweep.tries, u.Sweep.ports, u.Sweep.peers), u.refs(),
			finding.Number{Name: "tries", Value: float64(u.Sweep.tries), Unit: "count"}, finding.Number{Name: "ports", Value: float64(u.Sweep.ports), Unit: "count"},
			finding.Number{Name: "machines", Value: float64(u.Sweep.peers), Unit: "count"})
	},
}

type knocker struct {
	host    *correlate.Host
	program string
}

// sweeps are the usages that stand for the tries of one program each.
type sweeps map[knocker]*fold

// fold makes one usage of the tries of a program where there are many, so that a scan is one finding and not one per port
// and machine. What it has folded before it goes on with.
func (all sweeps) fold(us []*Usage, r room) []*Usage {
	tries := map[knocker]int{}
	for _, u := range us {
		if u.unanswered() {
			tries[u.knocker()]++
		}
	}
	var out []*Usage
	for _, u := range us {
		k := u.knocker()
		f := all[k]
		if !u.unanswered() || f == nil && tries[k] < minKnocks || f != nil && f.Usage == u {
			out = append(out, u)
			continue
		}
		if f == nil {
			f = &fold{Usage: &Usage{Host: u.Host, Image: u.Image, Service: u.Service, Transport: u.Transport, Port: u.Port, Sweep: new(sweepUse)},
				peers: map[netip.Addr]bool{}, ports: map[uint16]bool{}}
			all[k] = f
			out = append(out, f.Usage)
		}
		f.take(u, r)
	}
	for _, f := range all {
		f.finish()
	}
	return out
}

func (u *Usage) knocker() knocker {
	k := knocker{host: u.Host}
	if u.Known() {
		k.program = programOf(u.Processes[0])
	}
	return k
}

// unanswered tells whether captures saw every connection of the usage and none carried anything.
func (u *Usage) unanswered() bool {
	if u.Inbound || u.Transport != evidence.TCP || u.Measured < u.Connections {
		return false
	}
	return u.Sent.Known && u.Received.Known && u.Sent.N+u.Received.N == 0
}

// A fold gathers usages into one.
type fold struct {
	*Usage
	peers map[netip.Addr]bool
	ports map[uint16]bool
}

func (f *fold) take(u *Usage, r room) {
	u.gone = true
	f.join(u, r)
	for _, a := range u.Addrs {
		f.peers[a] = true
	}
	f.ports[u.Port] = true
}

func (f *fold) finish() {
	f.Usage.finish()
	*f.Sweep = sweepUse{len(f.peers), len(f.ports), f.Connections}
	f.Domain, f.Peer = "", strconv.Itoa(len(f.peers))+" machines"
	if len(f.peers) == 1 {
		f.Peer = f.Addrs[0].String()
	}
	if len(f.ports) > 1 {
		f.Port = 0
	}
}
