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

// A Meter counts the connections of a case as they come.
type Meter struct {
	cf      *casefile.Casefile
	totals  finding.Totals
	hosts   map[*correlate.Host]presence
	sensors map[string]*finding.CaptureCoverage
	reasons map[string]*finding.ReasonCount
	// shared are the connections with several ends of which some have been met, over is one of which all have.
	shared map[*evidence.Conn]*ends
	over   *evidence.Conn
	conns  bool
}

// ends is how many ends of a connection have been met, and for what it has been counted.
type ends struct {
	met             int
	counted, linked bool
}

// Begin begins to measure the coverage of a case.
func Begin(cf *casefile.Casefile) *Meter {
	return &Meter{cf: cf, hosts: map[*correlate.Host]presence{}, sensors: map[string]*finding.CaptureCoverage{}, reasons: map[string]*finding.ReasonCount{},
		shared: map[*evidence.Conn]*ends{}}
}

// See takes a connection of the case, whether or not it is analysed.
func (m *Meter) See(l *correlate.Link) {
	if l.Conn == nil || !m.meet(l) {
		return
	}
	m.conns = true
	cc := m.sensors[l.Conn.Sensor]
	if cc == nil {
		cc = &finding.CaptureCoverage{}
		m.sensors[l.Conn.Sensor] = cc
	}
	countConn(cc, l.Conn)
}

// meet tells whether a connection was not met before.
func (m *Meter) meet(l *correlate.Link) bool {
	delete(m.shared, m.over)
	m.over = nil
	if l.Ends < 2 {
		return true
	}
	e := m.shared[l.Conn]
	if e == nil {
		e = &ends{}
		m.shared[l.Conn] = e
	}
	if e.met++; e.met == l.Ends {
		m.over = l.Conn
	}
	return e.met == 1
}

// ends is what is known of the ends of a connection; of one with a single end, nothing yet.
func (m *Meter) ends(c *evidence.Conn) *ends {
	if e := m.shared[c]; e != nil {
		return e
	}
	return &ends{}
}

// first tells whether a connection has not been counted for something yet, and notes that it is.
func first(counted *bool) bool {
	again := *counted
	*counted = true
	return !again
}

// Count takes the connection seen last, which is analysed.
func (m *Meter) Count(l *correlate.Link) {
	m.total(l)
	m.hosts[l.Host] = m.hosts[l.Host].with(l)
	if l.Process != nil {
		return
	}
	r := m.reasons[l.Attribution.Reason]
	if r == nil {
		r = &finding.ReasonCount{Reason: l.Attribution.Reason}
		m.reasons[l.Attribution.Reason] = r
	}
	r.Count++
	sent, _ := l.Sent()
	r.Bytes += sent.N
}

// Judged is what became of the usages of a case.
type Judged struct {
	BySeverity [5]int
	Suppressed []finding.Suppressed
	Early      int // before the end of the evidence
}

// Measure computes the coverage of the case, once all of it has been seen and judged.
func (m *Meter) Measure(c *correlate.Case, judged Judged) finding.Coverage {
	cov := finding.Coverage{Duplicates: m.cf.Duplicates, Suppressed: judged.Suppressed}
	cov.Hosts, cov.HostsUnlisted = m.hostCoverage(c)
	cov.Captures = m.captures(c)
	cov.Totals = m.sum(c, judged)
	for _, f := range m.cf.Files {
		cov.Problems += f.ProblemsTotal
	}
	cov.Negative = m.negative(&cov, judged.Early)
	return cov
}

func (m *Meter) sum(c *correlate.Case, judged Judged) finding.Totals {
	t := m.totals
	for _, h := range c.Hosts {
		if h.Logged {
			t.Hosts++
			t.Processes += len(h.Processes)
		}
	}
	for _, r := range m.reasons {
		t.UnattributedByReason = append(t.UnattributedByReason, *r)
	}
	slices.SortFunc(t.UnattributedByReason, func(a, b finding.ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	for _, x := range m.cf.Tallies {
		t.Events += x.Count
		t.EventsWithoutTime += int(x.NoTime)
	}
	t.Events -= m.cf.Duplicates
	t.ConnectionsMetAgain = m.cf.Conns.Again()
	for _, x := range m.cf.Captures {
		t.Frames += x.Frames
	}
	countFiles(&t, m.cf.Files)
	t.FindingsBySeverity = judged.BySeverity
	for _, s := range judged.Suppressed {
		t.PolicyTouched += s.Count
		if s.Expired {
			t.ExpiredExclusions++
		}
	}
	return t
}

// total counts one end of a connection. A connection with two ends counts once; the outer flow of a tunnel is left
// out of the bytes, which its inner flows carry.
func (m *Meter) total(l *correlate.Link) {
	t := &m.totals
	if l.Conn == nil {
		t.Connections++
		t.HostOnly++
		return
	}
	e := m.ends(l.Conn)
	if first(&e.counted) {
		t.Connections++
		switch {
		case l.Conn.Confirmed:
			t.ConfirmedProtocols++
		case l.Conn.Content:
			t.UnknownByContent++
		default:
			t.NoContent++
		}
	} else {
		t.ConnectionsTwoEnds++
	}
	if l.Process != nil && first(&e.linked) {
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
func (m *Meter) captures(c *correlate.Case) []finding.CaptureCoverage {
	by := map[string]*finding.CaptureCoverage{}
	var all []*finding.CaptureCoverage
	for _, x := range m.cf.Captures {
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
	for name, seen := range m.sensors {
		if cc := by[name]; cc != nil {
			cc.Connections, cc.MidStream, cc.OneSided, cc.Missed = seen.Connections, seen.MidStream, seen.OneSided, seen.Missed
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
