package evidence

import "encoding/json"

// An Original is one record as its file holds it, for whoever checks a statement against what it rests on. One of the three
// is set.
type Original struct {
	// Ref is the reference that was asked for.
	Ref Ref
	// Event is a whole event of a binary log, its elements and values in the order and with the names they have there.
	Event json.RawMessage
	// Text is the record of a file that is text, as it stands there.
	Text string
	// Data is the record's bytes, and Note what the file says about them beside.
	Data []byte
	Note string
}

// MaxOriginals is how many records one reference may lead to: an EventRecordID can occur again, and a line can hold a whole
// list of events.
const MaxOriginals = 64
