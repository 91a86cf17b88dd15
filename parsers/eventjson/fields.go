package eventjson

import (
	"bytes"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// fields finds the data of one event. It implements winevent.Typed and winevent.Rendered.
type fields struct {
	event
	strings *winevent.Strings
	decoded *decoded
	clock   *clock
	members []value         // objects whose members are fields, best first
	values  winevent.Values // fields that are not members of an object
}

// fields finds where the data of an event stands. The error is that of data kept as a text. The fields are valid until
// the next event.
func (r *reader) fields(e event) (*fields, error) {
	f := &r.found
	*f = fields{event: e, strings: &r.strings, decoded: &r.decoded, clock: &r.clock, members: f.members[:0], values: f.values[:0]}
	v := e.first(e.data)
	if b := bytes.TrimSpace(v.text()); len(b) > 0 {
		return f, r.parseText(f, b)
	}
	f.open(v)
	return f, nil
}

// parseText reads data that is kept as a text: an element, or an object.
func (r *reader) parseText(f *fields, b []byte) (err error) {
	if b[0] == '<' {
		f.values, err = winevent.ParseData(string(b))
		return err
	}
	if err := r.inner.parse(b); err != nil {
		return reason(b, err)
	}
	f.open(r.inner.root())
	return nil
}

// open takes the members of an EventData or UserData object as fields, and those of the objects in it: UserData has an
// element of its own in between. Data elements that were kept as such go by their Name.
func (f *fields) open(v value) {
	if !v.isObject() {
		return
	}
	f.members = append(f.members, v)
	v.each(func(m value) {
		switch {
		case m.name() == "#attributes":
		case m.name() == "Data":
			f.list(m)
		case m.isObject():
			f.members = append(f.members, m)
		}
	})
}

// list reads Data elements written as a list of objects with a name and a text.
func (f *fields) list(v value) {
	if v.starts() != '[' {
		f.element(v)
		return
	}
	v.each(f.element)
}

func (f *fields) element(v value) {
	name := v.first([]path{{"#attributes", "Name"}, {"@Name"}, {"Name"}})
	text := v.first([]path{{"#text"}, {"Value"}})
	if name != nil {
		f.values = append(f.values, winevent.Value{Name: string(name), Text: string(text)})
	}
}

// first is the first of the members that holds a text or number, nil when none does.
func (v value) first(ps []path) []byte {
	for _, p := range ps {
		if b := v.get(p...).text(); b != nil {
			return b
		}
	}
	return nil
}

// Field finds a field.
func (f *fields) Field(name string) (string, bool) {
	if t := f.find(name); t != nil {
		return t.Written(), true
	}
	return "", false
}

// Text finds one that is not empty.
func (f *fields) Text(name string) (*winevent.FieldText, bool) {
	t := f.find(name)
	return t, t != nil && t.Written() != ""
}

func (f *fields) find(name string) *winevent.FieldText {
	if v := f.member(name); v.exists() {
		return f.decoded.text(v, f.strings)
	}
	if s, ok := f.values.Field(name); ok {
		t := winevent.NewText(s)
		return &t
	}
	if v := f.beside(name); v.isText() {
		return f.decoded.text(v, f.strings)
	}
	return nil
}

// text finds a field that can be read without making a string of it.
func (f *fields) text(name string) []byte {
	if v := f.member(name); v.exists() || len(f.values) > 0 {
		return v.text()
	}
	return f.beside(name).text()
}

func (f *fields) member(name string) value {
	for _, o := range f.members {
		if v := o.get(name); v.isText() {
			return v
		}
	}
	return value{}
}

// beside finds a field of a flat record. Names that belong to System are not the event's, whatever it calls its own.
func (f *fields) beside(name string) value {
	if !f.flat || f.belongsToSystem(name) {
		return value{}
	}
	return f.doc.root().get(name)
}

func (f *fields) belongsToSystem(name string) bool {
	return name == "Channel" || name == "ProcessID" && f.ownsProcessID
}

// Uint reads a field that is written as a decimal number.
func (f *fields) Uint(name string) (uint64, bool) { return parsers.Decimal(f.text(name)) }

// GUID reads a field that is written as a GUID.
func (f *fields) GUID(name string) (evidence.GUID, bool) { return evidence.ParseGUID(f.text(name)) }

// Stamp reads a field that states a time.
func (f *fields) Stamp(name string) (evidence.Stamp, bool) {
	if b := f.text(name); b != nil {
		return f.clock.stamp(b, name)
	}
	text, _ := f.values.Field(name)
	return winevent.ParseStamp(text, name)
}

// Message is the rendered text.
func (f *fields) Message() string { return string(f.event.text(f.texts)) }
