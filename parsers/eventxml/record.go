package eventxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// record reads one Event element, with encoding/xml where it is not taken apart by simpler means.
func (r *reader) record(text []byte) (winevent.Record, error) {
	if r.tree.read(text) {
		if rec, ok := r.ofTree(); ok {
			return rec, nil
		}
	}
	return r.decode(text)
}

// ofTree reads the parts of an event as decode does, false where that would not take them.
func (r *reader) ofTree() (rec winevent.Record, ok bool) {
	t, data, rendered := &r.tree, 0, 0
	for i := range t.nodes {
		n := &t.nodes[i]
		switch {
		case n.parent == 0 && string(n.name) == "System":
			ok = true
		case n.parent == 0 && (string(n.name) == "EventData" || string(n.name) == "UserData"):
			data = i
		case n.parent == 0 && string(n.name) == "RenderingInfo":
			rendered = i
		case n.parent > 0 && t.nodes[n.parent].parent == 0 && string(t.nodes[n.parent].name) == "System":
			p := property{string(n.name), func(name string) []byte { return t.attr(n, name) }, bytes.TrimSpace(t.decode(n.text))}
			if n.hasElements || r.take(p, &rec) != nil {
				return rec, false
			}
		}
	}
	r.data = found{branch{t, data, &r.strings}, branch{t, rendered, &r.strings}}
	rec.Fields = &r.data
	return rec, ok
}

// found is what a tree holds of an event beside System. It implements winevent.Rendered.
type found struct{ data, rendered branch }

func (f *found) Field(name string) (string, bool) { return f.data.Field(name) }

func (f *found) Message() string {
	text, _ := f.rendered.value("Message")
	return string(text)
}

// decode reads one Event element whatever XML it is.
func (r *reader) decode(text []byte) (winevent.Record, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	rec := winevent.Record{Fields: fields{nil, &r.strings}}
	found := false
	for depth := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rec, fmt.Errorf("not XML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth != 2 {
				continue
			}
			depth-- // the element is read whole
			if t.Name.Local == "System" {
				found = true
			}
			if err := r.part(d, t.Name.Local, &rec); err != nil {
				return rec, fmt.Errorf("%s: %w", t.Name.Local, err)
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			return rec, errDocType
		}
	}
	if !found {
		return rec, errNoSystem
	}
	return rec, nil
}

var errNoSystem = errors.New("an event without System")

// part reads one child of Event.
func (r *reader) part(d *xml.Decoder, name string, rec *winevent.Record) error {
	switch name {
	case "System":
		return r.system(d, rec)
	case "EventData", "UserData":
		values, err := winevent.ReadData(d)
		if err == nil {
			rec.Fields = fields{values, &r.strings}
		}
		return err
	case "RenderingInfo":
		values, err := winevent.ReadData(d)
		rec.Message, _ = values.Field("Message")
		return err
	}
	return d.Skip()
}

// fields keeps one copy of values that repeat.
type fields struct {
	values  winevent.Values
	strings *winevent.Strings
}

func (f fields) Field(name string) (string, bool) {
	s, ok := f.values.Field(name)
	return f.strings.Keep([]byte(s)), ok
}

// system reads the System element: each child is a text or has attributes.
func (r *reader) system(d *xml.Decoder, rec *winevent.Record) error {
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			var child struct {
				Text string `xml:",chardata"`
			}
			if err := d.DecodeElement(&child, &t); err != nil {
				return err
			}
			p := property{t.Name.Local, func(name string) []byte { return attr(t, name) }, bytes.TrimSpace([]byte(child.Text))}
			if err := r.take(p, rec); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.Directive:
			return errDocType
		}
	}
}

// A property is one child of System.
type property struct {
	name string
	attr func(name string) []byte
	text []byte
}

// take takes over one property.
// https://learn.microsoft.com/windows/win32/wes/eventschema-systempropertiestype-complextype
func (r *reader) take(p property, rec *winevent.Record) (err error) {
	switch p.name {
	case "Provider":
		rec.Provider = r.strings.Keep(p.attr("Name"))
	case "EventID":
		rec.EventID, err = number32(p.text)
	case "TimeCreated":
		if s, ok := winevent.ParseStamp(string(p.attr("SystemTime")), "TimeCreated"); ok {
			rec.Stamps = [3]evidence.Stamp{s}
		}
	case "EventRecordID":
		rec.RecordID, err = strconv.ParseUint(string(p.text), 10, 64)
	case "Execution":
		rec.ExecutionPID, _ = number32(p.attr("ProcessID"))
	case "Channel":
		rec.Channel = r.strings.Keep(p.text)
	case "Computer":
		rec.Computer = r.strings.Keep(p.text)
	case "Security":
		rec.UserSID = r.strings.Keep(p.attr("UserID"))
	}
	if err != nil {
		return fmt.Errorf("%s is no number", p.name)
	}
	return nil
}

func number32(b []byte) (uint32, error) {
	n, err := strconv.ParseUint(string(b), 10, 32)
	return uint32(n), err
}

func attr(e xml.StartElement, name string) []byte {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return []byte(a.Value)
		}
	}
	return nil
}
