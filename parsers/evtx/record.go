package evtx

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/Velocidex/ordereddict"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// emit hands over the events of a chunk and returns how many there were.
func (w *worker) emit(ctx context.Context, c *chunk) (returned int, err error) {
	if w.compiled != nil && w.compiled.take(c) {
		for i := range w.compiled.events {
			rec := w.compiled.event(&w.compiled.events[i], w.file.in.Name)
			rec.Recovered = c.recovery(w.compiled.events[i].record)
			w.event(rec)
		}
		return len(c.records), nil
	}
	trees, refused, reason := w.trees(c)
	c.defect = errors.Is(reason, errReader)
	for _, t := range trees {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		rec, ok := w.record(t)
		if !ok {
			refused++
			continue
		}
		rec.Recovered = c.recovery(t.record)
		w.event(rec)
		returned++
	}
	if reason != nil {
		c.note("%d of %d records could not be read, the first: %v", refused, len(c.records), reason)
	} else if refused > 0 {
		c.note("%d records have no System part", refused)
	}
	return returned, nil
}

// trees is what the reader makes of a chunk.
func (w *worker) trees(c *chunk) (trees []tree, refused int, reason error) {
	if w.reader == nil {
		w.reader = new(reader)
	}
	return w.reader.read(c)
}

// record reads the System part. The reference names the EventRecordID that Windows shows, which an exported log keeps
// while it counts its record headers anew.
func (w *worker) record(t tree) (*winevent.Record, bool) {
	v := values{dict: t.event, kinds: &w.reader.kinds}
	system, ok := v.at("Event", "System")
	if !ok {
		return nil, false
	}
	r := &winevent.Record{Fields: &fields{event: v}}
	r.Provider = w.intern(system.text("Provider", "Name"))
	r.Channel = w.intern(system.text("Channel"))
	r.Computer = w.intern(system.text("Computer"))
	r.EventID = uint32(system.number("EventID"))
	r.RecordID = system.number("EventRecordID")
	r.ExecutionPID = uint32(system.number("Execution", "ProcessID"))
	r.UserSID = w.intern(system.text("Security", "UserID"))
	r.Ref = evidence.Ref{File: w.file.in.Name, Unit: "record", N: r.RecordID}
	if r.RecordID == 0 {
		r.Ref.N = t.record.id
		r.Digest = winevent.HashBytes(w.reader.image[t.record.at:t.record.end])
	}
	if s, ok := winevent.ParseStamp(system.text("TimeCreated", "SystemTime"), "TimeCreated"); ok {
		s.Resolution = max(s.Resolution, 100*time.Nanosecond) // of a FILETIME, written with nine decimals
		r.Stamps[0] = s
	}
	return r, true
}

// maxNames bounds the texts kept for intern. A log has some ten providers, channels and computers, and some hundred users.
const maxNames = 4096

// intern returns one copy of a text that most records repeat.
func (w *worker) intern(s string) string {
	if known, ok := w.names[s]; ok {
		return known
	}
	if len(w.names) < maxNames {
		w.names[s] = s
	}
	return s
}

// values is one element of the reader's tree: attributes and children by name, the text under "Value" where there are
// attributes too. Text of the template is a string; values are bytes of the image, whose place tells their type.
type values struct {
	dict  *ordereddict.Dict
	kinds *[chunkSize]byte
}

// at goes down to an element.
func (v values) at(path ...string) (values, bool) {
	for _, name := range path {
		child, _ := v.dict.Get(name)
		d, ok := child.(*ordereddict.Dict)
		if !ok {
			return values{}, false
		}
		v.dict = d
	}
	return v, true
}

// text is the text of the element or attribute at the end of the path, "" when there is none.
func (v values) text(path ...string) string {
	last := len(path) - 1
	v, ok := v.at(path[:last]...)
	if !ok {
		return ""
	}
	child, _ := v.dict.Get(path[last])
	s, _ := v.textOf(child)
	return s
}

// textOf is the text of a leaf or of an element with attributes.
func (v values) textOf(node any) (string, bool) {
	switch n := node.(type) {
	case string:
		return n, true
	case []byte:
		return text(v.kind(n), n), true
	case *ordereddict.Dict:
		inner, ok := n.Get("Value")
		if _, deeper := inner.(*ordereddict.Dict); !ok || deeper {
			return "", false
		}
		return v.textOf(inner)
	}
	return "", false
}

// kind is the type of a value that lies in the image the reader works on, found by its distance from the image's end.
func (v values) kind(b []byte) byte {
	if len(b) == 0 || cap(b) > chunkSize {
		return kindNull
	}
	return v.kinds[chunkSize-cap(b)]
}

// number reads a whole number, decimal or 0x.
func (v values) number(path ...string) uint64 {
	n, _ := strconv.ParseUint(v.text(path...), 0, 64)
	return n
}

// fields finds data fields by name in EventData or in the provider's element of UserData.
type fields struct {
	event values
	data  values
	found bool
}

// Field implements winevent.Fields.
func (f *fields) Field(name string) (string, bool) {
	if !f.found {
		f.data, f.found = f.locate(), true
	}
	if f.data.dict == nil {
		return "", false
	}
	if s, ok, named := f.unfolded(name); named {
		return s, ok
	}
	if node, ok := f.data.dict.Get(name); ok {
		return f.data.textOf(node)
	}
	for _, key := range f.data.dict.Keys() {
		if strings.EqualFold(key, name) {
			node, _ := f.data.dict.Get(key)
			return f.data.textOf(node)
		}
	}
	return "", false
}

// locate is EventData, or what UserData holds: the provider's element, whose children are the fields.
func (f *fields) locate() values {
	if d, ok := f.event.at("Event", "EventData"); ok {
		return d
	}
	u, ok := f.event.at("Event", "UserData")
	if !ok {
		return values{}
	}
	for _, key := range u.dict.Keys() {
		if inner, ok := u.at(key); ok {
			return inner
		}
	}
	return u
}

// unfolded finds a named field among Data elements that the reader left as they are: it puts names in front only where
// every Data has a name and a value. Elements beside named ones are no fields.
func (f *fields) unfolded(name string) (text string, ok, named bool) {
	node, _ := f.data.dict.Get("Data")
	list, many := node.([]any)
	if !many {
		list = []any{node}
	}
	for _, item := range list {
		d, isDict := item.(*ordereddict.Dict)
		if !isDict {
			continue
		}
		key, _ := d.Get("Name")
		s, hasName := f.data.textOf(key)
		named = named || hasName
		if hasName && strings.EqualFold(s, name) {
			value, _ := d.Get("Value")
			text, ok = f.data.textOf(value)
			return text, ok, true
		}
	}
	return "", false, named
}
