package zeek

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// An object is a line of a JSON log. Of members of one name the last counts.
type object struct {
	values [fieldCount][]byte // as written, nil for what is not there
	ranks  [fieldCount]rank
	listed [][]byte
	log    string
	met    [512]met // names of members, by a look at three bytes; the first to come stays
}

// A met is a name met before, in quotes, and what it stands for.
type met struct {
	name string
	key
}

// longestName bounds the names that are remembered, in bytes.
const longestName = 64

// read takes a line apart and tells which log it belongs to. What is no JSON is put into words by encoding/json, which refuses
// the same lines.
func (o *object) read(line []byte) (log string, err error) {
	clear(o.values[:])
	s := scanner{line, o}
	if end := s.members(1, 1, inLine); end < 0 || blank(line, end) != len(line) {
		return "", fmt.Errorf("line is no JSON object: %w", json.Unmarshal(line, &map[string]json.RawMessage{}))
	}
	name := o.text(fPath)
	if len(name) == 0 {
		name = o.text(fStream)
	}
	if len(name) == 0 {
		return logOf(o.has), nil
	}
	if string(name) != o.log {
		o.log = string(name)
	}
	return logName(o.log), nil
}

// named finds the field of a name in quotes.
func (o *object) named(name []byte, in place) key {
	switch {
	case in == elsewhere:
		return key{}
	case in == inID:
		return endKeys[string(unquote(name))]
	case len(name) > longestName:
		return keys[string(unquote(name))]
	}
	m := &o.met[(len(name)*7+int(name[1])*3+int(name[len(name)/2])*5+int(name[len(name)-2])*11)%len(o.met)]
	if m.name == "" {
		*m = met{string(name), keys[string(unquote(name))]}
	}
	if m.name == string(name) {
		return m.key
	}
	return keys[string(unquote(name))]
}

// note keeps a value, unless the field has one that was written in a better way.
func (o *object) note(k key, raw []byte) {
	if o.values[k.field] == nil || k.rank <= o.ranks[k.field] {
		o.values[k.field], o.ranks[k.field] = raw, k.rank
	}
}

// forgetEnds drops the ends that stood in an object: another takes its place.
func (o *object) forgetEnds() {
	for f := fOrigH; f <= fRespP; f++ {
		if o.ranks[f] == nested {
			o.values[f] = nil
		}
	}
}

func (o *object) has(f field) bool { return o.values[f] != nil }

func (o *object) text(f field) []byte { return scalar(o.values[f]) }

// list takes anything but a list for a set of one.
func (o *object) list(f field) [][]byte {
	o.listed = o.listed[:0]
	s := scanner{b: o.values[f]}
	if len(s.b) == 0 || s.b[0] != '[' {
		o.enlist(s.b)
		return o.listed
	}
	for i := blank(s.b, 1); s.b[i] != ']'; {
		end := s.value(i, 1, elsewhere)
		o.enlist(s.b[i:end])
		if i = blank(s.b, end); s.b[i] == ',' {
			i = blank(s.b, i+1)
		}
	}
	return o.listed
}

func (o *object) enlist(v []byte) {
	if s := scalar(v); len(s) > 0 {
		o.listed = append(o.listed, s)
	}
}

var isTrue, isFalse = []byte("T"), []byte("F")

// scalar returns a JSON string, number or truth value as a TSV log writes it.
func scalar(v []byte) []byte {
	if len(v) == 0 {
		return nil
	}
	switch v[0] {
	case '{', '[', 'n':
		return nil
	case 't':
		return isTrue
	case 'f':
		return isFalse
	case '"':
		return unquote(v)
	}
	return v
}

// unquote returns what a string means, which mostly is what is written.
func unquote(v []byte) []byte {
	if s := v[1 : len(v)-1]; isPlain(s) || bytes.IndexByte(s, '\\') < 0 && utf8.Valid(s) {
		return s
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil {
		return nil
	}
	return []byte(s)
}

// isPlain tells whether s is ASCII without escapes.
func isPlain(s []byte) bool {
	for ; len(s) >= 8; s = s[8:] {
		if w := binary.LittleEndian.Uint64(s); has(w, '\\')|w&(0x80*ones) != 0 {
			return false
		}
	}
	for _, c := range s {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
