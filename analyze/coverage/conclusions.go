package coverage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// has tells whether any log of a host holds a class of this meaning.
func has(hc *finding.HostCoverage, meaning string) bool {
	for _, s := range hc.Sources {
		if slices.ContainsFunc(s.Classes, func(c finding.ClassCoverage) bool { return c.Meaning == meaning }) {
			return true
		}
	}
	return false
}

// aboutHost says what can and cannot be concluded about a host.
func aboutHost(hc *finding.HostCoverage) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if len(hc.Sources) == 0 {
		return []string{"no log of this host is here: its connections are known from captures only, without processes"}
	}
	switch {
	case !has(hc, "network connection") && hc.Connections > 0:
		say("no network events logged: its connections are known from captures only, without processes")
	case !has(hc, "network connection"):
		say("no network events logged (Sysmon 3, Security 5156): nothing can be said about what its processes sent")
	}
	if !has(hc, "process start") {
		say("no process starts logged (Sysmon 1, Security 4688): command lines and parents are not known")
	}
	if !has(hc, "DNS query") && !has(hc, "DNS answer") {
		say("no name lookups logged (Sysmon 22, DNS Client 3006, 3008, 3020): names come from captures only, and who asked is not known")
	}
	out = append(out, aboutLogs(hc)...)
	return append(out, aboutClocks(hc)...)
}

func aboutLogs(hc *finding.HostCoverage) (out []string) {
	for _, s := range hc.Sources {
		for _, c := range s.Cleared {
			out = append(out, fmt.Sprintf("log %s was cleared: what it held before is not here", c.Log))
		}
		if s.MissingRecords > 0 && reads(&s) {
			out = append(out, fmt.Sprintf("%s: %d records missing in %d gaps of the RecordIDs between the first and the last record here", s.Name, s.MissingRecords, s.GapsTotal))
		}
	}
	return out
}

func aboutClocks(hc *finding.HostCoverage) (out []string) {
	applied, failed := map[string]bool{}, map[string]string{}
	for _, c := range hc.Clocks {
		if c.Applied {
			applied[c.Capture+c.Source] = true
		} else if c.Votes < c.Candidates || c.Votes < 3 {
			failed[c.Capture+c.Source] = fmt.Sprintf("%s could not be aligned with %s: %s; nothing was joined by it", c.Source, c.Capture, c.Reason)
		}
	}
	for k, text := range failed {
		if !applied[k] {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}

func aboutCapture(cc *finding.CaptureCoverage) (out []string) {
	say := func(n uint64, format string) {
		if n > 0 {
			out = append(out, fmt.Sprintf(format, n))
		}
	}
	say(cc.CutFrames, "%d frames were cut by the snaplen: their lengths are known, their content only in part")
	say(cc.Missed, "%d payload bytes passed that the capture does not hold: volumes count them, content does not")
	say(cc.Dropped.N, "%d packets were dropped while capturing")
	say(cc.Undecoded, "%d frames could not be decoded")
	say(uint64(cc.MidStream), "%d connections began before the capture")
	say(uint64(cc.OneSided), "%d connections show one side only")
	say(cc.BadChecksum, "%d packets have checksums that do not fit, as segmentation offload leaves them on the capturing host")
	if cc.Comment != "" && cc.Sensor != "" {
		out = append(out, cc.Comment)
	}
	if !cc.Dropped.Known {
		out = append(out, "the capture does not say whether packets were dropped")
	}
	if len(cc.Hosts) == 0 {
		out = append(out, "no host log could be joined with it")
	}
	return out
}

// negative says what limits the absence of a finding, most important first.
func (m *Meter) negative(cov *finding.Coverage, early int) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	t := cov.Totals
	if len(m.cf.Captures) == 0 && !m.conns {
		say("no capture or sensor log: nothing is known about bytes, and protocols are suggested by ports only")
	}
	if t.Hosts == 0 {
		say("no endpoint log: no connection can be attributed to a process")
	}
	if names := hostsWithout(cov, "network connection"); len(names) > 0 {
		say("no network events logged on %s", strings.Join(names, ", "))
	}
	if names := hostsWithout(cov, "process start"); len(names) > 0 {
		say("no process starts logged on %s", strings.Join(names, ", "))
	}
	if t.OutboundBytes > t.AttributedBytes && t.Hosts > 0 {
		say("%.0f %% of the outbound bytes measured could not be attributed to a process", 100*float64(t.OutboundBytes-t.AttributedBytes)/float64(t.OutboundBytes))
	}
	for _, c := range cov.Captures {
		if c.Dropped.N > 0 {
			say("%s lost %d packets", c.Ref.File, c.Dropped.N)
		}
	}
	if n, first := m.cf.Unplaced, m.cf.FirstUnplaced; n > 0 {
		say("records of files moved by connections that no log here states: %d (the first: %s, %s %d); nothing was made of them", n, first.File, first.Unit, first.N)
	}
	for _, h := range cov.Hosts {
		for _, s := range h.Sources {
			for _, c := range s.Cleared {
				say("log %s of %s was cleared", c.Log, h.Name)
			}
		}
	}
	if early > 0 {
		say("%d peers of unknown programs were judged before the end of the evidence, since there are too many: what came of them later was judged by itself", early)
	}
	if cov.HostsUnlisted > 0 {
		say("%d local addresses without a log are not listed: those that sent least", cov.HostsUnlisted)
	}
	return out
}

// hostsWithout names the hosts whose logs hold no event of a meaning.
func hostsWithout(cov *finding.Coverage, meaning string) (names []string) {
	for _, h := range cov.Hosts {
		if len(h.Sources) > 0 && !has(&h, meaning) {
			names = append(names, h.Name)
		}
	}
	return names
}

// reads tells whether a log holds a class that the analysis draws on.
func reads(s *finding.SourceCoverage) bool {
	return slices.ContainsFunc(s.Classes, func(c finding.ClassCoverage) bool { return c.Read })
}
