package report

import (
	"cmp"
	"io"
	"iter"
	"net/netip"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// FlowTable is the joined table for the terminal.
var FlowTable = FlowFormat{
	Name:        "table",
	Description: "one row per connection and end",
	Write:       writeFlowTable,
}

// flowBatch is how many flows are laid out together and kept meanwhile; the header comes again with every batch.
const flowBatch = 500

func writeFlowTable(w io.Writer, flows iter.Seq[*finding.Flow], opt Options) error {
	batch := newFlowGrid(opt)
	for f := range flows {
		batch.rows = append(batch.rows, flowCells(f, opt.Wide))
		if len(batch.rows) < flowBatch {
			continue
		}
		if err := writeGrid(w, batch, opt); err != nil {
			return err
		}
		batch = newFlowGrid(opt)
	}
	return writeGrid(w, batch, opt)
}

// writeGrid prints a grid of its own, nothing for one without rows.
func writeGrid(w io.Writer, g *grid, opt Options) error {
	if len(g.rows) == 0 {
		return nil
	}
	p := newPrintout(opt)
	if !p.wide && g.tooWide(p.room) {
		g = compactFlows(g)
	}
	if err := p.grid(g); err != nil {
		return err
	}
	_, err := w.Write(p.Bytes())
	return err
}

func newFlowGrid(opt Options) *grid {
	g := &grid{columns: []column{
		{title: "start (UTC)", floor: 19, keep: 7},
		{title: "host", floor: 10, limit: 64, keep: 6},
		{title: "program", floor: 18, limit: 80, keep: 9},
		{title: "originator", floor: 18, limit: 60, keep: 8},
		{title: "responder", floor: 22, limit: 120, keep: 9},
		{title: "protocol", floor: 8, limit: 40, keep: 6},
		{title: "orig sent", right: true, keep: 6},
		{title: "resp sent", right: true, keep: 5},
		{title: "link", floor: 10, limit: 160, keep: 7},
	}}
	if opt.Wide {
		for _, title := range []string{"rivals", "end (UTC)", "state", "packets", "user", "executable", "community id", "cited"} {
			g.columns = append(g.columns, column{title: title})
		}
	}
	return g
}

// compactFlows is for narrow terminals: what belongs together shares a column.
func compactFlows(full *grid) *grid {
	g := &grid{shortened: full.shortened, columns: []column{
		{title: "start (UTC)", floor: 10, keep: 7},
		{title: "host, program, link", floor: 18, limit: 200, keep: 9},
		{title: "from > to, protocol", floor: 22, limit: 200, keep: 9},
		{title: "orig sent", right: true, keep: 8},
		{title: "resp sent", right: true, keep: 8},
	}}
	for _, r := range full.rows {
		owner := strings.TrimPrefix(r[1]+" "+r[2], "- ")
		g.rows = append(g.rows, []string{r[0], owner + " (" + r[8] + ")", r[3] + " > " + r[4] + " " + r[5], r[6], r[7]})
	}
	return g
}

func flowCells(f *finding.Flow, wide bool) []string {
	cells := []string{
		timeText(f.Start), clean(cmp.Or(f.Host, "-")), clean(flowProgram(f)), endText(f.Orig, f.Transport), clean(responder(f)),
		clean(flowProtocol(f)), tableBytes(f.Volume.Payload.Orig), tableBytes(f.Volume.Payload.Resp), clean(flowLink(f)),
	}
	if wide {
		cells = append(cells, clean(strings.Join(f.Attribution.Rivals, ", ")), timeText(f.End), clean(f.State), packetsText(&f.Volume.Packets),
			clean(f.Process.User), clean(f.Process.Executable), f.CommunityID, clean(refsText(f.Refs)))
	}
	return cells
}

func flowProgram(f *finding.Flow) string {
	if f.Process.Name == "" && f.Process.Executable == "" && len(f.Process.PIDs) == 0 {
		return "-"
	}
	return programText(&f.Process)
}

func endText(a netip.AddrPort, t evidence.Transport) string {
	switch {
	case !a.Addr().IsValid():
		return unknown
	case !hasPorts(t):
		return a.Addr().String()
	}
	return a.String()
}

func responder(f *finding.Flow) string {
	if f.Domain == "" {
		return endText(f.Resp, f.Transport) + notedText(f.Noted)
	}
	return f.Domain + " " + endText(f.Resp, f.Transport)
}

// flowProtocol names the transport where no application protocol is known.
func flowProtocol(f *finding.Flow) string {
	name := cmp.Or(f.Protocol, f.SuggestedByPort)
	if name == "" {
		return string(f.Transport)
	}
	return string(f.Transport) + " " + protocolText(name, f.Inner, f.Protocol != "")
}

func flowLink(f *finding.Flow) string {
	if f.Attribution.Basis == finding.BasisNone {
		return "none: " + cmp.Or(f.Attribution.Reason, "no reason given")
	}
	text := string(f.Attribution.Basis) + " " + trimFloat(f.Attribution.Confidence, 2)
	if n := len(f.Attribution.Rivals); n > 0 {
		text += ", " + counted(n, "rival")
	}
	return text
}

func packetsText(p *evidence.Pair) string {
	one := func(c evidence.Count) string {
		if !c.Known {
			return unknown
		}
		return countText(c.N)
	}
	return one(p.Orig) + " / " + one(p.Resp)
}

func refsText(refs []evidence.Ref) string {
	return strings.Join(each(refs, refText), ", ")
}
