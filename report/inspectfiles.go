package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

func (p *printout) captures(captures []finding.CaptureCoverage) error {
	if len(captures) == 0 {
		return nil
	}
	p.gap()
	p.title("captures and sensors")
	if err := p.grid(captureGrid(captures)); err != nil {
		return err
	}
	p.bullets(2, captureNotes(captures))
	return nil
}

// captureNotes lists the conclusions with the captures they hold for, those of many captures once.
func captureNotes(captures []finding.CaptureCoverage) (notes []string) {
	files := map[string][]string{}
	var order []string
	for i := range captures {
		for _, conclusion := range captures[i].Conclusions {
			if files[conclusion] == nil {
				order = append(order, conclusion)
			}
			files[conclusion] = append(files[conclusion], captures[i].Ref.File)
		}
	}
	for _, conclusion := range order {
		where := strings.Join(files[conclusion], ", ")
		if n := len(files[conclusion]); n > 3 {
			where = fmt.Sprintf("%s and %d more", strings.Join(files[conclusion][:2], ", "), n-2)
		}
		notes = append(notes, where+": "+conclusion)
	}
	return notes
}

func captureGrid(captures []finding.CaptureCoverage) *grid {
	g := &grid{indent: 2, columns: []column{
		{title: "capture", floor: 14, limit: 80, keep: 9},
		{title: "kind", keep: 5},
		{title: "frames", right: true, keep: 9},
		{title: "first (UTC)", floor: 10, keep: 8},
		{title: "last (UTC)", floor: 10, keep: 8},
		{title: "connections", right: true, keep: 7},
		{title: "lost", right: true, keep: 6},
		{title: "missed", right: true, keep: 6},
		{title: "cut", right: true, keep: 5},
		{title: "bad sums", right: true, keep: 3},
	}}
	for i := range captures {
		c := &captures[i]
		lost := unknown
		if c.Dropped.Known {
			lost = countText(c.Dropped.N)
		}
		g.rows = append(g.rows, []string{
			clean(c.Ref.File), clean(c.Kind), framesText(c), timeText(c.First), timeText(c.Last), countText(c.Connections),
			lost, Bytes(c.Missed), countText(c.CutFrames), countText(c.BadChecksum),
		})
	}
	return g
}

// framesText leaves the frames out where there are none to count: a sensor's log has lines.
func framesText(c *finding.CaptureCoverage) string {
	switch c.Kind {
	case "zeek", "suricata":
		return "-"
	}
	return countText(c.Frames)
}

func (p *printout) files(files []finding.File) error {
	if len(files) == 0 {
		return nil
	}
	p.gap()
	p.title("files")
	g := &grid{indent: 2, columns: []column{
		{title: "file", floor: 16, limit: 120, keep: 9},
		{title: "format", floor: 6, keep: 7},
		{title: "size", right: true, keep: 5},
		{title: "state", floor: 8, keep: 8},
		{title: "read", right: true, keep: 6},
		{title: "problems", right: true, keep: 8},
	}}
	for i := range files {
		f := &files[i]
		g.rows = append(g.rows, []string{
			clean(f.Name), cmp.Or(f.Format, "-"), Bytes(f.Size), clean(stateText(f)), recordsText(f), countText(f.ProblemsTotal),
		})
	}
	if err := p.grid(g); err != nil {
		return err
	}
	p.problems(files)
	return nil
}

func stateText(f *finding.File) string {
	if f.SameAs != "" {
		return f.State + ", same as " + f.SameAs
	}
	return f.State
}

func recordsText(f *finding.File) string {
	if f.Unit == "" {
		return "-"
	}
	return countText(f.Records) + " " + f.Unit
}

// problems lists what could not be read, with its place.
func (p *printout) problems(files []finding.File) {
	for i := range files {
		f := &files[i]
		for j := range f.Problems {
			p.text(2, 2, "- "+f.Problems[j].Error()+lostText(f.Problems[j].Lost, f.Problems[j].Known))
		}
		if more := f.ProblemsTotal - len(f.Problems); more > 0 {
			p.text(2, 2, fmt.Sprintf("- %s: %s more", f.Name, counted(more, "problem")))
		}
	}
}

func lostText(n uint64, known bool) string {
	if !known || n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s lost)", counted(n, "record"))
}
