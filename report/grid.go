package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// columnGap is the number of spaces between two columns.
const columnGap = 2

// A column of a grid. Width limits count terminal columns.
type column struct {
	title string
	right bool
	floor int // narrower than this it is no longer worth reading; figures, on the right, are never wrapped
	limit int // longer text is cut and marked, 0 for never
	keep  int // the columns with the lowest number are left out first when the floors do not fit
}

// A grid is a table of cleaned text that is fitted to a width: long cells are wrapped, then columns are left out, and
// what was left out is said.
type grid struct {
	columns []column
	rows    [][]string
	// below holds text that is printed under the row with the same index, where there is any.
	below []string
	// shortened tells afterwards whether any text was cut.
	shortened bool
	indent    int
	// paint colours one line of a cell; nil for none.
	paint func(row, col int, line string) string
}

// fit chooses the width of every column for a total of at most room. It returns the titles of those left out.
func (g *grid) fit(room int) (widths []int, leftOut []string) {
	g.shortenAll()
	for {
		widths = g.natural()
		floors := g.floors(widths)
		if total(floors) <= room || len(g.columns) == 1 {
			return shrink(widths, floors, room), leftOut
		}
		i := g.leastImportant()
		leftOut = append(leftOut, g.columns[i].title)
		g.drop(i)
	}
}

// tooWide tells whether columns would have to be left out.
func (g *grid) tooWide(room int) bool {
	g.shortenAll()
	return total(g.floors(g.natural())) > room
}

// shrink takes from the column that stands furthest above its floor until the total fits.
func shrink(widths, floors []int, room int) []int {
	for total(widths) > room {
		widest, most := 0, 0
		for i := range widths {
			if slack := widths[i] - floors[i]; slack > most {
				widest, most = i, slack
			}
		}
		if most == 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

func total(widths []int) int {
	sum := columnGap * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// natural is the width that every column takes when nothing is wrapped.
func (g *grid) natural() []int {
	widths := make([]int, len(g.columns))
	for i, c := range g.columns {
		widths[i] = width(c.title)
		for _, row := range g.rows {
			widths[i] = max(widths[i], width(row[i]))
		}
	}
	return widths
}

// floors are the least widths that show every column.
func (g *grid) floors(natural []int) []int {
	floors := slices.Clone(natural)
	for i, c := range g.columns {
		if !c.right {
			floors[i] = min(natural[i], max(c.floor, width(c.title)))
		}
	}
	return floors
}

// leastImportant is the column to leave out next.
func (g *grid) leastImportant() int {
	best := 0
	for i, c := range g.columns {
		if c.keep < g.columns[best].keep {
			best = i
		}
	}
	return best
}

func (g *grid) drop(i int) {
	g.columns = slices.Delete(slices.Clone(g.columns), i, i+1)
	for r, row := range g.rows {
		g.rows[r] = slices.Delete(slices.Clone(row), i, i+1)
	}
	if paint := g.paint; paint != nil {
		g.paint = func(row, col int, line string) string {
			if col >= i {
				col++
			}
			return paint(row, col, line)
		}
	}
}

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

// shortenAll cuts the cells to their limits, so that nothing after it depends on the length of evidence.
func (g *grid) shortenAll() {
	for _, row := range g.rows {
		for i, c := range g.columns {
			if c.limit > 0 {
				row[i] = g.shorten(row[i], c.limit)
			}
		}
	}
	for i := range g.below {
		g.below[i] = g.shorten(g.below[i], belowLimit)
	}
}

// shorten cuts text and remembers that it did.
func (g *grid) shorten(text string, limit int) string {
	short := cut(text, limit)
	g.shortened = g.shortened || short != text
	return short
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
