package detect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
)

// outline makes a finding of a usage and its facts, with what scoring and ranking need.
func outline(u *Usage, facts []finding.Fact) finding.Finding {
	return finding.Finding{ID: identity(u), Facts: facts, Attribution: u.attribution(), Sent: u.Sent, First: u.First}
}

// describe says the rest.
func describe(f *finding.Finding, u *Usage, c *Context) {
	f.Host, f.Process, f.Inbound, f.Transport = u.hostName(), process(u), u.Inbound, u.Transport
	f.Peer = finding.Peer{IPs: slices.Clone(u.Addrs), Port: u.Port, Domain: u.Domain}
	f.Received, f.Connections, f.Measured, f.Last, f.Series = u.Received, u.Connections, u.Measured, u.Last, u.lines()
	if u.Domain == "" {
		f.Peer.Noted = u.noted
	}
	if u.Host != nil {
		f.HostAddrs = u.Host.Addrs
	} else if u.Connections > 0 {
		f.HostAddrs = []netip.Addr{u.locals[0]}
	}
	name, _ := u.Protocol()
	f.Protocol, f.Confirmed, f.Inner = name, name != "", slices.Sorted(slices.Values(u.inner))
	if p, how := c.spoken(u); name == "" && how != "" {
		f.Protocol = p.Name
	}
	f.Hypothesis = hypothesis(u, f.Facts, c)
	f.Techniques = techniques(u, *f, c)
	f.Innocent, f.Next, f.Missing = innocent(f.Facts), next(u, *f), missing(u)
	refs := u.refs()
	f.Refs, f.RefsTotal = refs.refs(), refs.total
}

// identity is a stable hash over what the finding is about: the same evidence named in another order, or with another
// policy, gives the same one.
func identity(u *Usage) string {
	program := u.Image
	if len(u.Processes) > 0 {
		program = programOf(u.Processes[0])
	}
	host := strings.ToLower(u.hostName())
	if host == "" && u.Connections > 0 {
		host = u.locals[0].String()
	}
	parts := []string{host, program, fmt.Sprint(u.Inbound, u.Transport, u.Port), u.Peer}
	if u.round > 0 {
		parts = append(parts, fmt.Sprint(u.round))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:6])
}

func process(u *Usage) finding.Process {
	f := finding.Process{Executable: u.Image}
	if u.Image != "" {
		f.Name = shown(u.Image)
	}
	for _, p := range u.Processes {
		if p.PID != 0 {
			f.PIDs = append(f.PIDs, p.PID)
		}
		if !p.EntityID.IsZero() {
			f.EntityIDs = append(f.EntityIDs, p.EntityID.String())
		}
		if f.CommandLine == "" {
			f.CommandLine = p.CommandLine
		}
		if f.User == "" {
			f.User = p.User
		}
		if f.Start.IsZero() {
			f.Start = p.Start.Time()
		}
	}
	f.PIDs, f.EntityIDs = sorted(f.PIDs), sorted(f.EntityIDs)
	if len(u.Processes) > 0 {
		f.Chain = chain(u.Processes[0])
	}
	return f
}

// sorted returns each once.
func sorted[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

// maxChain bounds the ancestors that a finding shows; a chain may also be a ring where PIDs were reused.
const maxChain = 8

func chain(p *correlate.Process) []string {
	var out []string
	for len(out) < maxChain {
		if p.Parent == nil {
			if p.ParentImage != "" {
				out = append(out, link(p.ParentImage, p.ParentPID, p.ParentLine))
			}
			return out
		}
		p = p.Parent
		out = append(out, link(p.Image, p.PID, p.CommandLine))
	}
	return out
}

func link(image string, pid uint32, line string) string {
	name := shown(image)
	if line == "" {
		return fmt.Sprintf("%s (%d)", name, pid)
	}
	return fmt.Sprintf("%s (%d): %s", name, pid, line)
}

// missing states the half that is not known.
func missing(u *Usage) []string {
	var out []string
	if u.Tunnel != nil && u.Connections == 0 {
		out = append(out, "bytes were not measured: only the host's log shows the look-ups")
	}
	if n := u.Connections - u.Measured; n > 0 {
		out = append(out, fmt.Sprintf("bytes of %d of %d connections were not measured: no capture or sensor shows them", n, u.Connections))
	}
	if u.cut > 0 {
		out = append(out, fmt.Sprintf("connections that named more files and shares over SMB than are looked at: %d", u.cut))
	}
	if u.leftOut > 0 {
		out = append(out, fmt.Sprintf("the content of %d connections was not looked at: %d others of the same peer each said something else", u.leftOut, maxNews))
	}
	if !u.Known() {
		text := "the process is not known"
		if reason := u.attribution().Reason; reason != "" {
			text += ": " + reason
		}
		out = append(out, text)
	}
	for _, p := range u.Processes {
		if p.CommandLine == "" && p.Image != "System" {
			out = append(out, fmt.Sprintf("command line of PID %d is not known: its start was not logged or not with a command line", p.PID))
			break
		}
	}
	return out
}
