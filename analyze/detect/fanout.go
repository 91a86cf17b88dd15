package detect

import (
	"fmt"
	"net/netip"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
)

// visitsMany: one program, one service, one machine after the other.
const visitsMany = 40

// fanOut: the program opened the same service at many machines of the local networks within a short time.
var fanOut = Detector{"timing.fan-out", finding.FamilyTiming, func(u *Usage, c *Context) []finding.Fact {
	p, how := c.spoken(u)
	if u.Inbound || how == "" || !p.Local || !c.local(u) {
		return nil
	}
	t := c.Policy.Thresholds
	peers := c.visited(u, t.FanOutWindow.Value)
	if float64(peers) < t.FanOut.Value {
		return nil
	}
	return fact(visitsMany, fmt.Sprintf("%d machines were visited at port %d within %.0f s", peers, u.Port, t.FanOutWindow.Value), u.refs(),
		finding.Number{Name: "machines", Value: float64(peers), Unit: "count"}, finding.Number{Name: "window", Value: t.FanOutWindow.Value, Unit: "s"})
}}

// visited counts the local addresses at which the program opened the usage's port within window seconds of one of the
// usage's connections.
func (c *Context) visited(u *Usage, window float64) int {
	most := 0
	for _, l := range u.Links[:min(len(u.Links), maxWindows)] {
		seen := map[netip.Addr]bool{}
		for _, o := range c.programs[hostProgram{u.Host, u.Image}] {
			if o.Port != u.Port || o.Inbound || o.Transport != u.Transport {
				continue
			}
			for _, k := range o.Links {
				if near(l, k, window) && c.Case.Local(k.Remote.Addr()) {
					seen[k.Remote.Addr()] = true
				}
			}
		}
		most = max(most, len(seen))
	}
	return most
}

// maxWindows bounds how many connections of a usage are looked around.
const maxWindows = 50

func near(a, b *correlate.Link, window float64) bool {
	return b.Start.Sub(a.Start).Abs() <= seconds(window)
}
