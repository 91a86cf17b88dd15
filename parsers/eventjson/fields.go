package eventjson

import (
	"bytes"

	"github.com/valyala/fastjson"

	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// fields finds the data of one event. It implements winevent.Fields.
type fields struct {
	event
	strings *winevent.Strings
	members []*fastjson.Value // objects whose members are fields, best first
	values  winevent.Values   // fields that are not members of an object
}

// fields finds where the data of an event stands. The error is that of data kept as a text.
func (r *reader) fields(e event) (*fields, error) {
	f := &fields{event: e, strings: &r.strings}
	v := e.first(e.data)
	if b := bytes.TrimSpace(text(v)); len(b) > 0 {
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
	v, err := r.inner.ParseBytes(b)
	if err != nil {
		return short(err)
	}
	f.open(v)
	return nil
}

// Field finds a field. In a flat record names that belong to System are not the event's, whatever it calls its own.
func (f *fields) Field(name string) (string, bool) {
	for _, o := range f.members {
		if b := text(o.Get(name)); b != nil {
			return f.strings.Keep(b), true
		}
	}
	if s, ok := f.values.Field(name); ok {
		return s, true
	}
	if f.flat && !f.belongsToSystem(name) {
		if b := text(f.root.Get(name)); b != nil {
			return f.strings.Keep(b), true
		}
	}
	return "", false
}

func (f *fields) belongsToSystem(name string) bool {
	return name == "Channel" || name == "ProcessID" && f.writerIsProcessID()
}

// open takes the members of an EventData or UserData object as fields, and those of the objects in it: UserData has an
// element of its own in between. Data elements that were kept as such go by their Name.
func (f *fields) open(v *fastjson.Value) {
	if v == nil || v.Type() != fastjson.TypeObject {
		return
	}
	f.members = append(f.members, v)
	v.GetObject().Visit(func(key []byte, v *fastjson.Value) {
		switch {
		case string(key) == "#attributes":
		case string(key) == "Data":
			f.list(v)
		case v.Type() == fastjson.TypeObject:
			f.members = append(f.members, v)
		}
	})
}

// list reads Data elements written as a list of objects with a name and a text.
func (f *fields) list(v *fastjson.Value) {
	items, err := v.Array()
	if err != nil {
		items = []*fastjson.Value{v}
	}
	for _, item := range items {
		e := event{root: item}
		name := e.text([]path{{"#attributes", "Name"}, {"@Name"}, {"Name"}})
		value := e.text([]path{{"#text"}, {"Value"}})
		if name != nil {
			f.values = append(f.values, winevent.Value{Name: string(name), Text: string(value)})
		}
	}
}
