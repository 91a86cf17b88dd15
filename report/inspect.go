package report

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// inspectTable prints what is here and what can be concluded from it: hosts with their logs and clocks, captures,
// the names asked for, files.
func inspectTable(w io.Writer, doc *finding.Document, opt Options) error {
	p := newPrintout(opt)
	p.text(0, 2, headline(&doc.Coverage))
	p.text(0, 2, recordsLine(&doc.Coverage))
	for i := range doc.Coverage.Hosts {
		if err := p.host(&doc.Coverage.Hosts[i]); err != nil {
			return err
		}
	}
	if err := p.captures(doc.Coverage.Captures); err != nil {
		return err
	}
	if err := p.names(doc); err != nil {
		return err
	}
	if err := p.files(doc.Evidence); err != nil {
		return err
	}
	p.unattributed(&doc.Coverage.Totals)
	p.negative(&doc.Coverage)
	_, err := w.Write(p.Bytes())
	return err
}

func recordsLine(c *finding.Coverage) string {
	line := counted(c.Totals.Events, "event") + " and " + counted(c.Totals.Frames, "frame") + " read"
	if c.Duplicates > 0 {
		line += "; " + counted(c.Duplicates, "record") + " met again and counted once"
	}
	if n := c.Totals.ConnectionsMetAgain; n > 0 {
		line += "; " + counted(n, "connection") + " shown by two captures or sensors and counted once"
	}
	if n := c.Totals.EventsWithoutTime; n > 0 {
		line += "; " + counted(n, "event") + " without a time"
	}
	return line
}

func (p *printout) host(h *finding.HostCoverage) error {
	p.gap()
	p.title(hostTitle(h))
	p.text(2, 2, fmt.Sprintf("%s; %s, %s linked to a process; %s", counted(h.Processes, "process"), counted(h.Connections, "connection"),
		countText(h.Linked), attributed(h.AttributedBytes, h.OutboundBytes)))
	if len(h.Sources) > 0 {
		if err := p.grid(sourceGrid(h.Sources)); err != nil {
			return err
		}
	}
	for i := range h.Sources {
		p.source(&h.Sources[i])
	}
	if len(h.Clocks) > 0 {
		if err := p.grid(clockGrid(h.Clocks)); err != nil {
			return err
		}
	}
	p.bullets(2, clockNotes(h.Clocks))
	p.bullets(2, h.Conclusions)
	return nil
}

func (p *printout) title(s string) {
	s = clean(s)
	if !p.wide {
		s = cut(s, p.room)
	}
	p.line(0, p.tint(bold, s))
}

func hostTitle(h *finding.HostCoverage) string {
	title := cmp.Or(h.Name, "no log names this host")
	if len(h.Addresses) > 0 {
		title += " (" + strings.Join(each(h.Addresses, (*netip.Addr).String), ", ") + ")"
	}
	if len(h.Aliases) > 0 {
		title += ", also written " + strings.Join(h.Aliases, ", ")
	}
	return title
}

func sourceGrid(sources []finding.SourceCoverage) *grid {
	g := &grid{indent: 2, columns: []column{
		{title: "log", floor: 14, limit: 60, keep: 9},
		{title: "records", right: true, keep: 9},
		{title: "first (own clock)", floor: 10, keep: 8},
		{title: "last (own clock)", floor: 10, keep: 8},
		{title: "field", floor: 7, limit: 30, keep: 5},
		{title: "ids missing", right: true, keep: 6},
		{title: "cleared", right: true, keep: 7},
	}}
	for i := range sources {
		s := &sources[i]
		g.rows = append(g.rows, []string{
			clean(sourceText(s.Name)), countText(s.Records), timeText(s.First), timeText(s.Last), clean(s.Field),
			countText(s.MissingRecords), countText(len(s.Cleared)),
		})
	}
	return g
}

// source prints what does not fit a table: the event classes seen and not seen, the gaps and who cleared the log.
func (p *printout) source(s *finding.SourceCoverage) {
	name := sourceText(s.Name)
	p.text(2, 2, name+": "+cmp.Or(classesText(s.Classes), "no events"))
	if len(s.NotSeen) > 0 {
		p.text(2, 2, name+", not seen: "+strings.Join(s.NotSeen, ", "))
	}
	if s.GapsTotal > 0 {
		p.text(2, 2, name+", missing record ids: "+gapsText(s))
	}
	for i := range s.Cleared {
		p.text(2, 2, clearedText(s, i))
	}
}

