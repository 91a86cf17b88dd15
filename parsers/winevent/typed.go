package winevent

import "github.com/wirewitness/wirewitness/parsers/evidence"

// Typed is implemented by the Fields of a container that stores numbers and GUIDs as such, which need not become text
// and numbers again then. What it returns must agree with the text that Field gives; where it says no, Field is asked.
type Typed interface {
	Fields
	// Text returns a field, valid until the next call, and whether it is there and not empty.
	Text(name string) (t *FieldText, ok bool)
	// Uint returns a field that is stored as a whole number.
	Uint(name string) (n uint64, ok bool)
	// GUID returns a field that is stored as a GUID.
	GUID(name string) (g evidence.GUID, ok bool)
	// Stamp returns a field that states a time, as ParseStamp reads it.
	Stamp(name string) (s evidence.Stamp, ok bool)
}

// stored is the first of the named fields that is stored as a number. One before it that is stored otherwise has the word.
func (e *event) stored(names []string) (n uint64, ok bool) {
	if e.typed == nil {
		return 0, false
	}
	for _, name := range names {
		if n, ok := e.typed.Uint(name); ok {
			return n, true
		}
		if _, ok := e.typed.Text(name); ok {
			return 0, false
		}
	}
	return 0, false
}

// guid is the first of the named fields that is stored as a GUID, likewise.
func (e *event) guid(names []string) (g evidence.GUID, ok bool) {
	if e.typed == nil {
		return g, false
	}
	for _, name := range names {
		if g, ok := e.typed.GUID(name); ok {
			return g, true
		}
		if _, ok := e.typed.Text(name); ok {
			return g, false
		}
	}
	return g, false
}

func (e *event) stamp(name string) (evidence.Stamp, bool) {
	if e.typed != nil {
		return e.typed.Stamp(name)
	}
	text, _ := e.Fields.Field(name)
	return ParseStamp(text, name)
}

// Rendered is implemented by the Fields of a container that has the rendered text at hand but not as a string: it is asked
// for it only by the few events that have to look there. Record.Message goes first.
type Rendered interface {
	Fields
	Message() string
}

func (e *event) message() string {
	if r, ok := e.Fields.(Rendered); ok && e.Message == "" {
		return r.Message()
	}
	return e.Message
}
