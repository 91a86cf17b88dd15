package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// render lays the grid out with the given widths and puts the texts below their rows.
func (g *grid) render(widths []int, room int) (string, error) {
	cells := make([][]string, len(g.rows))
	heights := make([]int, len(g.rows))
	for r, row := range g.rows {
		cells[r], heights[r] = g.layOut(r, row, widths)
	}
	var buf bytes.Buffer
	t := newTable(&buf, g.columns, widths)
	t.Header(titles(g.columns))
	for _, row := range cells {
		if err := t.Append(row); err != nil {
			return "", fmt.Errorf("table row: %w", err)
		}
	}
	if err := t.Render(); err != nil {
		return "", fmt.Errorf("table: %w", err)
	}
	return g.interleave(g.lines(buf.String()), heights, room), nil
}

// layOut wraps the cells of a row and tells how many lines the row takes.
func (g *grid) layOut(r int, row []string, widths []int) (cells []string, height int) {
	cells = make([]string, len(row))
	for c, text := range row {
		lines := wrap(text, widths[c])
		height = max(height, len(lines))
		for i := range lines {
			if g.paint != nil {
				lines[i] = g.paint(r, c, lines[i])
			}
		}
		cells[c] = strings.Join(lines, "\n")
	}
	return cells, height
}

// interleave puts the texts below under the lines of their rows. The first line is the header.
func (g *grid) interleave(lines []string, heights []int, room int) string {
	if len(g.below) == 0 {
		return strings.Join(lines, "\n") + "\n"
	}
	var b strings.Builder
	b.WriteString(lines[0] + "\n")
	at := 1
	for r, height := range heights {
		for range height {
			b.WriteString(lines[at] + "\n")
			at++
		}
		for _, line := range wrap(g.below[r], max(room-belowIndent, 20)) {
			b.WriteString(strings.Repeat(" ", belowIndent) + line + "\n")
		}
	}
	return b.String()
}

// belowIndent sets the text under a row apart from the row.
const belowIndent = 4

// belowLimit is how many columns of text may stand under a row.
const belowLimit = 400

func (g *grid) lines(s string) []string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.Repeat(" ", g.indent) + strings.TrimRight(lines[i], " ")
	}
	return lines
}

func titles(columns []column) []string {
	return each(columns, func(c *column) string { return c.title })
}

// newTable is a tablewriter that changes nothing: cells arrive cleaned and wrapped, and the widths are ours. Its own
// wrapping would put glyphs of its own into evidence, its own widths would follow the locale.
func newTable(buf *bytes.Buffer, columns []column, widths []int) *tablewriter.Table {
	perColumn := tw.NewMapper[int, int]()
	var aligns []tw.Align
	for i, c := range columns {
		perColumn[i] = widths[i] + columnGap
		align := tw.AlignLeft
		if c.right {
			align = tw.AlignRight
		}
		aligns = append(aligns, align)
	}
	plain := tw.Rendition{
		Borders:  tw.BorderNone,
		Symbols:  tw.NewSymbols(tw.StyleNone),
		Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
	}
	return tablewriter.NewTable(buf,
		tablewriter.WithRenderer(renderer.NewBlueprint(plain)),
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithPadding(tw.Padding{Right: strings.Repeat(" ", columnGap), Overwrite: true}),
		tablewriter.WithColumnWidths(perColumn),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: aligns}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: aligns}),
	)
}
