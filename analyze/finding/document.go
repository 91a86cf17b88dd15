package finding

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Schema names the shape of the JSON report.
const Schema = "wirewitness/report/1"

// A Document is everything a report prints. It holds no clock, no machine path and no map, so that the same evidence
// gives the same bytes.
type Document struct {
	Tool     string // "wirewitness" and its version
	Case     string // --case
	Examiner string // --examiner
	Since    time.Time
	Until    time.Time
	OnlyHost []string // --host
	MinSev   Severity
	Findings []Finding
	// Below counts the findings left out because they lie below MinSev.
	Below int
	// Unlisted counts those that were left out because there are so many before them.
	Unlisted int
	Coverage Coverage
	// Names are the uses of DNS with the most different names, NamesLeftOut how many more there are. QueriesUnlisted
	// counts the queries that belong to none: for the root or an address, over loopback, without a name in a sensor's log,
	// or beyond evidence.MaxQuestions of a connection.
	Names           []NameUse
	NamesLeftOut    int
	QueriesUnlisted uint64
	Evidence        []File
	Policy          Policy
}

// A File is one file of the evidence.
type File struct {
	Name     string // relative to the argument it was found under
	Size     uint64 // bytes as stored
	SHA256   string // hex, of the bytes as stored
	Format   string // name of the format; "" unknown
	State    string // "read", "read in part", "unknown", "empty", "unreadable"
	Unpacked string // "gzip" or "zstd" when it was unwrapped
	// Records is what was read of it, in the unit of its format.
	Records uint64
	Unit    string // "events", "frames", "lines"
	// Problems are the first ones; ProblemsTotal counts all, Lost what is known to be lost.
	Problems      []evidence.Problem
	ProblemsTotal int
	Lost          uint64
	// SameAs is the name of an earlier file with the same content; such a file is not read twice.
	SameAs string
}

// Coverage says what could have been seen, and what a negative result therefore means.
type Coverage struct {
	// Hosts are all that logs name, and as many of those that only captures show as a report has room for: HostsUnlisted
	// counts the others.
	Hosts         []HostCoverage
	HostsUnlisted int
	Captures      []CaptureCoverage
	Totals        Totals
	// Negative are the sentences that limit what the absence of a finding means; most important first.
	Negative []string
	// Suppressed lists what exclusions and expected uses touched.
	Suppressed []Suppressed
	// Duplicates counts event records that were met again and counted once.
	Duplicates uint64
	Problems   int
}

// Totals are the figures of the summary line. Bytes are payload bytes sent by local hosts.
type Totals struct {
	Hosts, Processes, Connections         int
	Linked                                int // connections with a process at one end at least
	HostOnly                              int // connections known from a host's log only
	OutboundBytes, AttributedBytes        uint64
	Events                                uint64
	Frames                                uint64
	UnattributedByReason                  []ReasonCount
	FilesRead, FilesPartly, FilesUnknown  int
	ConfirmedProtocols, UnknownByContent  int
	NoContent                             int
	PolicyTouched, ExpiredExclusions      int
	FindingsBySeverity                    [5]int
	ConnectionsLeftOutByTime              int
	EventsWithoutTime, ConnectionsTwoEnds int
	ConnectionsMetAgain                   int // that a second capture or sensor shows too, counted once
}

// A ReasonCount is how many connections stayed unattributed for a reason.
type ReasonCount struct {
	Reason string
	Count  int
	Bytes  uint64 // payload bytes sent by the local side
}

// HostCoverage is what is here of one host.
type HostCoverage struct {
	Name      string   // "" for local addresses of a capture that no log names
	Aliases   []string // other spellings
	Addresses []netip.Addr
	Sources   []SourceCoverage
	Clocks    []Clock
	Processes int
	// Connections at this host, Linked of them to a process; bytes are payload sent by the host.
	Connections, Linked            int
	OutboundBytes, AttributedBytes uint64
	// Conclusions are sentences: what can and cannot be concluded about this host.
	Conclusions []string
}

// SourceCoverage is one log of one host.
type SourceCoverage struct {
	Name        string // channel, else provider
	Files       []string
	Records     uint64
	First, Last time.Time
	Field       string // the time field of First and Last, in the log's own clock
	Classes     []ClassCoverage
	// Gaps are runs of missing RecordIDs between the first and the last, largest first, bounded; GapsTotal and
	// MissingRecords count all.
	Gaps           []Gap
	GapsTotal      int
	MissingRecords uint64
	Cleared        []ClearedLog
	// NotSeen names the event classes this analysis reads that do not occur.
	NotSeen []string
}

// ClassCoverage counts one event class.
type ClassCoverage struct {
	EventID     uint32
	Meaning     string // "network connection"
	Count       uint64
	First, Last time.Time
	Read        bool // whether this analysis reads the class
}

// A Gap is a run of missing RecordIDs, both ends included.
type Gap struct{ From, To uint64 }

// A ClearedLog is a cleared log with its citation.
type ClearedLog struct {
	At   time.Time
	Log  string
	User string
	Ref  evidence.Ref
}

// A Clock is the alignment of one clock to one capture.
type Clock struct {
	Host    string
	Source  string // "Microsoft-Windows-Sysmon/Operational"
	Class   string // "3, 22": the event classes that share it
	Field   string // "UtcTime"
	Capture string // the sensor it is measured against
	// Offset is event time minus capture time: positive when the host's clock is ahead. Spread is the median absolute
	// deviation of the votes from it.
	Offset, Spread time.Duration
	Votes          int // connections seen on both sides that agree
	Candidates     int // connections seen on both sides; of very many, a sample
	Steps          int // further segments with another offset
	Segments       []ClockSegment
	Applied        bool
	Stated         bool   // given by the user
	Reason         string // why it was not applied, or how it was come by
}

// A ClockSegment is a stretch of a stepping clock: events from From on (in the clock's own time) are Offset ahead.
type ClockSegment struct {
	From   time.Time
	Offset time.Duration
	Votes  int
}

// CaptureCoverage is one capture or sensor.
type CaptureCoverage struct {
	evidence.Capture
	Connections    int
	MidStream      int
	OneSided       int // connections with packets of one side only
	Missed         uint64
	Hosts          []string // hosts whose logs overlap it
	Conclusions    []string
	OffloadSuspect bool
}

// Suppressed is a finding or connection group that an expected use or an exclusion lowered.
type Suppressed struct {
	Adjustment
	Count  int      // how many findings it touched
	IDs    []string // of those, bounded
	Before float64  // highest score before it
	// Expired: the exclusion had expired before the last activity and was not applied.
	Expired bool
}

// Policy is what was judged with: printed in every report as detection-engineering evidence.
type Policy struct {
	Source   string // "built in" or the name of the file
	SHA256   string // of the effective policy in canonical form
	Settings []Setting
	Text     string // the whole effective policy as YAML
	// Assumptions are sentences about method and limits.
	Assumptions []string
}

// A Setting is one mutable element or threshold with the reason for its value.
type Setting struct {
	Key, Value, Unit, Reason string
	Default                  bool
}
