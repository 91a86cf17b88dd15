package report

import (
	"io"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Table is the report for the terminal.
var Table = Format{
	Name:        "table",
	Description: "ranked table that fits the terminal (--wide for everything)",
	Write:       writeTable,
	Inspect:     inspectTable,
}

// The summary, the reasons and the footer are kept to what fits a screen; the rest is counted.
const (
	maxLines   = 8
	whyLimit   = belowLimit
	whyMinimum = 44 // columns, below which the reasons stand under their row
)

func writeTable(w io.Writer, doc *finding.Document, opt Options) error {
	p := newPrintout(opt)
	p.summary(doc)
	p.gap()
	if err := p.findings(doc); err != nil {
		return err
	}
	p.footer(doc)
	_, err := w.Write(p.Bytes())
	return err
}

func (p *printout) summary(doc *finding.Document) {
	p.text(0, 2, headline(&doc.Coverage))
	if filter := filterText(doc); filter != "" {
		p.text(0, 2, "restricted: "+filter)
	}
	p.sentences(clockLines(&doc.Coverage), "clocks", "see inspect")
	p.sentences(blindLines(&doc.Coverage), "hosts", "see inspect")
}

// sentences prints the first few and counts the rest.
func (p *printout) sentences(lines []string, what, where string) {
	for i, l := range lines {
		if i == maxLines && !p.wide {
			p.text(0, 2, "and "+countText(len(lines)-i)+" more "+what+" ("+where+")")
			return
		}
		p.text(0, 2, l)
	}
}

func (p *printout) findings(doc *finding.Document) error {
	if len(doc.Findings) == 0 {
		p.line(0, p.tint(bold, "no findings"+atOrAbove(doc)))
		return nil
	}
	g := findingGrid(doc.Findings, p)
	g.paint = func(row, col int, line string) string {
		if col > 2 || len(g.below) > 0 && col > 1 {
			return line
		}
		return p.tint(severityTint[doc.Findings[row].Severity], line)
	}
	return p.grid(g)
}

func atOrAbove(doc *finding.Document) string {
	if doc.MinSev == finding.Info {
		return ""
	}
	return " at or above " + doc.MinSev.String()
}

var severityTint = [...]string{finding.Info: faint, finding.Low: cyan, finding.Medium: yellow, finding.High: red, finding.Critical: bold + ";" + red}

// findingGrid has the columns of the terminal report. The reasons get a column of their own where one fits.
func findingGrid(findings []finding.Finding, p *printout) *grid {
	g := &grid{columns: []column{
		{title: "#", right: true, keep: 9},
		{title: "score", right: true, keep: 9},
		{title: "severity", floor: 8, keep: 7},
		{title: "host", floor: 9, limit: 64, keep: 6},
		{title: "program", floor: 14, limit: 80, keep: 8},
		{title: "peer", floor: 16, limit: 120, keep: 8},
		{title: "protocol", floor: 8, limit: 40, keep: 4},
		{title: "sent", right: true, keep: 5},
	}}
	for i := range findings {
		g.rows = append(g.rows, findingCells(&findings[i]))
	}
	why := each(findings, func(f *finding.Finding) string { return clean(whyText(f)) })
	if p.wide {
		g.widen(findings, why)
		return g
	}
	g.shortenAll()
	if p.room-total(g.natural())-columnGap < whyMinimum {
		return compactGrid(g, why)
	}
	g.add(column{title: "why", floor: whyMinimum, limit: whyLimit, keep: 9}, why)
	return g
}

func findingCells(f *finding.Finding) []string {
	return []string{
		countText(f.Rank), scoreText(f.Score), f.Severity.String(), clean(hostText(f)), clean(programText(&f.Process)),
		clean(peerText(f)), clean(protocolText(f.Protocol, f.Inner, f.Confirmed)), tableBytes(f.Sent),
	}
}

// compactGrid is for narrow terminals: what belongs together shares a column, and the reasons stand under their row.
func compactGrid(full *grid, why []string) *grid {
	g := &grid{shortened: full.shortened, below: why, columns: []column{
		{title: "#", right: true, keep: 9},
		{title: "score", floor: 11, keep: 9},
		{title: "host", floor: 9, limit: 64, keep: 6},
		{title: "program", floor: 14, limit: 80, keep: 8},
		{title: "peer, protocol", floor: 16, limit: 160, keep: 8},
		{title: "sent", right: true, keep: 5},
	}}
	for _, r := range full.rows {
		g.rows = append(g.rows, []string{r[0], r[1] + " " + r[2], r[3], r[4], r[5] + " " + r[6], r[7]})
	}
	return g
}

// tableBytes is measured in one word.
func tableBytes(c evidence.Count) string {
	if !c.Known {
		return unknown
	}
	return Bytes(c.N)
}

// add appends a column to every row.
func (g *grid) add(c column, cells []string) {
	g.columns = append(g.columns, c)
	for r := range g.rows {
		g.rows[r] = append(g.rows[r], cells[r])
	}
}

// widen adds the columns that only --wide shows.
func (g *grid) widen(findings []finding.Finding, why []string) {
	for _, extra := range []struct {
		title string
		text  func(*finding.Finding) string
	}{
		{"received", func(f *finding.Finding) string { return tableBytes(f.Received) }},
		{"connections", func(f *finding.Finding) string { return countText(f.Connections) }},
		{"first seen (UTC)", func(f *finding.Finding) string { return timeText(f.First) }},
		{"last seen (UTC)", func(f *finding.Finding) string { return timeText(f.Last) }},
		{"hypothesis", func(f *finding.Finding) string { return string(f.Hypothesis) }},
		{"link", func(f *finding.Finding) string { return linkText(&f.Attribution) }},
		{"techniques", func(f *finding.Finding) string { return techniqueIDs(f.Techniques) }},
		{"user", func(f *finding.Finding) string { return f.Process.User }},
		{"executable", func(f *finding.Finding) string { return f.Process.Executable }},
		{"command line", func(f *finding.Finding) string { return f.Process.CommandLine }},
		{"id", func(f *finding.Finding) string { return f.ID }},
	} {
		g.add(column{title: extra.title, keep: 9}, each(findings, func(f *finding.Finding) string { return clean(extra.text(f)) }))
	}
	g.add(column{title: "why", keep: 9}, why)
}

func techniqueIDs(ts []finding.Technique) string {
	return strings.Join(each(ts, func(t *finding.Technique) string { return t.ID }), ", ")
}

// footer says what was left out, what was lowered, and what would change the result.
func (p *printout) footer(doc *finding.Document) {
	p.gap()
	if doc.Below > 0 {
		p.text(0, 2, counted(doc.Below, "finding")+" below "+doc.MinSev.String()+" not shown")
	}
	if doc.Unlisted > 0 {
		p.text(0, 2, counted(doc.Unlisted, "finding")+" of lower rank not listed: too many")
	}
	p.sentences(policyLines(&doc.Coverage), "policy entries", "see json or html")
	if n := doc.Coverage.Problems; n > 0 {
		p.text(0, 2, counted(n, "problem")+" in "+counted(problemFiles(doc.Evidence), "file")+" (inspect lists them)")
	}
	p.limits(doc)
}

func (p *printout) limits(doc *finding.Document) {
	lines := wouldChange(doc)
	if len(lines) == 0 {
		return
	}
	title := "what would change this:"
	if len(doc.Findings) == 0 {
		title = "what this does not rule out:"
	}
	p.line(0, p.tint(bold, title))
	p.some(2, maxLines, lines, "see inspect")
}
