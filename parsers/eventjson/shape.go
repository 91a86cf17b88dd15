package eventjson

import (
	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// An event is one object with the places where its shape keeps things.
type event struct {
	*places
	doc *document
}

// A path follows names from object to object. Paths are tried in order.
type path []string

// A shape is one way to write an event.
type shape struct {
	name                                                  string
	id, provider, channel, computer, record, user, writer []path
	times                                                 []path // best first, named by their last element below
	texts                                                 []path // the rendered message
	data                                                  []path // objects or texts that hold the event's fields
	flat                                                  bool   // fields stand beside what belongs to System
}

// shapes are told apart by where the event id stands, in this order.
var shapes = []shape{
	tree("evtx_dump", "Event"),
	tree("Velociraptor"),
	{
		// https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
		name:     "Winlogbeat 7",
		id:       []path{{"winlog", "event_id"}},
		provider: []path{{"winlog", "provider_name"}},
		channel:  []path{{"winlog", "channel"}},
		computer: []path{{"winlog", "computer_name"}},
		record:   []path{{"winlog", "record_id"}},
		user:     []path{{"winlog", "user", "identifier"}},
		writer:   []path{{"winlog", "process", "pid"}},
		times:    []path{{"@timestamp"}},
		texts:    []path{{"message"}},
		data:     []path{{"winlog", "event_data"}, {"winlog", "user_data"}},
	},
	{
		name:     "Winlogbeat 6",
		id:       []path{{"event_id"}},
		provider: []path{{"source_name"}},
		channel:  []path{{"log_name"}},
		computer: []path{{"computer_name"}},
		record:   []path{{"record_number"}},
		user:     []path{{"user", "identifier"}},
		writer:   []path{{"process_id"}},
		times:    []path{{"@timestamp"}},
		texts:    []path{{"message"}},
		data:     []path{{"event_data"}, {"user_data"}},
	},
	{
		// NXLog's im_msvistalog, exports with TimeCreated, Azure's WindowsEvent and SecurityEvent tables.
		name:     "flat",
		id:       []path{{"EventID"}},
		provider: []path{{"SourceName"}, {"Provider"}, {"EventSourceName"}, {"ProviderName"}},
		channel:  []path{{"Channel"}, {"LogName"}},
		computer: []path{{"Hostname"}, {"Computer"}, {"MachineName"}},
		record:   []path{{"RecordNumber"}, {"EventRecordID"}, {"EventRecordId"}},
		user:     []path{{"UserID"}},
		writer:   []path{{"ExecutionProcessID"}, {"SystemProcessId"}},
		times:    []path{{"EventTime"}, {"TimeCreated"}, {"TimeGenerated"}, {"@timestamp"}, {"EventReceivedTime"}},
		texts:    []path{{"Message"}},
		data:     []path{{"EventData"}, {"UserData"}},
		flat:     true,
	},
}

// tree is the shape of the event schema itself, under the given names. evtx_dump keeps attributes under "#attributes"
// and writes an element with attributes as an object with "#text"; Velociraptor writes them as members.
func tree(name string, under ...string) shape {
	at := func(names ...string) path { return append(append(path{}, under...), names...) }
	return shape{
		name:     name,
		id:       []path{at("System", "EventID", "Value"), at("System", "EventID", "#text"), at("System", "EventID")},
		provider: []path{at("System", "Provider", "#attributes", "Name"), at("System", "Provider", "Name")},
		channel:  []path{at("System", "Channel")},
		computer: []path{at("System", "Computer")},
		record:   []path{at("System", "EventRecordID")},
		user:     []path{at("System", "Security", "#attributes", "UserID"), at("System", "Security", "UserID")},
		writer:   []path{at("System", "Execution", "#attributes", "ProcessID"), at("System", "Execution", "ProcessID")},
		times: []path{at("System", "TimeCreated", "#attributes", "SystemTime"),
			at("System", "TimeCreated", "SystemTime")},
		texts: []path{{"Message"}},
		data:  []path{at("EventData"), at("UserData")},
	}
}

// shapeOf finds the shape of an object, false when it is no event: an id alone could be anything's.
func shapeOf(d *document) (event, bool) {
	for i := range d.shapes() {
		e := event{&d.shaped.all[i], d}
		if _, ok := e.uint(e.id, 32); ok && (e.text(e.provider) != nil || e.text(e.channel) != nil) {
			return e, true
		}
	}
	return event{}, false
}

// record reads what belongs to System.
func (r *reader) record(e event, ref evidence.Ref) {
	id, _ := e.uint(e.id, 32)
	record, _ := e.uint(e.record, 64)
	writer, _ := e.uint(e.writer, 32)
	r.rec = winevent.Record{
		Header: evidence.Header{
			Ref:      ref,
			Computer: r.computer.keep(&r.strings, e.text(e.computer)),
			Provider: r.provider.keep(&r.strings, e.text(e.provider)),
			Channel:  r.channel.keep(&r.strings, e.text(e.channel)),
			EventID:  uint32(id),
			RecordID: record,
			Stamps:   r.stamps(e),
		},
		ExecutionPID: uint32(writer),
		UserSID:      r.user.keep(&r.strings, e.text(e.user)),
	}
}

// A recent is the last text that stood in one place: it is mostly the next one too.
type recent struct{ text string }

func (l *recent) keep(all *winevent.Strings, b []byte) string {
	if string(b) != l.text {
		l.text = all.Keep(b)
	}
	return l.text
}

// stamps reads the times that the record has, best first, each under the name of its element.
func (r *reader) stamps(e event) (stamps [3]evidence.Stamp) {
	n := 0
	for _, t := range e.times {
		s, ok := r.clock.stamp(value{e.doc, t.at}.text(), t.field)
		if !ok {
			continue
		}
		if stamps[n] = s; n == len(stamps)-1 {
			break
		}
		n++
	}
	return stamps
}

// first is the first of the places that holds anything.
func (e event) first(places []int32) value {
	for _, at := range places {
		if v := (value{e.doc, at}); !v.isNull() {
			return v
		}
	}
	return value{}
}

// text is the first of the places that holds a text or number, nil when none does.
func (e event) text(places []int32) []byte {
	for _, at := range places {
		if b := (value{e.doc, at}).text(); b != nil {
			return b
		}
	}
	return nil
}

func (e event) uint(places []int32, bits int) (uint64, bool) {
	n, ok := parsers.Decimal(e.text(places))
	if !ok || n>>(bits-1)>>1 != 0 {
		return 0, false
	}
	return n, true
}
