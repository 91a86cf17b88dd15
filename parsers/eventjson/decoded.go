package eventjson

import (
	"bytes"

	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// decoded remembers what strings with escapes mean: paths and call traces are full of backslashes, and they repeat.
type decoded struct {
	known map[string]*winevent.FieldText // by what is written
	held  int                            // bytes of what is written
}

// Bounds of what is remembered.
const (
	longestDecoded = 4 << 10
	mostDecoded    = 8 << 20
)

// text returns the text of a value that has one.
func (d *decoded) text(v value, all *winevent.Strings) *winevent.FieldText {
	raw := v.doc.raw(v.at)
	if raw[0] != '"' || len(raw) > longestDecoded || bytes.IndexByte(raw, '\\') < 0 {
		return all.Text(v.text())
	}
	if t := d.known[string(raw)]; t != nil {
		return t
	}
	t := all.Text(v.text())
	if d.known == nil || d.held > mostDecoded {
		d.known, d.held = map[string]*winevent.FieldText{}, 0
	}
	d.known[string(raw)] = t
	d.held += len(raw)
	return t
}
