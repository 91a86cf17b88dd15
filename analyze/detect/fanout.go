package detect

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// visitsMany: one program, one service, one machine after the other.
const visitsMany = 40

// fanOut: the program opened the same service at many machines of the local networks within a short time.
var fanOut = Detector{
	Name: "timing.fan-out", Family: finding.FamilyTiming, Technique: "T1018",
	Innocent: "an inventory or vulnerability scanner, or a console that opens all machines",
	Find: func(u *Usage, c *Context) []finding.Fact {
		t := c.Policy.Thresholds
		peers := c.visited[u]
		if peers == 0 || float64(peers) < t.FanOut.Value {
			return nil
		}
		return fact(visitsMany, fmt.Sprintf("%d machines were visited at port %d within %.0f s", peers, u.Port, t.FanOutWindow.Value), u.refs(),
			finding.Number{Name: "machines", Value: float64(peers), Unit: "count"}, finding.Number{Name: "window", Value: t.FanOutWindow.Value, Unit: "s"})
	},
}

// A visit is one connection of a program to one machine.
type visit struct {
	at   time.Time
	peer string
	by   *Usage
}

type tour struct {
	host      *correlate.Host
	image     string
	port      uint16
	transport evidence.Transport
}

// visits counts, for every usage of a protocol of the local networks, the machines that the same program visited at the
// same port within the window around one of its connections: the most of any window that holds one.
func (c *Context) visits() map[*Usage]int {
	tours := map[tour][]visit{}
	for _, u := range c.Usages {
		p, how := c.spoken(u)
		if u.Inbound || how == "" || !p.Local || !c.local(u) || u.Tunnel != nil {
			continue
		}
		k := tour{u.Host, u.Image, u.Port, u.Transport}
		for _, s := range u.moments() {
			if s.events > 0 {
				tours[k] = append(tours[k], visit{s.time(), u.Peer, u})
			}
		}
	}
	most := map[*Usage]int{}
	for _, vs := range tours {
		slices.SortFunc(vs, func(a, b visit) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.peer, b.peer)) })
		countVisits(vs, seconds(c.Policy.Thresholds.FanOutWindow.Value), most)
	}
	return most
}

// countVisits gives every visit the count of the fullest window that holds it; visits are in order of time.
func countVisits(vs []visit, window time.Duration, most map[*Usage]int) {
	full := distinct(vs, window)
	var queue []int // windows in falling order of end and of count; the front is the fullest
	for k := len(vs) - 1; k >= 0; k-- {
		for len(queue) > 0 && full[queue[len(queue)-1]] <= full[k] {
			queue = queue[:len(queue)-1]
		}
		queue = append(queue, k)
		for vs[queue[0]].at.Sub(vs[k].at) > window {
			queue = queue[1:]
		}
		most[vs[k].by] = max(most[vs[k].by], full[queue[0]])
	}
}

// distinct counts the machines in the window that ends with each visit.
func distinct(vs []visit, window time.Duration) []int {
	full := make([]int, len(vs))
	in := map[string]int{}
	first := 0
	for i, v := range vs {
		for v.at.Sub(vs[first].at) > window {
			if in[vs[first].peer]--; in[vs[first].peer] == 0 {
				delete(in, vs[first].peer)
			}
			first++
		}
		in[v.peer]++
		full[i] = len(in)
	}
	return full
}
