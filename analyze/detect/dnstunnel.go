package detect

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
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
		length, entropy := n.labels()
		return fact(points, fmt.Sprintf("%d look-ups of %d different names under %s, on average %.0f characters and %.1f bits per character below it, %.0f %% of types that carry data, %d bytes of it in answers", n.total, len(n.names), u.Peer, length, entropy, 100*n.dataShare(), n.texts), n.refs,
			finding.Number{Name: "different names", Value: float64(len(n.names)), Unit: "count"}, finding.Number{Name: "characters", Value: length, Unit: "count"},
			finding.Number{Name: "entropy", Value: entropy, Unit: "bits"}, finding.Number{Name: "data types", Value: n.dataShare(), Unit: "ratio"})
	},
}

// signs counts how many of these agree: many different names, long ones, such without words, types that carry data,
// much data in them.
// Of few look-ups nothing is said.
func (n *nameUse) signs(t policy.Thresholds) int {
	if float64(n.total) < t.DNSUniqueNames.Value {
		return 0
	}
	length, entropy := n.labels()
	k := 0
	for _, sign := range []bool{float64(len(n.names)) >= t.DNSUniqueNames.Value, length >= t.DNSLabelLength.Value, entropy >= t.DNSEntropy.Value, n.dataShare() >= textShare, n.texts >= textVolume} {
		if sign {
			k++
		}
	}
	return k
}

// labels returns the mean length of what stands below the registered domain, and the mean entropy per character of it.
func (n *nameUse) labels() (length, entropy float64) {
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		below := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(name, n.domain), "."), ".", "")
		length += float64(len(below))
		entropy += shannon(below)
	}
	if k := float64(len(n.names)); k > 0 {
		return length / k, entropy / k
	}
	return 0, 0
}

// shannon is the entropy of the characters of a text in bits per character.
func shannon(s string) float64 {
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	sum := 0.0
	for _, k := range count {
		if k > 0 {
			p := float64(k) / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
