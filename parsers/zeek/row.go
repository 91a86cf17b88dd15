package zeek

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/parsers"
)

// A row is one line of a log. What it hands out is valid until the next line is read.
type row interface {
	// text returns the value of a field, nothing when it is unset or empty.
	text(field) []byte
	// list returns the members of a set or vector; the slice is valid until the next call.
	list(field) [][]byte
}

// rows goes through a log line by line, whichever of its two shapes each line has.
type rows struct {
	*parsers.Lines
	ctx    context.Context
	table  table
	object object
}

func newRows(ctx context.Context, in *parsers.Input) *rows {
	return &rows{Lines: parsers.NewLines(in), ctx: ctx}
}

// next goes to the next line that is to be a row.
func (rs *rows) next() bool {
	for rs.Next() {
		if rs.N%1024 == 0 && rs.ctx.Err() != nil {
			rs.Err = rs.ctx.Err()
			return false
		}
		switch line := rs.Text; {
		case rs.TooLong:
			return true
		case len(line) == 0:
		case line[0] == '#':
			rs.table.header(string(line))
		default:
			return true
		}
	}
	return false
}

// row takes the line apart and tells which log it belongs to. Rotated logs keep their path, those of other writers may have a
// suffix.
func (rs *rows) row() (log string, r row, err error) {
	switch t := &rs.table; {
	case rs.TooLong:
		return "", nil, errors.New("line too long to be read")
	case rs.Text[0] == '{':
		log, err = rs.object.read(rs.Text)
		return log, &rs.object, err
	case t.columns == nil:
		return "", nil, errors.New("line before any #fields")
	default:
		if n := t.read(rs.Text); n != len(t.columns) {
			return "", nil, fmt.Errorf("%d fields where #fields names %d", n, len(t.columns))
		}
		return t.log, t, nil
	}
}

// logName is the name of a log without what follows it.
func logName(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}
