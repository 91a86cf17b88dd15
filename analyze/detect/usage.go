package detect

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Usage is what one program on one host did with one service of one peer: the unit that findings speak of. The
// program is unknown where no host log names it. Its connections are not kept but added up: a resolver may have a million.
type Usage struct {
	Host        *correlate.Host // nil when neither end is local
	Image       string          // best path known, "" unknown
	Service     string          // of svchost.exe
	Processes   []*correlate.Process
	Transport   evidence.Transport
	Port        uint16 // service port; 0 where the transport has none
	Inbound     bool
	gone        bool   // another usage stands for this one, or it has been judged
	Peer        string // registered domain of the name asked for, else the address
	Domain      string // the name asked for or named by the content, best first; "" unknown
	Addrs       []netip.Addr
	First, Last time.Time
	sum
	timeline
	contents
	opened   map[*correlate.Process]*opening // of each of Processes; nil where it was not young
	quiet    *quietLink                      // the first one
	resolver *resolver                       // likewise
	protocol string                          // what Protocol says
	// Tunnel is set on a usage that stands for the names of one domain rather than for connections to an address.
	Tunnel *nameUse
	// Sweep is set on a usage that stands for many services tried in vain.
	Sweep *sweepUse
	// round is how often usages had been judged before it began: there may have been another one of the same key.
	round int
}

type usageKey struct {
	host      *correlate.Host
	program   string
	inbound   bool
	transport evidence.Transport
	port      uint16
	peer      string
}

// worthGrouping leaves out what never leaves the host, what is sent to everybody in the segment, and the outer flows
// of tunnels, whose inner flows are links of their own.
func worthGrouping(l *correlate.Link) bool {
	r := l.Remote.Addr()
	if r.IsLoopback() || l.Local.Addr().IsLoopback() || r.IsMulticast() || r.IsUnspecified() || r == broadcast || r == l.Local.Addr() {
		return false
	}
	return l.Conn == nil || !l.Conn.Carries
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

func keyOf(l *correlate.Link, local func(netip.Addr) bool) usageKey {
	k := usageKey{host: l.Host, program: programOf(l.Process), inbound: l.Outbound == evidence.No, transport: l.Transport, peer: peerOf(l, local)}
	if l.Transport == evidence.TCP || l.Transport == evidence.UDP || l.Transport == evidence.SCTP {
		k.port = l.ServicePort()
	}
	return k
}

// programOf is the identity of a program: its path, and for svchost.exe the service group as well.
func programOf(p *correlate.Process) string {
	if p == nil {
		return ""
	}
	if p.Image == "" {
		return "pid " + strconv.FormatUint(uint64(p.PID), 10) + " " + p.EntityID.String()
	}
	return policy.Normal(p.Image) + "|" + strings.ToLower(p.Service)
}

// peerOf is the registered domain of the name asked for, since large services answer from many addresses. Inside the
// local networks every machine is a peer of its own, although all share the domain.
func peerOf(l *correlate.Link, local func(netip.Addr) bool) string {
	if len(l.Names) > 0 && l.Outbound != evidence.No && !local(l.Remote.Addr()) {
		if d := registered(l.Names[0]); d != "" {
			return d
		}
	}
	return l.Remote.Addr().Unmap().String()
}

// registered returns the registered domain of a name, the name itself where there is none (single labels, private
// suffixes), and "" for an address.
func registered(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(name); err == nil || name == "" {
		return ""
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return d
	}
	return name
}

// add adds a connection; what thresholds it is held against stands in p.
func (u *Usage) add(l *correlate.Link, p *policy.Policy, r room) {
	u.sum.add(l)
	u.timeline.add(l, r)
	if l.Conn != nil {
		u.contents.add(l.Conn, r)
	}
	if l.Process != nil {
		u.open(l, p.Thresholds)
	}
	u.Addrs = include(u.Addrs, l.Remote.Addr().Unmap())
	if u.Domain == "" && len(l.Names) > 0 && registered(l.Names[0]) != "" {
		u.Domain = strings.ToLower(l.Names[0])
	}
	if u.quiet == nil && !u.Inbound {
		u.quiet = quietOf(l, p.Thresholds)
	}
	if u.resolver == nil && !u.Inbound && u.Port == 443 && l.Process != nil {
		u.resolver = resolverOf(l, p)
	}
	u.First, u.Last = earliest(u.First, l.Start), latest(latest(u.Last, l.Start), l.End)
}

func (u *Usage) open(l *correlate.Link, t policy.Thresholds) {
	if _, met := u.opened[l.Process]; met {
		return
	}
	if u.opened == nil {
		u.opened = map[*correlate.Process]*opening{}
	}
	u.opened[l.Process] = openingOf(l, t)
	u.Processes = append(u.Processes, l.Process)
}

// join adds what another usage did.
func (u *Usage) join(o *Usage, r room) {
	u.sum.join(&o.sum)
	u.timeline.join(&o.timeline)
	u.contents.join(&o.contents, r)
	for _, p := range o.Processes {
		if _, met := u.opened[p]; !met {
			if u.opened == nil {
				u.opened = map[*correlate.Process]*opening{}
			}
			u.opened[p] = o.opened[p]
			u.Processes = append(u.Processes, p)
		}
	}
	u.Addrs = include(u.Addrs, o.Addrs...)
	u.Domain = cmp.Or(u.Domain, o.Domain)
	u.First, u.Last = earliest(u.First, o.First), latest(u.Last, o.Last)
}

func (u *Usage) finish() {
	slices.SortFunc(u.Addrs, netip.Addr.Compare)
	slices.SortStableFunc(u.Processes, func(a, b *correlate.Process) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.PID, b.PID), a.EntityID.Compare(b.EntityID))
	})
	for _, p := range u.Processes {
		if u.Image == "" {
			u.Image, u.Service = p.Image, p.Service
		}
	}
	u.protocol = u.elected()
}

// Program is the base name in lower case, "" when unknown.
func (u *Usage) Program() string { return policy.Base(u.Image) }

// Known tells whether a host log names the program.
func (u *Usage) Known() bool { return len(u.Processes) > 0 }

// Protocol returns the outermost protocol that content confirmed on most connections, and whether content was seen at
// all (seen without a name: it was not recognised).
func (u *Usage) Protocol() (name string, seen bool) { return u.protocol, u.content }

// subject is how policy matches see the usage.
func (u *Usage) subject(local func(netip.Addr) bool) policy.Subject {
	return policy.Subject{Host: u.hostName(), Image: u.Image, Service: u.Service, Peers: u.Addrs, Domain: u.Domain, Port: u.Port,
		Transport: string(u.Transport), Protocol: u.protocol, Inbound: u.Inbound, Local: local, Last: u.Last}
}

// askedConfidence leaves room for another process that asked for names of the same domain.
const askedConfidence = 0.9

func (u *Usage) hostName() string {
	if u.Host == nil {
		return ""
	}
	return u.Host.Name
}

// attribution returns the surest link of the usage: one sure link is enough to say that this program used this peer.
func (u *Usage) attribution() finding.Attribution {
	if u.Tunnel != nil && u.Tunnel.logged && u.Known() {
		return finding.Attribution{Basis: finding.BasisLookup, Confidence: askedConfidence, Reason: "the host's log names the process that asked for names of the domain"}
	}
	if u.Connections == 0 {
		return finding.Attribution{Basis: finding.BasisNone}
	}
	return u.surest
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
