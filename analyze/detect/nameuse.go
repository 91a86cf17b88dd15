package detect

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// Bounds of what is stated about names: the uses, and what one of them lists.
const (
	maxNameUses = 200
	maxTypes    = 12
	maxNameRefs = 5
)

// statements are the uses with the most different names, and how many more there are.
func (x *nameIndex) statements() (out []finding.NameUse, leftOut int) {
	uses := x.mostNames()
	slices.SortStableFunc(uses, func(a, b *nameUse) int {
		return cmp.Or(cmp.Compare(b.names.size(), a.names.size()), cmp.Compare(a.hostName(), b.hostName()), slices.CompareFunc(a.addrs(), b.addrs(), netip.Addr.Compare),
			cmp.Compare(a.domain, b.domain), compareAskers(a.asker, b.asker))
	})
	for _, n := range uses[:min(len(uses), maxNameUses)] {
		out = append(out, n.statement())
	}
	return out, len(x.uses) - len(out) + x.forgotten
}

// mostNames are the uses that have as many names as those that are stated, which are few of all.
func (x *nameIndex) mostNames() []*nameUse {
	uses := slices.Clone(x.uses)
	if len(uses) <= maxNameUses {
		return uses
	}
	sizes := make([]int, len(uses))
	for i, n := range uses {
		sizes[i] = n.names.size()
	}
	slices.Sort(sizes)
	least := sizes[len(sizes)-maxNameUses]
	return slices.DeleteFunc(uses, func(n *nameUse) bool { return n.names.size() < least })
}

// maxHeldNames bounds the uses of names that are held.
const maxHeldNames = 1 << 15

// forget lets go of the uses of a case that holds too many: those of the fewest names, and of them the ones idle for longest.
// Those of hosts with a log stay, and those that look as if they carried data. It returns how many there may be from now on.
func (x *nameIndex) forget(most int, t policy.Thresholds) int {
	small := slices.DeleteFunc(slices.Clone(x.uses), func(n *nameUse) bool {
		n.label()
		return n.host != nil && n.host.Logged || n.signs(t) >= enoughSigns
	})
	sortBy(small, func(n *nameUse) (int, time.Time) { return n.names.size(), n.last })
	small = small[:min(len(small), len(x.uses)-most/4*3)]
	for _, n := range small {
		n.gone = true
		delete(x.byKey, n.askerKey)
		x.moments -= n.amount
	}
	x.forgotten += len(small)
	x.uses = slices.DeleteFunc(x.uses, func(n *nameUse) bool { return n.gone })
	return max(most, len(x.uses)/3*4)
}

func compareAskers(a, b *correlate.Process) int {
	nobody := correlate.Process{Details: &correlate.Details{}}
	a, b = cmp.Or(a, &nobody), cmp.Or(b, &nobody)
	return cmp.Or(cmp.Compare(a.Image, b.Image), cmp.Compare(a.PID, b.PID), cmp.Compare(a.Start, b.Start), a.EntityID.Compare(b.EntityID))
}

func (n *nameUse) statement() finding.NameUse {
	refs := n.refs.refs()
	s := finding.NameUse{Host: n.hostName(), HostAddrs: n.addrs(), Queries: n.total, UniqueNames: n.names.size(), MoreNames: n.more,
		LabelLength: n.length, Entropy: n.entropy, Sent: n.sent, Received: n.received, Texts: n.texts,
		First: n.first, Last: n.last, Logged: n.logged, Refs: refs[:min(len(refs), maxNameRefs)], RefsTotal: n.refs.total}
	if n.domain != noDomain {
		s.Domain = n.domain
	}
	if n.asker != nil {
		s.Process = instance(n.asker)
	}
	s.Types, s.OtherTypes = n.frequentTypes()
	return s
}

func (n *nameUse) hostName() string {
	if n.host == nil {
		return ""
	}
	return n.host.Name
}

func (n *nameUse) addrs() []netip.Addr {
	if n.host == nil {
		return []netip.Addr{n.client}
	}
	return n.host.Addrs
}

// instance tells a process apart from others; what it was for stands with the findings.
func instance(p *correlate.Process) finding.Process {
	out := finding.Process{Executable: p.Image, Start: p.Start.Time()}
	if p.Image != "" {
		out.Name = shown(p.Image)
	}
	if p.PID != 0 {
		out.PIDs = []uint32{p.PID}
	}
	if !p.EntityID.IsZero() {
		out.EntityIDs = []string{p.EntityID.String()}
	}
	return out
}

// frequentTypes lists the types most asked for, and counts the look-ups of the others.
func (n *nameUse) frequentTypes() (out []finding.TypeCount, others int) {
	out, others = slices.Clone(n.types), n.otherTypes
	slices.SortFunc(out, func(a, b finding.TypeCount) int {
		return cmp.Or(cmp.Compare(b.Queries, a.Queries), cmp.Compare(a.Type, b.Type))
	})
	for _, t := range out[min(len(out), maxTypes):] {
		others += t.Queries
	}
	return out[:min(len(out), maxTypes)], others
}

// label works out the mean length of what stands below the registered domain, and the mean entropy per character of it.
func (n *nameUse) label() {
	if n.labelled == n.names.size() {
		return
	}
	n.labelled = n.names.size()
	length, entropy := 0.0, 0.0
	for _, name := range slices.Sorted(slices.Values(n.names.list)) {
		below := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(name, n.domain), "."), ".", "")
		length += float64(len(below))
		entropy += shannon(below)
	}
	k := float64(n.labelled)
	n.length, n.entropy = length/k, entropy/k
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

// distinctNames is a set of names. Most hold one, and there are many: an index is made once there are more than few.
type distinctNames struct {
	list  []string // in the order of their first look-up
	index map[string]bool
}

// few names are found by looking through them.
const few = 32

func (d *distinctNames) size() int { return len(d.list) }

// add puts a name into the set and tells whether it would be new and finds no room.
func (d *distinctNames) add(name string) (more bool) {
	if d.has(name) {
		return false
	}
	if len(d.list) >= maxNames {
		return true
	}
	d.list = append(d.list, name)
	switch {
	case d.index != nil:
		d.index[name] = true
	case len(d.list) > few:
		d.index = map[string]bool{}
		for _, n := range d.list {
			d.index[n] = true
		}
	}
	return false
}

func (d *distinctNames) has(name string) bool {
	if d.index != nil {
		return d.index[name]
	}
	return slices.Contains(d.list, name)
}
