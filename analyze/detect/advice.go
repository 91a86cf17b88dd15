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

// excuses says what would explain a kind of fact innocently.
var excuses = []struct{ id, text string }{
	{"process.unusual", "an administrator's or a management tool's script that is known to its owner"},
	{"process.writable-folder", "a program installed for one user only, or a portable tool that its user knows"},
	{"process.pretends", "a renamed copy of an ordinary program that an installer or a vendor ships"},
	{"process.stranger", "an in-house program whose makers left out the version data"},
	{"process.command-line", "a management tool that encodes its scripts or hides their windows"},
	{"process.parent", "a management product that starts its scripts through WMI, WinRM or a service"},
	{"process.injected", "security, accessibility or debugging software that works inside other programs"},
	{"process.reads-credentials", "security software that inspects lsass.exe"},
	{"port.protocol-elsewhere", "a product that is configured to another port"},
	{"port.uncommon", "a product with a port of its own; its documentation names it"},
	{"port.not-its-protocol", "a domain-aware product that queries the directory or administers other machines itself"},
	{"port.manages", "administration from this machine that its owner can name"},
	{"port.leaves-local", "an address of the organisation's own that the local networks do not list"},
	{"port.relay", "a remote support or virtual desktop product that serves this machine's own screen"},
	{"port.sweep", "a scanner or a monitor of the organisation's own, or a program whose server is gone"},
	{"port.listener", "a program with a server function that its user switched on"},
	{"volume.outbound", "a backup, a synchronisation, a large upload or a call that its user remembers"},
	{"volume.outbound-share", "log shipping or telemetry, which only send"},
	{"timing.regular", "an agent, an updater or a monitor that polls by design"},
	{"timing.fan-out", "an inventory or vulnerability scanner, or a console that opens all machines"},
	{"content.bare-address", "an appliance or an in-house service that is used by address"},
	{"content.no-name", "a name that was asked for before the log begins or that the configuration of the log leaves out"},
	{"content.unrecognised", "a product with a protocol of its own"},
	{"content.certificate", "an appliance or an in-house service with a certificate of its own"},
	{"content.agent", "a program that embeds the browser component of Windows"},
	{"content.polling", "an agent that polls its server by design"},
	{"content.dns-tunnel", "a security product or content network that encodes look-ups into names"},
	{"content.remote-control", "administration from this machine that its owner can name"},
}

func innocent(u *Usage, facts []finding.Fact) []string {
	var out []string
	for _, e := range excuses {
		if has(facts, e.id) {
			out = append(out, e.text)
		}
	}
	return out
}

// next says what to do: contain, preserve, collect.
func next(u *Usage, f finding.Finding) []string {
	var out []string
	host := f.Host
	if host == "" && len(f.HostAddrs) > 0 {
		host = f.HostAddrs[0].String()
	}
	peer := f.Peer.Domain
	if peer == "" && len(f.Peer.IPs) > 0 {
		peer = f.Peer.IPs[0].String()
	}
	out = append(out, fmt.Sprintf("contain: isolate %s or block %s port %d, after the volatile evidence is saved", host, peer, f.Peer.Port))
	if u.Known() {
		out = append(out, preserve(f), collect(u, f))
	} else {
		out = append(out, fmt.Sprintf("collect: process and network logs of %s for %s, to learn which process it was", host, span(f)))
	}
	if f.Measured < f.Connections {
		out = append(out, fmt.Sprintf("collect: captures, proxy or firewall logs that show %s, to learn how much was sent", peer))
	}
	return append(out, fmt.Sprintf("look for %s port %d from other hosts", peer, f.Peer.Port))
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
