package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// noticeable is the clock offset from which the summary speaks of it; inspect lists all.
const noticeable = time.Second

// headline is what there is and how much of it could be attributed.
func headline(c *finding.Coverage) string {
	t := &c.Totals
	return fmt.Sprintf("%s, %s, %s: %s", counted(t.Hosts, "host"), counted(t.Processes, "process"), counted(t.Connections, "connection"), attributed(t.AttributedBytes, t.OutboundBytes))
}

func attributed(part, whole uint64) string {
	if whole == 0 {
		return "no outbound bytes measured"
	}
	return shareText(part, whole) + " of " + Bytes(whole) + " outbound attributed to a process"
}

// clockLines says which clocks were found to be off and by how much, then which could not be measured.
func clockLines(c *finding.Coverage) []string {
	var off []string
	var loose clockGroups
	for i := range c.Hosts {
		h := &c.Hosts[i]
		for j := range h.Clocks {
			switch k := &h.Clocks[j]; {
			case !k.Applied:
				if !replaced(k, h.Clocks) {
					loose.add(cmp.Or(k.Host, h.Name), k)
				}
			case k.Offset.Abs() >= noticeable || len(k.Segments) > 0:
				off = append(off, fmt.Sprintf("%s: %s %s %s (%s), applied", cmp.Or(k.Host, h.Name), clockName(k), skewText(k.Offset), k.Capture, clockBasis(k)))
			}
		}
	}
	return append(off, loose.lines()...)
}

// replaced tells whether another time field of the same events was aligned to the same capture.
func replaced(k *finding.Clock, clocks []finding.Clock) bool {
	for i := range clocks {
		if o := &clocks[i]; o.Applied && o.Source == k.Source && o.Class == k.Class && o.Capture == k.Capture {
			return true
		}
	}
	return false
}

// clockGroups puts the clocks of one host together that could not be aligned for the same reason.
type clockGroups []struct {
	host, capture, reason string
	names                 []string
}

func (g *clockGroups) add(host string, k *finding.Clock) {
	for i := range *g {
		if old := &(*g)[i]; old.host == host && old.capture == k.Capture && old.reason == k.Reason {
			old.names = append(old.names, clockName(k))
			return
		}
	}
	*g = append(*g, struct {
		host, capture, reason string
		names                 []string
	}{host, k.Capture, k.Reason, []string{clockName(k)}})
}

func (g clockGroups) lines() (lines []string) {
	for _, e := range g {
		lines = append(lines, fmt.Sprintf("%s: %s not aligned to %s: %s", e.host, strings.Join(e.names, ", "), e.capture, cmp.Or(e.reason, "no reason given")))
	}
	return lines
}

// clockName is the log with the events that share the clock: "Sysmon clock (events 3, 22)".
func clockName(k *finding.Clock) string {
	name := sourceText(k.Source) + " clock"
	switch k.Class {
	case "":
		return name
	case "all":
		return name + " (all events)"
	}
	return name + " (" + plural(strings.Count(k.Class, ",")+1, "event") + " " + k.Class + ")"
}

func clockBasis(k *finding.Clock) string {
	if k.Stated {
		return "stated by the user"
	}
	basis := fmt.Sprintf("%s, spread %s", counted(k.Votes, "vote"), durationText(k.Spread))
	if k.Steps > 0 {
		basis += ", " + counted(k.Steps, "step")
	}
	return basis
}

// blindLines names the hosts whose connections no process could be found for.
func blindLines(c *finding.Coverage) []string {
	var lines []string
	nameless := c.HostsUnlisted
	for i := range c.Hosts {
		switch h := &c.Hosts[i]; {
		case h.Name == "":
			nameless++
		case h.Connections > 0 && h.Linked == 0:
			lines = append(lines, fmt.Sprintf("%s: no process known for any of its %s", h.Name, counted(h.Connections, "connection")))
		}
	}
	if nameless > 0 {
		lines = append(lines, fmt.Sprintf("%s in the captures without a host's log: their traffic has no process", counted(nameless, "local address")))
	}
	return lines
}

// wouldChange lists what limits the result, most important first: what the analysis says, then files not read.
func wouldChange(doc *finding.Document) []string {
	lines := append([]string(nil), doc.Coverage.Negative...)
	if t := &doc.Coverage.Totals; t.FilesPartly > 0 {
		lines = append(lines, counted(t.FilesPartly, "file")+" could not be read wholly")
	}
	return lines
}

// policyLines says what expected uses and exclusions touched.
func policyLines(c *finding.Coverage) []string {
	return each(c.Suppressed, func(s *finding.Suppressed) string {
		if s.Expired {
			return fmt.Sprintf("%s %q expired %s and was not applied to %s", s.Kind, s.Name, s.Expires, counted(s.Count, "finding"))
		}
		return fmt.Sprintf("%s %q lowered %s, the highest from %s (factor %s; %s)", s.Kind, s.Name, counted(s.Count, "finding"),
			scoreText(s.Before), factorText(s.Factor), adjustmentReason(&s.Adjustment))
	})
}

// adjustmentReason is the reason with owner and expiry where the policy states them.
func adjustmentReason(a *finding.Adjustment) string {
	parts := []string{cmp.Or(a.Reason, "no reason given")}
	if a.Owner != "" {
		parts = append(parts, "owner "+a.Owner)
	}
	if a.Expires != "" {
		parts = append(parts, "until "+a.Expires)
	}
	return strings.Join(parts, ", ")
}

// problemFiles counts the files in which something could not be read.
func problemFiles(files []finding.File) (n int) {
	for i := range files {
		if files[i].ProblemsTotal > 0 {
			n++
		}
	}
	return n
}

// filterText says what the user restricted the analysis to, "" for nothing.
func filterText(doc *finding.Document) string {
	var parts []string
	if !doc.Since.IsZero() {
		parts = append(parts, "from "+timeText(doc.Since)+" UTC")
	}
	if !doc.Until.IsZero() {
		parts = append(parts, "until "+timeText(doc.Until)+" UTC")
	}
	if len(doc.OnlyHost) > 0 {
		parts = append(parts, "only "+plural(len(doc.OnlyHost), "host")+" "+strings.Join(doc.OnlyHost, ", "))
	}
	if n := doc.Coverage.Totals.ConnectionsLeftOutByTime; n > 0 {
		parts = append(parts, counted(n, "connection")+" outside the time range left out")
	}
	return strings.Join(parts, "; ")
}
