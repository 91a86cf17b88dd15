package report

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// unknown stands in a table where the evidence does not say.
const unknown = "unknown"

// programName is the base name of the program, "" when the process is not known.
func programName(p *finding.Process) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Executable[strings.LastIndexAny(p.Executable, `\/`)+1:]
}

// programText names the program with the ids of its processes as far as they fit one glance.
func programText(p *finding.Process) string {
	name := programName(p)
	switch n := len(p.PIDs); {
	case n == 0:
		return cmp.Or(name, "process not known")
	case name == "":
		return "PID " + pidList(p.PIDs) + ", name not known"
	case n <= 2:
		return name + " " + pidList(p.PIDs)
	default:
		return name + " (" + counted(n, "process") + ")"
	}
}

func pidList(pids []uint32) string {
	return strings.Join(each(pids, func(p *uint32) string { return strconv.FormatUint(uint64(*p), 10) }), ", ")
}

// hostText names the host, or its address where no log names it.
func hostText(f *finding.Finding) string {
	if f.Host == "" && len(f.HostAddrs) > 0 {
		return f.HostAddrs[0].String()
	}
	return cmp.Or(f.Host, unknown)
}

// peerText names the other end. The port is the service port, which is the host's own when the peer opened the
// connection.
func peerText(f *finding.Finding) string { return peerAddress(f) + notedText(f.Peer.Noted) }

// notedText adds what a capture file calls an address.
func notedText(n *evidence.Naming) string {
	if n == nil {
		return ""
	}
	return " (the capture's name: " + n.Names[0] + ")"
}

func peerAddress(f *finding.Finding) string {
	name := peerName(&f.Peer)
	switch {
	case f.Peer.Port == 0:
		return name
	case f.Inbound:
		return fmt.Sprintf("from %s to port %d", name, f.Peer.Port)
	}
	if a, err := netip.ParseAddr(name); err == nil && a.Is6() {
		name = "[" + name + "]"
	}
	return fmt.Sprintf("%s:%d", name, f.Peer.Port)
}

func peerName(p *finding.Peer) string {
	switch {
	case p.Domain != "":
		return p.Domain
	case len(p.IPs) == 0:
		return unknown
	case len(p.IPs) == 1:
		return p.IPs[0].String()
	}
	return fmt.Sprintf("%s and %d more", p.IPs[0], len(p.IPs)-1)
}

// protocolText names the protocol and says when only the port suggests it.
func protocolText(protocol string, inner []string, confirmed bool) string {
	switch {
	case protocol == "":
		return unknown
	case !confirmed:
		return protocol + " by port"
	case len(inner) > 0:
		return protocol + " > " + strings.Join(inner, " > ")
	}
	return protocol
}

// whyText lists what speaks for a finding, strongest first, and for whom the owner may have sent.
func whyText(f *finding.Finding) string {
	parts := each(byPoints(f.Facts), func(x *finding.Fact) string { return x.Text })
	if b := f.Attribution.Behalf; len(b) > 0 {
		parts = append(parts, "possibly on behalf of "+strings.Join(b, ", ")+", whose command line names the peer")
	}
	return strings.Join(parts, "; ")
}

func byPoints(facts []finding.Fact) []finding.Fact {
	sorted := slices.Clone(facts)
	slices.SortStableFunc(sorted, func(a, b finding.Fact) int { return cmp.Compare(b.Points, a.Points) })
	return sorted
}

// refText is a citation: "Security.evtx record 4711".
func refText(r *evidence.Ref) string {
	if r.Unit == "" {
		return r.File
	}
	return r.File + " " + r.Unit + " " + strconv.FormatUint(r.N, 10)
}

// ParseRef reads a citation as reports print it.
func ParseRef(s string) (evidence.Ref, error) {
	rest, number := cutLast(s)
	file, unit := cutLast(rest)
	n, err := strconv.ParseUint(number, 10, 64)
	if file == "" || unit == "" || err != nil {
		return evidence.Ref{}, fmt.Errorf("%q is no citation of a record: write it as the report does, such as \"Security.evtx record 4711\"", s)
	}
	return evidence.Ref{File: file, Unit: unit, N: n}, nil
}

// cutLast divides a text at its last space.
func cutLast(s string) (before, after string) {
	i := strings.LastIndexByte(s, ' ')
	return s[:max(i, 0)], s[i+1:]
}

// linkText says how a connection and a process were brought together.
func linkText(a *finding.Attribution) string {
	if a.Basis == finding.BasisNone || a.Basis == "" {
		return "none"
	}
	return fmt.Sprintf("%s, confidence %s", a.Basis, trimFloat(a.Confidence, 2))
}

// sourceText shortens the name of a Windows log as people call it: "Sysmon", "Security", "DNS-Client".
func sourceText(channel string) string {
	return strings.TrimSuffix(strings.TrimPrefix(channel, "Microsoft-Windows-"), "/Operational")
}

// severityCounts writes "1 critical, 2 high", leaving out what does not occur.
func severityCounts(n [5]int) string {
	var parts []string
	for s := finding.Critical; ; s-- {
		if n[s] > 0 {
			parts = append(parts, countText(n[s])+" "+s.String())
		}
		if s == finding.Info {
			return strings.Join(parts, ", ")
		}
	}
}

// bySeverity counts the findings shown.
func bySeverity(findings []finding.Finding) (n [5]int) {
	for i := range findings {
		n[findings[i].Severity]++
	}
	return n
}
