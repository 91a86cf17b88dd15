// Package winevent knows what Windows events mean, whatever container they came in: EVTX, XML or JSON of any shape.
//
// A container hands over one Record at a time; Emit turns it into observations. Fields are fetched by name through the
// small Fields interface, so that the way a container finds a field can be replaced without touching what events mean.
package winevent

import "github.com/wirewitness/wirewitness/parsers/evidence"

// Fields finds the data fields of one event (EventData or UserData) by their manifest names.
type Fields interface {
	// Field returns the text of the named field and whether the event has it. Names are compared without regard to case
	// where the container lost it. Integers are as the container writes them (decimal or 0x...).
	Field(name string) (string, bool)
}

// A Record is one event: the System part and access to the data part. It is valid during the call of Emit only.
type Record struct {
	evidence.Header
	// ExecutionPID is System/Execution ProcessID: the process that wrote the event, 0 when absent.
	ExecutionPID uint32
	UserSID      string // System/Security UserID
	Message      string // rendered text, where an export kept it; "" otherwise
	Fields       Fields
}
