// Package evtxfile writes Windows event log files for samples and tests.
//
// It writes what Windows writes: 64 KiB chunks with their string and template tables, records that are template
// instances with typed values, event data as a nested template, checksums over all of it. The same events give the same
// bytes. Files come out closed (no dirty flag) and without free chunks.
//
// Format: https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
// and [MS-EVEN6] section 2.2.12, https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/.
package evtxfile

import "time"

// An Event is one record. Data and UserData exclude each other.
type Event struct {
	Provider string
	// GUID is the provider's, with or without braces; "" leaves the attribute out as classic providers do.
	GUID       string
	ID         uint16
	Version    uint8
	Level      uint8
	Task       uint16
	Opcode     uint8
	Keywords   uint64
	Time       time.Time
	RecordID   uint64
	ActivityID string // "" when the event belongs to no activity
	PID, TID   uint32 // of the process that wrote the event
	Channel    string
	Computer   string
	UserSID    string // "" leaves Security empty
	Data       []Data
	UserData   *Element
}

// Data is one <Data Name="...">. The Go type of Value decides the type in the file, see Value.
type Data struct {
	Name  string
	Value Value
}

// An Element is one element of UserData. It has either children or a value.
type Element struct {
	Name     string
	XMLNS    string
	Children []Element
	Value    Value
}

// A Value is one of nil (absent), string, bool, int8 to int64, uint8 to uint64, []byte, []string, or one of the named types
// below. Anything else is a mistake in the caller and panics.
type Value any

// The values that have no Go type of their own.
type (
	HexInt32 uint32 // shown as 0x...
	HexInt64 uint64
	GUID     string // "{01234567-89AB-CDEF-0123-456789ABCDEF}", braces optional
	SID      string // "S-1-5-18"
	FileTime time.Time
)
