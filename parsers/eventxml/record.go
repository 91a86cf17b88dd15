package eventxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// record reads one Event element.
func (r *reader) record(text []byte) (winevent.Record, error) {
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
			if err := r.property(t, strings.TrimSpace(child.Text), rec); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.Directive:
			return errDocType
		}
	}
}

// property takes over one child of System.
// https://learn.microsoft.com/windows/win32/wes/eventschema-systempropertiestype-complextype
func (r *reader) property(e xml.StartElement, text string, rec *winevent.Record) (err error) {
	switch e.Name.Local {
	case "Provider":
		rec.Provider = r.keep(attr(e, "Name"))
	case "EventID":
		rec.EventID, err = number32(text)
	case "TimeCreated":
		if s, ok := winevent.ParseStamp(attr(e, "SystemTime"), "TimeCreated"); ok {
			rec.Stamps = [3]evidence.Stamp{s}
		}
	case "EventRecordID":
		rec.RecordID, err = strconv.ParseUint(text, 10, 64)
	case "Execution":
		rec.ExecutionPID, _ = number32(attr(e, "ProcessID"))
	case "Channel":
		rec.Channel = r.keep(text)
	case "Computer":
		rec.Computer = r.keep(text)
	case "Security":
		rec.UserSID = r.keep(attr(e, "UserID"))
	}
	if err != nil {
		return fmt.Errorf("%s is no number", e.Name.Local)
	}
	return nil
}

func number32(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err
}

func (r *reader) keep(s string) string { return r.strings.Keep([]byte(s)) }

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
