package winevent

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// A Value is one named field of an event.
type Value struct{ Name, Text string }

// Values are the fields of one event in the order written.
type Values []Value

// Field finds a value by its exact name, else without regard to case.
func (vs Values) Field(name string) (string, bool) {
	for _, v := range vs {
		if v.Name == name {
			return v.Text, true
		}
	}
	for _, v := range vs {
		if strings.EqualFold(v.Name, name) {
			return v.Text, true
		}
	}
	return "", false
}

// Bounds of an event's data: Windows allows 128 fields, and UserData is nested two or three deep.
const (
	maxValues = 1024
	maxDepth  = 32
)

// Errors of ReadData.
var (
	errDepth     = errors.New("elements nested too deeply")
	errValues    = errors.New("too many fields")
	errDirective = errors.New("a document type or entity declaration, which no event log writes")
)

// ReadData reads the inside of an EventData or UserData element whose start has been read, up to its end: Data elements
// go by their Name, others by their own. https://learn.microsoft.com/windows/win32/wes/eventschema-eventdatatype-complextype
func ReadData(d *xml.Decoder) (Values, error) {
	var vs Values
	var open []element
	for {
		token, err := d.Token()
		if err != nil {
			return vs, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) >= maxDepth {
				return vs, errDepth
			}
			if len(open) > 0 {
				open[len(open)-1].parent = true
			}
			open = append(open, element{name: dataName(t)})
		case xml.CharData:
			if n := len(open); n > 0 {
				open[n-1].text = append(open[n-1].text, t...)
			}
		case xml.EndElement:
			n := len(open)
			if n == 0 {
				return vs, nil
			}
			if e := open[n-1]; !e.parent {
				vs = append(vs, Value{e.name, string(e.text)})
			}
			if open = open[:n-1]; len(vs) > maxValues {
				return vs, errValues
			}
		case xml.Directive:
			return vs, errDirective
		}
	}
}

// An element is one that is being read. What stands between the children of a parent is layout.
type element struct {
	name   string
	text   []byte
	parent bool
}

func dataName(e xml.StartElement) string {
	if e.Name.Local == "Data" {
		for _, a := range e.Attr {
			if a.Name.Local == "Name" {
				return a.Value
			}
		}
	}
	return e.Name.Local
}

// ParseData reads an EventData or UserData element that some exports keep as text.
func ParseData(text string) (Values, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		switch token.(type) {
		case xml.StartElement:
			return ReadData(d)
		case xml.Directive:
			return nil, errDirective
		}
	}
}
