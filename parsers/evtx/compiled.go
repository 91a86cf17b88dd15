package evtx

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// A compiled reads the records of a chunk through compiled templates. It takes a chunk only when it understands every
// record and the reader would find nothing to refuse; its memory is used again for the next chunk.
type compiled struct {
	templates templates
	b         []byte
	known     []definition // in the order of the chunk
	nodes     int
	events    []compiledEvent
	ends      []uint32 // of the values of all instances
	texts     *texts
	system    [4]memo // of the record before
	record    winevent.Record
	holes     holes
}

// A compiledEvent is one record: an instance of a template with System, and the one that holds the data.
type compiledEvent struct {
	record
	event, data instance
}

// An instance is a template with the table of its values and where they stand.
type instance struct {
	*template
	id    int // offset of the number it gives for the template
	table int // offset of sizes and types
	first int // where the first value begins
	ends  int // where their ends begin in compiled.ends
	n     int
	// nested is the value that is BinXML, nowhere when none is, several when there is more than one.
	nested int
}

const several = -2

func newCompiled() *compiled { return &compiled{texts: newTexts()} }

func (k *compiled) begin(c *chunk) {
	k.b, k.known, k.nodes, k.events, k.ends = c.b, k.known[:0], 0, k.events[:0], k.ends[:0]
}

// take tells whether every record of the chunk is understood, and keeps what was found for the calls of event.
func (k *compiled) take(c *chunk) bool {
	k.begin(c)
	for _, r := range c.records {
		if !k.takeRecord(r) {
			return false
		}
	}
	return true
}

func (k *compiled) takeRecord(r record) bool {
	e := compiledEvent{record: r}
	at, ok := k.instance(&e.event, r.at+recordHeaderSize, r.end-4)
	if !ok || at > r.end-4 || e.event.root != "Event" || e.event.err != nil {
		return false
	}
	if !k.takeData(&e) || k.value(&e.event, &e.event.recordID).number() == 0 {
		return false
	}
	k.events = append(k.events, e)
	return true
}

// takeData finds the instance that fills the content hole. Other values must not be BinXML.
func (k *compiled) takeData(e *compiledEvent) bool {
	e.data = e.event
	if e.event.content != nowhere {
		e.data.template = nil
	}
	nested := e.event.nested
	if nested == nowhere {
		return true
	}
	if nested != e.event.content {
		return false
	}
	start, end := k.start(&e.event, nested), k.end(&e.event, nested)
	at, ok := k.instance(&e.data, start, end)
	if !ok || at == end && continues(k.b[end]) && nested < e.event.n-1 {
		return false
	}
	return e.data.nested == nowhere && e.data.accept(e.event.userData)
}

// accept tells whether the template may fill the content hole. Only one for event data or the provider's element of
// UserData has fields.
func (in *instance) accept(userData bool) bool {
	if in.err != nil {
		return false
	}
	switch in.root {
	case "Event", "System":
		return false
	case "EventData":
		return in.template.data.err == nil
	case "UserData":
		return !userData && in.template.data.err == nil
	}
	if userData {
		return in.template.data.err == nil
	}
	in.template = nil
	return true
}

// instance reads a template instance in [at, end) and returns where its last value ends.
func (k *compiled) instance(in *instance, at, end int) (int, bool) {
	b := k.b
	if at < end && b[at] == tokFragment {
		at += 4
	}
	const head = 1 + 1 + 4 + 4
	if at+head > end || b[at] != tokTemplate || b[at+1] != 1 {
		return 0, false
	}
	id, place := at+2, int(binary.LittleEndian.Uint32(b[at+6:]))
	at += head
	t := k.find(place)
	if place == at {
		if t != nil {
			return 0, false
		}
		if t = k.templates.define(b, place, end, k.known); t == nil {
			return 0, false
		}
		at += t.size
		k.known = append(k.known, definition{place, at, t})
	}
	if t == nil || place > at || at+4 > end {
		return 0, false
	}
	if k.nodes += t.nodes; k.nodes > maxNodes {
		return 0, false
	}
	n := int(binary.LittleEndian.Uint32(b[at:]))
	if n > maxValues || at+4+4*n > end {
		return 0, false
	}
	*in = instance{template: t, id: id, table: at + 4, first: at + 4 + 4*n, ends: len(k.ends), n: n, nested: nowhere}
	return k.values(in, end)
}

// values adds up the sizes of the values and looks for BinXML among them.
func (k *compiled) values(in *instance, end int) (int, bool) {
	at := in.first
	for table := k.b[in.table:in.first]; len(table) >= 4; table = table[4:] {
		entry := binary.LittleEndian.Uint32(table)
		size := int(entry & 0xffff)
		if byte(entry>>16) == kindBinXML && size > 0 {
			in.nest(len(k.ends) - in.ends)
		}
		at += size
		k.ends = append(k.ends, uint32(at))
	}
	return at, at <= end
}

func (in *instance) nest(i int) {
	if in.nested != nowhere {
		i = several
	}
	in.nested = i
}

func (k *compiled) find(place int) *template {
	for i := range k.known {
		if k.known[i].place == place {
			return k.known[i].template
		}
	}
	return nil
}

func (k *compiled) kind(in *instance, i int) byte { return k.b[in.table+4*i+2] }

func (k *compiled) start(in *instance, i int) int {
	if i == 0 {
		return in.first
	}
	return k.end(in, i-1)
}

func (k *compiled) end(in *instance, i int) int { return int(k.ends[in.ends+i]) }

// value is what stands in a slot.
func (k *compiled) value(in *instance, s *slot) value {
	if s.hole < 0 {
		return value{text: s.text, ok: s.hole == literal}
	}
	if s.hole >= in.n {
		return value{}
	}
	kind := k.kind(in, s.hole)
	return value{kind: kind, b: k.b[k.start(in, s.hole):k.end(in, s.hole)], ok: kind != kindNull && kind != kindBinXML}
}

// event fills the record that is handed over; it is valid until the next call.
func (k *compiled) event(e *compiledEvent, file string) *winevent.Record {
	in, r := &e.event, &k.record
	*r = winevent.Record{Fields: &k.holes}
	k.holes = holes{from: k, in: &e.data}
	r.Provider = k.repeated(0, in, &in.provider)
	r.Channel = k.repeated(1, in, &in.channel)
	r.Computer = k.repeated(2, in, &in.computer)
	r.UserSID = k.repeated(3, in, &in.user)
	r.EventID = uint32(k.value(in, &in.eventID).number())
	r.RecordID = k.value(in, &in.recordID).number()
	r.ExecutionPID = uint32(k.value(in, &in.executionPID).number())
	r.Ref = evidence.Ref{File: file, Unit: "record", N: r.RecordID}
	if s, ok := k.texts.stamp(k.value(in, &in.time), "TimeCreated"); ok {
		s.Resolution = max(s.Resolution, 100*time.Nanosecond) // of a FILETIME, written with nine decimals
		r.Stamps[0] = s
	}
	return r
}

// repeated is the text of a part of System: it hardly changes from record to record.
func (k *compiled) repeated(part int, in *instance, s *slot) string {
	v := k.value(in, s)
	m := &k.system[part]
	if len(v.b) == 0 {
		return v.text
	}
	if m.kind != v.kind || !bytes.Equal(m.raw, v.b) {
		m.kind, m.raw, m.text = v.kind, append(m.raw[:0], v.b...), *k.texts.of(v)
	}
	return m.text.Written()
}
