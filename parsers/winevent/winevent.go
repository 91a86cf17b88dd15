// Package winevent knows what Windows events mean, whatever container they came in: EVTX, XML or JSON of any shape.
//
// A container hands over one Record at a time; Emit turns it into observations. Fields are fetched by name through the
// small Fields interface, so that the way a container finds a field can be replaced without touching what events mean.
//
// Each source has a file (sysmon.go, security.go, dnsclient.go, eventlog.go), each event a function in it and a line in
// the table of classes.go.
package winevent

import (
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Fields finds the data fields of one event (EventData or UserData) by their manifest names.
type Fields interface {
	// Field returns the text of the named field and whether the event has it. Names are compared without regard to case
	// where the container lost it. Integers are as the container writes them (decimal or 0x...).
	//
	// Emit asks for "UtcTime" of every Sysmon record and for other fields only where Wanted says yes, so a container
	// may decode the data part when the first field is asked for.
	Field(name string) (string, bool)
}

// A Record is one event: the System part and access to the data part. It is valid during the call of Emit only.
type Record struct {
	// Header is filled by the container with what the System part says. Stamps holds System/TimeCreated and times of
	// receipt, best first and without holes; Emit puts Sysmon's UtcTime before them. Digest is computed by Emit, except
	// that a container whose RecordID is 0 sets it to a hash of the stored record (HashBytes).
	evidence.Header
	// ExecutionPID is System/Execution ProcessID: the process that wrote the event, 0 when absent.
	ExecutionPID uint32
	UserSID      string // System/Security UserID
	Message      string // rendered text, where an export kept it; "" otherwise
	Fields       Fields
}

// Wanted tells whether the record is read beyond its header.
func (r *Record) Wanted() bool {
	_, ok := find(r.Provider, r.Channel, r.EventID)
	return ok
}

// An Emitter says what the records of one file mean. What repeats from record to record is worked out once. It belongs to
// one goroutine.
type Emitter struct {
	event    event
	sources  map[sourceKey]*source
	last     *source // of the record before
	computer string  // of the record before
	begun    Hash    // over it
}

// Emit hands the record to out: its header first, then what the event means, if it is of a class that is read.
//
// Header.Digest covers the computer in lower case, the event id, the RecordID when there is one, and every value the
// event's meaning was read from, normalised (numbers as numbers, addresses and GUIDs in one spelling, "-" as empty), so
// that containers that carry the same fields give the same Digest. A record of another class is identified by computer,
// provider, event id, RecordID and its best time to the second, because containers keep different fractions. Without
// a RecordID the hash of the stored record is mixed in: two events that look alike are then two, unless they are stored
// alike.
func (em *Emitter) Emit(r *Record, out evidence.Sink) {
	from := em.source(r)
	e := &em.event
	e.Record, e.hash = r, em.begin(r.Computer)
	e.typed, _ = r.Fields.(Typed)
	e.hash.Uint(uint64(r.EventID))
	e.hash.Uint(r.RecordID)
	if r.RecordID == 0 {
		e.hash.Uint(r.Digest)
	}
	if from.sysmon {
		e.stampUTC()
	}
	state := e.mean(from)
	r.Digest = e.hash.Sum()
	out.Record(r.Header)
	if state != nil {
		state(e, out)
	}
}

// begin starts the digest with the computer in lower case.
func (em *Emitter) begin(computer string) Hash {
	if em.computer != computer || em.begun == (Hash{}) {
		em.computer, em.begun = computer, NewHash(strings.ToLower(computer))
	}
	return em.begun
}

// mean reads what the event means. For a class that is not read it only completes the digest.
func (e *event) mean(from *source) statement {
	if c, ok := from.class(e.EventID); ok {
		return c.read(e)
	}
	e.hash.Text(from.lower)
	if t := e.Time(); !t.IsZero() {
		e.hash.Uint(uint64(t.Unix()))
	}
	return nil
}

// stampUTC puts the time that Sysmon writes into the data of all its events before the others.
func (e *event) stampUTC() {
	s, ok := e.stamp("UtcTime")
	if !ok {
		return
	}
	e.hash.Uint(uint64(s.Time.UnixMilli()))
	copy(e.Stamps[1:], e.Stamps[:2])
	e.Stamps[0] = s
}