// classesText lists the classes that are read; the others are counted together.
func classesText(classes []finding.ClassCoverage) string {
	var parts []string
	others, records := 0, uint64(0)
	for i := range classes {
		c := &classes[i]
		if !c.Read {
			others, records = others+1, records+c.Count
			continue
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", c.EventID, c.Meaning, countText(c.Count)))
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("%s of other kinds (%s)", counted(records, "event"), counted(others, "event ID")))
	}
	return strings.Join(parts, ", ")
}

func gapsText(s *finding.SourceCoverage) string {
	parts := each(s.Gaps, func(g *finding.Gap) string {
		if g.From == g.To {
			return countPlain(g.From)
		}
		return countPlain(g.From) + "–" + countPlain(g.To)
	})
	if more := s.GapsTotal - len(s.Gaps); more > 0 {
		parts = append(parts, "and "+countText(more)+" more "+plural(more, "gap"))
	}
	return strings.Join(parts, ", ")
}

func clearedText(s *finding.SourceCoverage, i int) string {
	c := &s.Cleared[i]
	return fmt.Sprintf("%s was cleared %s by %s (%s)", cmp.Or(c.Log, sourceText(s.Name)), timeText(c.At), cmp.Or(c.User, unknown), refText(&c.Ref))
}

func clockGrid(clocks []finding.Clock) *grid {
	g := &grid{indent: 2, columns: []column{
		{title: "clock", floor: 10, limit: 60, keep: 9},
		{title: "events", floor: 6, limit: 30, keep: 7},
		{title: "field", floor: 7, limit: 30, keep: 5},
		{title: "against", floor: 12, limit: 60, keep: 6},
		{title: "offset", floor: 12, keep: 9},
		{title: "spread", right: true, keep: 7},
		{title: "votes", right: true, keep: 8},
		{title: "applied", floor: 7, keep: 8},
	}}
	for i := range clocks {
		c := &clocks[i]
		g.rows = append(g.rows, []string{
			clean(sourceText(c.Source)), clean(c.Class), clean(c.Field), clean(c.Capture), offsetText(c), spreadText(c),
			countText(c.Votes) + " of " + countText(c.Candidates), appliedText(c),
		})
	}
	return g
}

func offsetText(c *finding.Clock) string {
	switch {
	case c.Votes == 0 && !c.Stated:
		return notMeasured
	case c.Offset > 0:
		return durationText(c.Offset) + " ahead"
	case c.Offset < 0:
		return durationText(-c.Offset) + " behind"
	}
	return "level"
}

func spreadText(c *finding.Clock) string {
	if c.Votes == 0 {
		return "-"
	}
	return durationText(c.Spread)
}

func appliedText(c *finding.Clock) string {
	switch {
	case c.Applied && c.Stated:
		return "stated"
	case c.Applied:
		return "yes"
	}
	return "no"
}

// clockNotes says why a clock was not applied, how it was come by where that is not plain, and how it stepped.
func clockNotes(clocks []finding.Clock) (notes []string) {
	for i := range clocks {
		c := &clocks[i]
		if !c.Applied && !replaced(c, clocks) {
			notes = append(notes, clockName(c)+" not aligned to "+c.Capture+": "+cmp.Or(c.Reason, "no reason given"))
		}
		if c.Applied && c.Reason != "" {
			notes = append(notes, clockName(c)+" aligned to "+c.Capture+": "+c.Reason)
		}
		for _, s := range c.Segments {
			notes = append(notes, fmt.Sprintf("%s: from %s (own time) %s %s (%s)", clockName(c), timeText(s.From), skewText(s.Offset), c.Capture, counted(s.Votes, "vote")))
		}
	}
	return notes
}

func (p *printout) unattributed(t *finding.Totals) {
	if len(t.UnattributedByReason) == 0 {
		return
	}
	p.gap()
	p.title("connections without a process, by reason")
	for _, r := range t.UnattributedByReason {
		p.text(2, 2, fmt.Sprintf("- %s: %s, %s sent", r.Reason, counted(r.Count, "connection"), Bytes(r.Bytes)))
	}
}

func (p *printout) negative(c *finding.Coverage) {
	if len(c.Negative) == 0 {
		return
	}
	p.gap()
	p.title("what the absence of a finding does not mean")
	p.bullets(2, c.Negative)
}
