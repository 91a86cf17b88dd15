package detect

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// twoSigns, threeSigns, moreSigns: how many of the signs below agree.
	twoSigns   = 45
	threeSigns = 60
	moreSigns  = 70
	// enoughSigns: one alone is ordinary.
	enoughSigns = 2
	// textShare is the share of TXT, NULL and other data-carrying types that ordinary names never reach.
	textShare = 0.3
	// textVolume is more than the mail and verification records of a domain hold together, in bytes.
	textVolume = 4096
)

// dnsTunnel: the names asked for under one registered domain carry data.
var dnsTunnel = Detector{
	Name: "content.dns-tunnel", Family: finding.FamilyContent, Technique: "T1071.004",
	Innocent: "a security product or content network that encodes look-ups into names",
	Find: func(u *Usage, c *Context) []finding.Fact {
		n := u.Tunnel
		if n == nil {
			return nil
		}
		points := []float64{twoSigns, threeSigns, moreSigns, moreSigns}[n.signs(c.Policy.Thresholds)-enoughSigns]
		return fact(points, fmt.Sprintf("%d look-ups of %d different names under %s, on average %.0f characters and %.1f bits per character below it, %.0f %% of types that carry data, %d bytes of it in answers", n.total, n.names.size(), u.Peer, n.length, n.entropy, 100*n.dataShare(), n.texts.N), n.refs,
			finding.Number{Name: "different names", Value: float64(n.names.size()), Unit: "count"}, finding.Number{Name: "characters", Value: n.length, Unit: "count"},
			finding.Number{Name: "entropy", Value: n.entropy, Unit: "bits"}, finding.Number{Name: "data types", Value: n.dataShare(), Unit: "ratio"})
	},
}

// Types of records that carry more than an address (RFC 1035, RFC 6895).
const (
	typeNULL = 10
	typeTXT  = 16
	typeKEY  = 25
)

func carriesData(typ uint16) bool { return typ == typeTXT || typ == typeNULL || typ == typeKEY }

func (n *nameUse) dataShare() float64 {
	if n.total == 0 {
		return 0
	}
	return float64(n.carrying) / float64(n.total)
}

// tunnels makes a usage of every name use that looks as if it carried data: the resolver in between, which the
// connections go to, is not the peer then.
func tunnels(asked []*nameUse, t policy.Thresholds) []*Usage {
	var out []*Usage
	for _, n := range asked {
		if !n.repeats && n.signs(t) >= enoughSigns {
			out = append(out, n.usage())
		}
	}
	slices.SortStableFunc(out, func(a, b *Usage) int { return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Peer, b.Peer)) })
	return out
}

func (n *nameUse) usage() *Usage {
	u := &Usage{Host: n.host, Transport: evidence.UDP, Port: 53, Peer: n.domain, Addrs: slices.Clone(n.resolvers), sum: n.carriers,
		timeline: n.timeline, First: n.first, Last: n.last, Tunnel: n}
	u.Sent, u.Received, u.Measured = n.sent, n.received, n.measured
	if n.domain != noDomain {
		u.Domain = n.domain
	}
	if n.asker != nil {
		u.Processes = []*correlate.Process{n.asker}
	}
	u.finish()
	return u
}

// signs counts how many of these agree: many different names, long ones, such without words, types that carry data,
// much data in them.
// Of few look-ups nothing is said.
func (n *nameUse) signs(t policy.Thresholds) int {
	if float64(n.total) < t.DNSUniqueNames.Value {
		return 0
	}
	k := 0
	for _, sign := range []bool{float64(n.names.size()) >= t.DNSUniqueNames.Value, n.length >= t.DNSLabelLength.Value, n.entropy >= t.DNSEntropy.Value, n.dataShare() >= textShare, n.texts.N >= textVolume} {
		if sign {
			k++
		}
	}
	return k
}
