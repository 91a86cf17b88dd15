package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// describe makes a finding of a usage and its facts, without a score yet.
func describe(u *Usage, facts []finding.Fact, c *Context) finding.Finding {
	f := finding.Finding{
		ID: identity(u), Host: u.hostName(), Process: process(u), Inbound: u.Inbound, Transport: u.Transport,
		Peer: finding.Peer{IPs: slices.Clone(u.Addrs), Port: u.Port, Domain: u.Domain},
		Sent: u.Sent, Received: u.Received, Connections: len(u.Links), Measured: u.Measured,
		First: u.First, Last: u.Last, Facts: facts, Attribution: u.attribution(), Series: series(u),
	}
	if u.Host != nil {
		f.HostAddrs = u.Host.Addrs
	} else if len(u.Links) > 0 {
		f.HostAddrs = []netip.Addr{u.Links[0].Local.Addr()}
	}
	name, _ := u.Protocol()
	f.Protocol, f.Confirmed, f.Inner = name, name != "", inner(u)
	if p, how := c.spoken(u); name == "" && how != "" {
		f.Protocol = p.Name
	}
	f.Hypothesis = hypothesis(u, facts, c)
	f.Techniques = techniques(u, f, c)
	f.Innocent, f.Next, f.Missing = innocent(u, facts), next(u, f), missing(u)
	refs := u.refs()
	f.Refs, f.RefsTotal = refs[:min(len(refs), finding.MaxRefs)], len(refs)
	return f
}

// identity is a stable hash over what the finding is about: the same evidence named in another order, or with another
// policy, gives the same one.
func identity(u *Usage) string {
	program := u.Image
	if len(u.Processes) > 0 {
		program = programOf(u.Processes[0])
	}
	host := strings.ToLower(u.hostName())
	if host == "" && len(u.Links) > 0 {
		host = u.Links[0].Local.Addr().String()
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{host, program, fmt.Sprint(u.Inbound, u.Transport, u.Port), u.Peer}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

func process(u *Usage) finding.Process {
	f := finding.Process{Executable: u.Image, Name: u.Image[strings.LastIndexAny(u.Image, `\/`)+1:]}
	for _, p := range u.Processes {
		if p.PID != 0 && !slices.Contains(f.PIDs, p.PID) {
			f.PIDs = append(f.PIDs, p.PID)
		}
		if p.EntityID != "" && !slices.Contains(f.EntityIDs, p.EntityID) {
			f.EntityIDs = append(f.EntityIDs, p.EntityID)
		}
		if f.CommandLine == "" {
			f.CommandLine = p.CommandLine
		}
		if f.User == "" {
			f.User = p.User
		}
		if f.Start.IsZero() {
			f.Start = p.Start
		}
	}
	slices.Sort(f.PIDs)
	slices.Sort(f.EntityIDs)
	if len(u.Processes) > 0 {
		f.Chain = chain(u.Processes[0])
	}
	return f
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
	name := image[strings.LastIndexAny(image, `\/`)+1:]
	if line == "" {
		return fmt.Sprintf("%s (%d)", name, pid)
	}
	return fmt.Sprintf("%s (%d): %s", name, pid, line)
}

func inner(u *Usage) []string {
	var out []string
	for _, c := range u.Conns() {
		for _, n := range c.Inner {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out
}

// missing states the half that is not known.
func missing(u *Usage) []string {
	var out []string
	if n := len(u.Links) - u.Measured; n > 0 {
		out = append(out, fmt.Sprintf("bytes of %d of %d connections were not measured: no capture or sensor shows them", n, len(u.Links)))
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

// maxLines bounds the traffic over time that a finding shows.
const maxLines = 120

// series is the traffic over time in at most maxLines equal steps.
func series(u *Usage) []finding.Line {
	points := pointsOf(u)
	if len(points) == 0 {
		return nil
	}
	first, last := points[0].At, points[0].At
	for _, p := range points {
		first, last = earliest(first, p.At), latest(last, p.At)
	}
	step := last.Sub(first)/maxLines + 1
	lines := make([]finding.Line, maxLines)
	for _, p := range points {
		l := &lines[min(int(p.At.Sub(first)/step), maxLines-1)]
		if l.At.IsZero() || p.At.Before(l.At) {
			l.At = p.At
		}
		l.Sent, l.Recv, l.Events = l.Sent+p.Sent, l.Recv+p.Recv, l.Events+p.Events
	}
	return slices.DeleteFunc(lines, func(l finding.Line) bool { return l.At.IsZero() })
}

// pointsOf is every burst of every connection, as seen from the host; a connection that was not measured is one point
// without bytes.
func pointsOf(u *Usage) []finding.Line {
	var out []finding.Line
	for _, l := range u.Links {
		if l.Start.IsZero() {
			continue
		}
		out = append(out, finding.Line{At: l.Start, Events: 1})
		if l.Conn == nil {
			continue
		}
		if len(l.Conn.Series) == 0 {
			sent, received := l.Sent()
			out[len(out)-1].Sent, out[len(out)-1].Recv = sent.N, received.N
		}
		for _, p := range l.Conn.Series {
			out = append(out, burst(l, p))
		}
	}
	return out
}

func burst(l *correlate.Link, p evidence.Point) finding.Line {
	if l.Conn.Orig == l.Local {
		return finding.Line{At: p.At, Sent: p.Orig, Recv: p.Resp}
	}
	return finding.Line{At: p.At, Sent: p.Resp, Recv: p.Orig}
}
