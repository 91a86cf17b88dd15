package zeek

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// A table is a TSV log: what its header lines say, and the current line.
type table struct {
	separator    []byte
	setSeparator []byte
	empty, unset string
	log          string
	columns      []field // what stands in which column, nil before #fields
	// behindParents counts the columns from tunnel_parents to the last, 0 if there is no such.
	behindParents int
	closed        bool
	line          []byte // that at hand, nil once it was cut
	escaped       bool
	values        [fieldCount][]byte
	listed        [][]byte
}

// header takes a line that begins with #. Header lines may come again in the middle, where logs were concatenated, and
// some are nothing but #.
func (t *table) header(line string) {
	if s, ok := strings.CutPrefix(line, "#separator "); ok {
		*t = table{separator: unescape([]byte(s)), setSeparator: []byte(","), empty: "(empty)", unset: "-"}
		return
	}
	if len(t.separator) == 0 {
		*t = table{separator: []byte("\t"), setSeparator: []byte(","), empty: "(empty)", unset: "-"}
	}
	key, value, _ := strings.Cut(line, string(t.separator))
	switch key {
	case "#set_separator":
		if s := unescape([]byte(value)); len(s) > 0 {
			t.setSeparator = s
		}
	case "#empty_field":
		t.empty = value
	case "#unset_field":
		t.unset = value
	case "#path":
		t.log = logName(value)
	case "#fields":
		t.name(strings.Split(value, string(t.separator)))
	case "#close":
		t.closed = true
	}
}

// name says what stands in which column: the first of those that have the same name.
func (t *table) name(fields []string) {
	t.columns, t.closed = make([]field, len(fields)), false
	t.line, t.values = nil, [fieldCount][]byte{}
	for i, name := range fields {
		if f := columnOf[strings.ReplaceAll(name, ".", "_")]; !slices.Contains(t.columns[:i], f) {
			t.columns[i] = f
		}
	}
	t.behindParents = 0
	if i := slices.Index(t.columns, fTunnelParents); i >= 0 {
		t.behindParents = len(fields) - i
	}
}

// read takes a line and returns how many values it has. They are cut apart when one is asked for: of many logs none is.
func (t *table) read(line []byte) int {
	t.line, t.escaped = line, bytes.IndexByte(line, '\\') >= 0
	return bytes.Count(line, t.separator) + 1
}

// value is what stands in the column of a field, nil if there is no such column.
func (t *table) value(f field) []byte {
	if t.line != nil {
		t.cut()
	}
	return t.values[f]
}

// cut looks for a separator of one byte, as nearly all are, in eight bytes together: values are short.
func (t *table) cut() {
	line := t.line
	t.line = nil
	if len(t.separator) > 1 {
		for _, f := range t.columns {
			t.values[f], line, _ = bytes.Cut(line, t.separator)
		}
		return
	}
	column, from, i := 0, 0, 0
	for ; len(line)-i >= 8; i += 8 {
		for hits := all(binary.LittleEndian.Uint64(line[i:]), t.separator[0]); hits != 0; hits &= hits - 1 {
			at := i + bits.TrailingZeros64(hits)/8
			t.values[t.columns[column]] = line[from:at:at]
			column, from = column+1, at+1
		}
	}
	for _, f := range t.columns[column:] {
		t.values[f], line, _ = bytes.Cut(line[from:], t.separator)
		from = 0
	}
}

func (t *table) text(f field) []byte {
	if v := t.value(f); string(v) != t.unset && string(v) != t.empty {
		return t.plain(v)
	}
	return nil
}

func (t *table) list(f field) [][]byte {
	v := t.value(f)
	if v == nil || string(v) == t.unset || string(v) == t.empty {
		return nil
	}
	t.listed = t.listed[:0]
	for more := true; more; {
		var s []byte
		if s, v, more = bytes.Cut(v, t.setSeparator); string(s) != t.unset {
			t.listed = append(t.listed, t.plain(s))
		}
	}
	return t.listed
}

// plain is what a value of the line means.
func (t *table) plain(v []byte) []byte {
	if t.escaped {
		return unescape(v)
	}
	return v
}

// unescape resolves \xNN, by which Zeek writes bytes that are no text or would be taken for a separator.
func unescape(s []byte) []byte {
	if !bytes.Contains(s, []byte(`\x`)) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if i+4 <= len(s) && string(s[i:i+2]) == `\x` {
			if n, err := strconv.ParseUint(string(s[i+2:i+4]), 16, 8); err == nil {
				b = append(b, byte(n))
				i += 3
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}

const ones = 0x0101010101010101

// all marks bytes that are c by their highest bits, and no others.
func all(word uint64, c byte) uint64 {
	const low = 0x7f * ones
	x := word ^ uint64(c)*ones
	return ^((x&low + low) | x | low)
}
