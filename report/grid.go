package report

import "slices"

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
