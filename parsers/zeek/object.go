package zeek

import (
	"fmt"

	"github.com/wirewitness/wirewitness/parsers/rawjson"
)

// An object is a line of a JSON log. Of members of one name the last counts.
type object struct {
	values [fieldCount]rawjson.Value // nil for what is not there
	ranks  [fieldCount]rank
	listed [][]byte
	log    string
	met    [512]met // names of members, by a glance; the first to come stays
}

// A met is a name met before, and what it stands for.
type met struct {
	name string
	key
}

// longestName bounds the names that are remembered, in bytes.
const longestName = 64

// read takes a line apart and tells which log it belongs to.
func (o *object) read(line []byte) (log string, err error) {
	clear(o.values[:])
	members := rawjson.MembersOf(line)
	for members.Next() {
		k := o.named(members.Name)
		if k.field == fID {
			o.ends(members.Value)
		}
		if k.field != noField {
			o.note(k, members.Value)
		}
	}
	if !members.Whole() {
		return "", fmt.Errorf("line is no JSON object: %w", rawjson.Fault(line))
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

// ends reads those of a connection that stand in an object. They take the place of others that did.
func (o *object) ends(v rawjson.Value) {
	for f := fOrigH; f <= fRespP; f++ {
		if o.ranks[f] == nested {
			o.values[f] = nil
		}
	}
	members := rawjson.MembersOf(v)
	for members.Next() {
		if k := endKeys[string(members.Name)]; k.field != noField {
			o.note(k, members.Value)
		}
	}
}

// named finds the field of a name.
func (o *object) named(name []byte) key {
	if len(name) == 0 || len(name) > longestName {
		return keys[string(name)]
	}
	m := &o.met[glance(name)%len(o.met)]
	if m.name == "" {
		*m = met{string(name), keys[string(name)]}
	}
	if m.name == string(name) {
		return m.key
	}
	return keys[string(name)]
}

// note keeps a value, unless the field has one that was written in a better way.
func (o *object) note(k key, v rawjson.Value) {
	if o.values[k.field] == nil || k.rank <= o.ranks[k.field] {
		o.values[k.field], o.ranks[k.field] = v, k.rank
	}
}

func (o *object) has(f field) bool { return o.values[f] != nil }

func (o *object) text(f field) []byte { return scalar(o.values[f]) }

// list takes anything but a list for a set of one.
func (o *object) list(f field) [][]byte {
	o.listed = o.listed[:0]
	if !o.values[f].Opens('[') {
		o.enlist(o.values[f])
		return o.listed
	}
	elements := rawjson.ElementsOf(o.values[f])
	for elements.Next() {
		o.enlist(elements.Value)
	}
	return o.listed
}

func (o *object) enlist(v rawjson.Value) {
	if s := scalar(v); len(s) > 0 {
		o.listed = append(o.listed, s)
	}
}

var isTrue, isFalse = []byte("T"), []byte("F")

// scalar returns a JSON string, number or truth value as a TSV log writes it.
func scalar(v rawjson.Value) []byte {
	switch {
	case v.Opens('t'):
		return isTrue
	case v.Opens('f'):
		return isFalse
	}
	return v.Scalar()
}
