// Package evidence is the vocabulary of observations: what a file states, and where it states it.
//
// Nothing here is a conclusion. A Socket is what an event says about a connection, with the ends in the order the
// event wrote them; which end is the originator, which host it happened on and which capture shows the same
// connection is for package analyze to decide. Strings and slices in an observation belong to the observation: a
// parser never reuses their memory after handing them to a Sink.
package evidence

import (
	"net/netip"
	"time"
)

// A Ref points at one record of one file. It is what every statement is walked back to.
type Ref struct {
	// File is the name of the file as the report prints it: relative to the argument it was found under.
	File string
	// Unit says what N counts: "record" (EventRecordID), "event" (position in an XML or JSON list, from 1), "line" and
	// "frame" (from 1), "row", "chunk" and "offset" (from 0). Empty when the reference is to the file as a whole.
	Unit string
	N    uint64
}

// IsZero reports whether the reference points nowhere.
func (r Ref) IsZero() bool { return r == Ref{} }

// A Stamp is a time as a record wrote it, with the name of the field it stood in.
//
// Sources disagree about time by seconds, hours and days, so a time is only worth something together with the clock
// that wrote it. A clock is (host, source, Field, event class).
type Stamp struct {
	// Time is the written value read as UTC, whether or not the text said so: a local time written without a zone, or
	// with a false Z, is kept as its digits stand. Offsets that the text states ("+02:00") are applied.
	Time time.Time
	// Field is the name of the field: "UtcTime", "TimeCreated", "EventTime", "@timestamp", "TimeGenerated", "ts".
	Field string
	// Resolution is the step of the written value (1 s for "12:00:01"), 0 when unknown.
	Resolution time.Duration
}

// IsZero reports whether there is no time.
func (s Stamp) IsZero() bool { return s.Time.IsZero() }

// A Header is what every event record has, whatever its meaning.
type Header struct {
	Ref Ref
	// Computer is the host name as the record writes it; names change case and are renamed.
	Computer string
	Provider string // "Microsoft-Windows-Sysmon"
	Channel  string // "Microsoft-Windows-Sysmon/Operational"
	EventID  uint32
	// RecordID is the EventRecordID of the log, 0 when the export dropped it.
	RecordID uint64
	// Stamps holds the times of the record, best first: the event's own time (UtcTime of Sysmon), then
	// System/TimeCreated or the shipper's EventTime, then times of receipt ("@timestamp").
	Stamps [MaxStamps]Stamp
	// Digest is a hash over the record's meaning (System identity and all data fields), equal for the same event in
	// EVTX, XML and JSON where they carry the same fields. It tells two different events with one RecordID apart.
	Digest uint64
	// Recovered tells that the record was not read the ordinary way.
	Recovered Recovery
}

// MaxStamps is how many times a record has at most.
const MaxStamps = 3

// A Recovery says where a record was recovered from.
type Recovery uint8

// The kinds of recovery.
const (
	Salvaged Recovery = iota + 1 // a damaged part of the log that counts it
	Leftover                     // space the log does not use: an earlier state of the log, or a copy of a record it still has
)

// Time returns the best time the record states, the zero time when it states none.
func (h *Header) Time() time.Time { return h.Stamps[0].Time }

// Stamp returns the stamp of the given field and whether the record has it.
func (h *Header) Stamp(field string) (Stamp, bool) {
	for _, s := range h.Stamps {
		if s.Field == field && !s.IsZero() {
			return s, true
		}
	}
	return Stamp{}, false
}

// A Tri is a truth value that a source may leave open.
type Tri uint8

// The three values.
const (
	Unknown Tri = iota
	Yes
	No
)

// A Program is what a record states about a process. Every field may be empty: the source did not say.
type Program struct {
	// EntityID is Sysmon's ProcessGuid.
	EntityID GUID
	// PID is the process id; 0 means not stated (the idle process never uses the network) unless Image is "System".
	PID uint32
	// Image is the path as written: C:\..., \device\harddiskvolumeN\..., "System", or empty where the source wrote
	// "<unknown process>" or "-".
	Image string
	User  string // DOMAIN\name
}

// A Process is the start of a process: Sysmon 1, Security 4688.
type Process struct {
	Header
	Program
	CommandLine  string
	OriginalName string // OriginalFileName of the version resource; what the file says of itself
	Company      string // likewise: says nothing about a signature
	Product      string
	Description  string
	Hashes       string // as written: "SHA256=...,MD5=..."
	Integrity    string
	Parent       Program
	ParentLine   string // ParentCommandLine
}

// An Exit is the end of a process: Sysmon 5, Security 4689.
type Exit struct {
	Header
	Program
}

// Transport is the protocol that carries ports: "tcp", "udp", "icmp", "icmp6", "sctp" or "ip/<number>".
type Transport string

// The transports that have names of their own in ECS.
const (
	TCP   Transport = "tcp"
	UDP   Transport = "udp"
	ICMP  Transport = "icmp"
	ICMP6 Transport = "ipv6-icmp"
	SCTP  Transport = "sctp"
)

// SocketKind is what an event says happened to a socket.
type SocketKind uint8

// The kinds of socket events.
const (
	Connect SocketKind = iota + 1 // Sysmon 3, Security 5156: a connection or first datagram was let through
	Blocked                       // Security 5157: it was not
	Bind                          // Security 5158: a local port was bound; Src is the local end, Dst is zero
)

// A Socket is a statement about one connection by a host's own log.
type Socket struct {
	Header
	Program
	Kind      SocketKind
	Transport Transport
	// Src and Dst are the ends in the order written. Sysmon and the filtering platform write both orders, so neither is
	// "local" or "originator" before Initiated and the host's addresses have been looked at.
	Src, Dst netip.AddrPort
	// SrcHost and DstHost are the names written beside them, "" when "-".
	SrcHost, DstHost string
	// Initiated tells whether this host opened the connection (Sysmon Initiated; 5156 direction outbound).
	Initiated Tri
}

// A Lookup is a statement that a process asked for a name: Sysmon 22, DNS Client 3006, 3008, 3020.
type Lookup struct {
	Header
	Program
	Name    string // as written, without the final dot
	Type    uint16 // 0 when not stated
	Status  uint32 // Windows error code, 0 = success
	Answers []netip.Addr
	Aliases []string // CNAMEs in the answer
}

// AccessKind tells what one process did to another.
type AccessKind uint8

// The kinds of access.
const (
	RemoteThread AccessKind = iota + 1 // Sysmon 8
	Opened                             // Sysmon 10
)

// An Access is a statement that one process reached into another: Sysmon 8 and 10.
type Access struct {
	Header
	Kind           AccessKind
	Source, Target Program
	Granted        uint32 // access mask of Sysmon 10
	StartModule    string // of Sysmon 8, "" when the thread started outside any module
	CallTrace      string // of Sysmon 10
}

// A Cleared is a statement that a log was emptied: 1102 (Security), 104 (System).
type Cleared struct {
	Header
	Log  string // the channel that was cleared
	User string
}
