package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

func has(facts []finding.Fact, ids ...string) bool {
	return slices.ContainsFunc(facts, func(f finding.Fact) bool { return slices.Contains(ids, f.ID) })
}

// hypothesis is the first that fits, from the most specific to the most general.
func hypothesis(u *Usage, facts []finding.Fact, c *Context) finding.Hypothesis {
	p, how := c.spoken(u)
	switch {
	case has(facts, "content.dns-tunnel", "content.dns-over-https", "port.relay") || p.Name == "ssh" && has(facts, "port.protocol-elsewhere"):
		return finding.Tunnel
	case has(facts, "timing.fan-out", "port.sweep"):
		return finding.Reconnaissance
	case how != "" && p.Name == "ldap" && c.local(u):
		return finding.Reconnaissance
	case how != "" && p.Local && c.local(u):
		return finding.Lateral
	case has(facts, "volume.outbound", "volume.outbound-share", "volume.uploads", "volume.outlier", "content.http-upload"):
		return finding.Exfiltration
	case len(families(facts)) > 1:
		return finding.CommandAndControl
	}
	return finding.Unclear
}

func families(facts []finding.Fact) map[finding.Family]bool {
	out := map[finding.Family]bool{}
	for _, f := range facts {
		out[f.Family] = true
	}
	return out
}

// innocent says what would explain each kind of fact innocently, in the order of All.
func innocent(facts []finding.Fact) []string {
	var out []string
	for _, d := range All {
		if has(facts, d.Name) && !slices.Contains(out, d.Innocent) {
			out = append(out, d.Innocent)
		}
	}
	return out
}

// next says what to do: contain, preserve, collect, look further.
func next(u *Usage, f finding.Finding) []string {
	host, peer := f.Host, peerWords(f)
	if host == "" && len(f.HostAddrs) > 0 {
		host = f.HostAddrs[0].String()
	}
	out := []string{fmt.Sprintf("contain: isolate %s or block %s, after the volatile evidence is saved", host, peer)}
	if u.Known() {
		out = append(out, preserve(f), collect(u, f))
	} else {
		out = append(out, fmt.Sprintf("collect: process and network logs of %s for %s, to learn which process it was", host, span(f)))
	}
	if f.Measured < f.Connections || f.Connections == 0 {
		out = append(out, fmt.Sprintf("collect: captures, proxy or firewall logs that show %s, to learn how much was sent", peer))
	}
	return append(out, fmt.Sprintf("look for %s from other hosts", peer))
}

// peerWords names the peer: by name where it has one, with the port where there is one.
func peerWords(f finding.Finding) string {
	peer := f.Peer.Domain
	if peer == "" && len(f.Peer.IPs) > 0 {
		peer = f.Peer.IPs[0].String()
		if n := len(f.Peer.IPs) - 1; n > 0 {
			peer += fmt.Sprintf(" and %d other addresses", n)
		}
	}
	if f.Peer.Port != 0 && !f.Inbound {
		peer += fmt.Sprintf(" port %d", f.Peer.Port)
	}
	return peer
}

func span(f finding.Finding) string {
	return f.First.UTC().Format("2006-01-02 15:04:05") + " to " + f.Last.UTC().Format("2006-01-02 15:04:05") + " UTC"
}

func preserve(f finding.Finding) string {
	if len(f.Process.PIDs) == 0 {
		return "preserve: memory of " + f.Process.Name
	}
	return fmt.Sprintf("preserve: memory of %s PID %s while it lives", f.Process.Name, listed(decimal(f.Process.PIDs), 5))
}

func decimal(pids []uint32) []string {
	var out []string
	for _, p := range pids {
		out = append(out, fmt.Sprint(p))
	}
	return out
}

func collect(u *Usage, f finding.Finding) string {
	for _, p := range u.Processes {
		if p.Hashes != "" {
			return fmt.Sprintf("collect: %s (%s), the files it wrote and what started it", f.Process.Executable, p.Hashes)
		}
	}
	return fmt.Sprintf("collect: %s and its hash, the files it wrote and what started it", f.Process.Executable)
}
