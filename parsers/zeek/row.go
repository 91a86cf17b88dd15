package zeek

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// A row is one line of a log. Fields are named with an underscore where Zeek has a dot ("id_orig_h"), as some exports
// write them.
type row interface {
	// text returns the value of a field, "" when it is unset or empty.
	text(field string) string
	// list returns the members of a set or vector.
	list(field string) []string
}

// A table is a TSV log: what its header lines say, and the current line.
type table struct {
	separator    []byte
	setSeparator string
	empty, unset string
	path         string
	fields       map[string]int // by name, nil before #fields
	columns      int
	values       [][]byte
	closed       bool
}

// header takes a line that begins with #. Header lines may come again in the middle, where logs were concatenated, and
// some are nothing but #.
func (t *table) header(line string) {
	if s, ok := strings.CutPrefix(line, "#separator "); ok {
		*t = table{separator: []byte(unescape(s)), setSeparator: ",", empty: "(empty)", unset: "-"}
		return
	}
	if len(t.separator) == 0 {
		*t = table{separator: []byte("\t"), setSeparator: ",", empty: "(empty)", unset: "-"}
	}
	key, value, _ := strings.Cut(line, string(t.separator))
	switch key {
	case "#set_separator":
		t.setSeparator = unescape(value)
	case "#empty_field":
		t.empty = value
	case "#unset_field":
		t.unset = value
	case "#path":
		t.path = value
	case "#fields":
		t.name(strings.Split(value, string(t.separator)))
	case "#close":
		t.closed = true
	}
}

// name says what stands in which column: the first of those that have the same name.
func (t *table) name(fields []string) {
	t.fields, t.columns, t.closed = make(map[string]int, len(fields)), len(fields), false
	for i, f := range slices.Backward(fields) {
		t.fields[strings.ReplaceAll(f, ".", "_")] = i
	}
}

// split cuts a line into its values and returns how many there are.
func (t *table) split(line []byte) int {
	t.values = t.values[:0]
	for more := true; more; {
		var v []byte
		v, line, more = bytes.Cut(line, t.separator)
		t.values = append(t.values, v)
	}
	return len(t.values)
}

func (t *table) raw(field string) (v []byte, ok bool) {
	i, ok := t.fields[field]
	if !ok || string(t.values[i]) == t.unset {
		return nil, false
	}
	return t.values[i], true
}

func (t *table) text(field string) string {
	v, ok := t.raw(field)
	if !ok || string(v) == t.empty {
		return ""
	}
	return unescape(string(v))
}

func (t *table) list(field string) (all []string) {
	v, ok := t.raw(field)
	if !ok || string(v) == t.empty {
		return nil
	}
	for s := range strings.SplitSeq(string(v), t.setSeparator) {
		if s != t.unset {
			all = append(all, unescape(s))
		}
	}
	return all
}

// unescape resolves \xNN, by which Zeek writes bytes that are no text or would be taken for a separator.
func unescape(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+4 <= len(s) && s[i:i+2] == `\x` {
			if n, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// An object is a line of a JSON log.
type object struct {
	keys map[string]json.RawMessage
	id   map[string]json.RawMessage // the connection's ends, where they are an object of their own
}

func (o *object) raw(field string) (json.RawMessage, bool) {
	if v, ok := o.keys[field]; ok {
		return v, true
	}
	record, end, _ := strings.Cut(field, "_")
	switch record {
	case "certificate", "san":
		v, ok := o.keys[record+"."+end]
		return v, ok
	case "id":
	default:
		return nil, false
	}
	if v, ok := o.keys["id."+end]; ok {
		return v, true
	}
	if o.id == nil {
		o.id = map[string]json.RawMessage{}
		if err := json.Unmarshal(o.keys["id"], &o.id); err != nil {
			o.id = map[string]json.RawMessage{} // no object: then it names no ends
		}
	}
	v, ok := o.id[end]
	return v, ok
}

func (o *object) text(field string) string {
	v, _ := o.raw(field)
	return scalar(v)
}

func (o *object) list(field string) (all []string) {
	v, ok := o.raw(field)
	if !ok {
		return nil
	}
	var members []json.RawMessage
	if err := json.Unmarshal(v, &members); err != nil {
		members = []json.RawMessage{v} // a set of one, or one joined by commas
	}
	for _, m := range members {
		if s := scalar(m); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// scalar returns a JSON string, number or truth value as a TSV log writes it.
func scalar(v json.RawMessage) string {
	switch {
	case len(v) == 0 || string(v) == "null" || v[0] == '{' || v[0] == '[':
		return ""
	case string(v) == "true":
		return "T"
	case string(v) == "false":
		return "F"
	case v[0] != '"':
		return string(v)
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil {
		return ""
	}
	return s
}
