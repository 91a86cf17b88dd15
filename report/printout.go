package report

import (
	"bytes"
	"strings"
)

// defaultWidth is used when the output is no terminal: wide enough for the columns that matter, narrow enough for mail.
const defaultWidth = 120

// minWidth is the narrowest terminal that is laid out for; on a narrower one lines run over.
const minWidth = 40

// A printout collects the lines of a terminal report.
type printout struct {
	bytes.Buffer
	room   int
	wide   bool
	colour bool
}

func newPrintout(opt Options) *printout {
	room := opt.Width
	if room == 0 {
		room = defaultWidth
	}
	return &printout{room: max(room, minWidth), wide: opt.Wide, colour: opt.Colour}
}

// text prints a paragraph, cleaned and wrapped; further lines are indented by hang columns more than the first.
func (p *printout) text(indent, hang int, s string) {
	s = clean(s)
	if p.wide {
		p.line(indent, s)
		return
	}
	lines := wrap(s, max(p.room-indent-hang, 20))
	p.line(indent, lines[0])
	for _, l := range lines[1:] {
		p.line(indent+hang, l)
	}
}

func (p *printout) line(indent int, s string) {
	p.WriteString(strings.Repeat(" ", indent) + s + "\n")
}

func (p *printout) gap() { p.WriteByte('\n') }

// bullets prints sentences as a list.
func (p *printout) bullets(indent int, sentences []string) {
	for _, s := range sentences {
		p.text(indent, 2, "- "+s)
	}
}

// some prints the first n sentences as a list and says how many more there are and where; all of them when wide.
func (p *printout) some(indent, n int, sentences []string, where string) {
	if p.wide || len(sentences) <= n {
		p.bullets(indent, sentences)
		return
	}
	p.bullets(indent, sentences[:n])
	p.text(indent, 2, "- and "+countText(len(sentences)-n)+" more ("+where+")")
}

// grid prints a table fitted to the terminal, and says what did not fit.
func (p *printout) grid(g *grid) error {
	room := p.room
	if p.wide {
		room = 1 << 30
		g.columns = each(g.columns, func(c *column) column { c.limit = 0; return *c })
	}
	widths, leftOut := g.fit(room - g.indent)
	out, err := g.render(widths, room)
	if err != nil {
		return err
	}
	p.WriteString(out)
	p.leftOut(g, leftOut)
	return nil
}

// leftOut says what a grid did not show.
func (p *printout) leftOut(g *grid, columns []string) {
	var notes []string
	if len(columns) > 0 {
		notes = append(notes, "no room for the "+plural(len(columns), "column")+" "+strings.Join(columns, ", "))
	}
	if g.shortened {
		notes = append(notes, "… marks text that was cut")
	}
	if len(notes) > 0 {
		p.text(g.indent, 2, "("+strings.Join(notes, "; ")+"; --wide prints everything)")
	}
}

const (
	bold   = "1"
	red    = "31"
	yellow = "33"
	cyan   = "36"
	faint  = "2"
)

// tint wraps text into a terminal colour where colours are allowed.
func (p *printout) tint(codes, s string) string {
	if !p.colour || codes == "" || s == "" {
		return s
	}
	return "\x1b[" + codes + "m" + s + "\x1b[0m"
}
