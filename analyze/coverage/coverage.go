// Package coverage says what could have been seen: per host and per source what is here and what is not, and what the
// absence of a finding therefore means.
package coverage

import (
	"cmp"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Measure computes the coverage of a case.
func Measure(cf *casefile.Casefile, c *correlate.Case, findings []finding.Finding, suppressed []finding.Suppressed) finding.Coverage {
	cov := finding.Coverage{Duplicates: cf.Duplicates, Suppressed: suppressed}
	cov.Hosts = hosts(cf, c)
	cov.Captures = captures(cf, c)
	cov.Totals = totals(cf, c, findings, suppressed)
	for _, f := range cf.Files {
		cov.Problems += f.ProblemsTotal
	}
	cov.Negative = negative(&cov, cf)
	return cov
}

func totals(cf *casefile.Casefile, c *correlate.Case, findings []finding.Finding, suppressed []finding.Suppressed) finding.Totals {
	t := finding.Totals{}
	for _, h := range c.Hosts {
		if h.Logged {
			t.Hosts++
			t.Processes += len(h.Processes)
		}
	}
	reasons := map[string]*finding.ReasonCount{}
	linked, ends := map[*evidence.Conn]bool{}, map[*evidence.Conn]int{}
	for _, l := range c.Links {
		countLink(&t, l, linked, ends)
		if l.Process == nil {
			r := reasons[l.Attribution.Reason]
			if r == nil {
				r = &finding.ReasonCount{Reason: l.Attribution.Reason}
				reasons[l.Attribution.Reason] = r
			}
			r.Count++
			sent, _ := l.Sent()
			r.Bytes += sent.N
		}
	}
	for _, r := range reasons {
		t.UnattributedByReason = append(t.UnattributedByReason, *r)
	}
	slices.SortFunc(t.UnattributedByReason, func(a, b finding.ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	for _, x := range cf.Tallies {
		t.Events += x.Count
		t.EventsWithoutTime += int(x.NoTime)
	}
	t.Events -= cf.Duplicates
	for _, x := range cf.Captures {
		t.Frames += x.Frames
	}
	countFiles(&t, cf.Files)
	for _, f := range findings {
		t.FindingsBySeverity[f.Severity]++
	}
	for _, s := range suppressed {
		t.PolicyTouched += s.Count
		if s.Expired {
			t.ExpiredExclusions++
		}
	}
	return t
}

// countLink counts one end of a connection. A connection with two ends counts once; the outer flow of a tunnel is left
// out of the bytes, which its inner flows carry.
func countLink(t *finding.Totals, l *correlate.Link, linked map[*evidence.Conn]bool, ends map[*evidence.Conn]int) {
	if l.Conn == nil {
		t.Connections++
		t.HostOnly++
		return
	}
	if ends[l.Conn]++; ends[l.Conn] == 1 {
		t.Connections++
		switch {
		case l.Conn.Confirmed:
			t.ConfirmedProtocols++
		case l.Conn.Content:
			t.UnknownByContent++
		default:
			t.NoContent++
		}
	} else if ends[l.Conn] == 2 {
		t.ConnectionsTwoEnds++
	}
	if l.Process != nil && !linked[l.Conn] {
		linked[l.Conn] = true
		t.Linked++
	}
	if sent, _ := l.Sent(); sent.Known && !l.Conn.Carries && l.Host != nil {
		t.OutboundBytes += sent.N
		if l.Process != nil {
			t.AttributedBytes += sent.N
		}
	}
}

func countFiles(t *finding.Totals, files []finding.File) {
	for _, f := range files {
		switch f.State {
		case "read":
			t.FilesRead++
		case "read in part", "unreadable":
			t.FilesPartly++
		default:
			t.FilesUnknown++
		}
	}
}

// captures puts the files of one sensor together and counts their connections.
func captures(cf *casefile.Casefile, c *correlate.Case) []finding.CaptureCoverage {
	by := map[string]*finding.CaptureCoverage{}
	var all []*finding.CaptureCoverage
	for _, x := range cf.Captures {
		cc := by[sensorOf(x)]
		if cc == nil {
			cc = &finding.CaptureCoverage{Capture: *x}
			cc.Ref.File = sensorOf(x)
			by[cc.Ref.File] = cc
			all = append(all, cc)
			continue
		}
		join(&cc.Capture, x)
	}
	for _, conn := range cf.Conns {
		if cc := by[conn.Sensor]; cc != nil {
			countConn(cc, conn)
		}
	}
	for _, h := range c.Hosts {
		for _, k := range h.Clocks {
			if cc := by[k.Capture]; k.Applied && cc != nil && !slices.Contains(cc.Hosts, h.Name) {
				cc.Hosts = append(cc.Hosts, h.Name)
			}
		}
	}
	out := make([]finding.CaptureCoverage, len(all))
	for i, cc := range all {
		cc.OffloadSuspect = cc.BadChecksum > 0
		cc.Conclusions = aboutCapture(cc)
		out[i] = *cc
	}
	return out
}

// join adds what another log of the same sensor says. Losses are known as soon as one of them states any.
func join(c *evidence.Capture, o *evidence.Capture) {
	if c.First.IsZero() || !o.First.IsZero() && o.First.Before(c.First) {
		c.First = o.First
	}
	if o.Last.After(c.Last) {
		c.Last = o.Last
	}
	c.Frames, c.Bytes, c.Lines = c.Frames+o.Frames, c.Bytes+o.Bytes, c.Lines+o.Lines
	c.CutFrames, c.NotIP, c.Undecoded = c.CutFrames+o.CutFrames, c.NotIP+o.NotIP, c.Undecoded+o.Undecoded
	c.BadChecksum += o.BadChecksum
	c.Dropped = evidence.Count{N: c.Dropped.N + o.Dropped.N, Known: c.Dropped.Known || o.Dropped.Known}
	if o.Comment != "" && c.Comment != "" {
		c.Comment += "; "
	}
	c.Comment += o.Comment
}

// sensorOf is the vantage point of a capture: the file, or the folder of a sensor's logs.
func sensorOf(c *evidence.Capture) string { return cmp.Or(c.Sensor, c.Ref.File) }

func countConn(cc *finding.CaptureCoverage, c *evidence.Conn) {
	cc.Connections++
	if c.MidStream {
		cc.MidStream++
	}
	o, r := c.Volume.Packets.Orig, c.Volume.Packets.Resp
	if c.Transport == evidence.TCP && o.Known && r.Known && (o.N == 0) != (r.N == 0) && o.N+r.N > 2 {
		cc.OneSided++
	}
	cc.Missed += c.Volume.Missed.Orig.N + c.Volume.Missed.Resp.N
}
