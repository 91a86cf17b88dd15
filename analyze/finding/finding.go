// Package finding is the vocabulary of conclusions: what wirewitness makes of the evidence, and the Document that
// every report prints. Each statement carries the references it can be walked back to.
package finding

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Severity is how urgent a finding is. The bounds stand in the policy of the report.
type Severity uint8

// The severities, in rising order.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severities = [...]string{"info", "low", "medium", "high", "critical"}

func (s Severity) String() string { return severities[s] }

// ParseSeverity reads a severity as written on a command line.
func ParseSeverity(s string) (Severity, error) {
	for i, name := range severities {
		if s == name {
			return Severity(i), nil
		}
	}
	return Info, fmt.Errorf("severity %q is not one of info, low, medium, high, critical", s)
}

// Hypothesis is what the facts of a finding together suggest.
type Hypothesis string

// The hypotheses.
const (
	CommandAndControl Hypothesis = "command and control"
	Exfiltration      Hypothesis = "exfiltration"
	Tunnel            Hypothesis = "tunnel"
	Lateral           Hypothesis = "lateral transfer"
	Reconnaissance    Hypothesis = "reconnaissance"
	Unclear           Hypothesis = "unexplained use"
)

// Family groups facts of one kind, so that weak facts of one kind do not pile up into a verdict.
type Family string

// The families of DESIGN section 6.
const (
	FamilyProcess Family = "process"
	FamilyPort    Family = "port"
	FamilyVolume  Family = "volume"
	FamilyTiming  Family = "timing"
	FamilyContent Family = "content"
)

// Families lists them in the order in which reports show them.
var Families = []Family{FamilyProcess, FamilyPort, FamilyVolume, FamilyTiming, FamilyContent}

// A Number is a quantity behind a fact. Unit is "bytes", "s", "ratio" (0..1), "count", "port", "bits".
type Number struct {
	Name  string
	Value float64
	Unit  string
}

// A Fact is one statement that speaks for a finding, made by one detector.
type Fact struct {
	ID      string // stable name of the kind of fact: "port.protocol-elsewhere"
	Family  Family
	Points  float64 // 0..100: the score if this were the only fact of its family and of the finding
	Text    string  // one clause, no final stop
	Numbers []Number
	Refs    []evidence.Ref // the records it rests on, first ones first; RefsTotal counts all
	// RefsTotal is how many records it rests on; Refs holds at most MaxRefs of them.
	RefsTotal int
}

// MaxRefs bounds the references that a fact or finding lists.
const MaxRefs = 20

// Basis names how a connection was linked to a process (DESIGN section 5).
type Basis string

// The bases.
const (
	BasisTuple       Basis = "tuple"
	BasisAmbiguous   Basis = "tuple, ambiguous"
	BasisLookup      Basis = "lookup"
	BasisCommandLine Basis = "command line"
	BasisPeer        Basis = "peer"
	BasisHostLog     Basis = "host log" // the process is stated by the host's log, no capture shows the connection
	BasisNone        Basis = "none"
)

// An Attribution is the link between a connection and a process.
type Attribution struct {
	Basis      Basis
	Confidence float64  // 0..1, 0 exactly when Basis is none
	Rivals     []string // other processes that could own it, as "name (pid)"
	Reason     string   // for none: why not; otherwise what the basis rests on, in a few words
	// Behalf names the processes for which the owner may have sent, as "name (pid)": the kernel and the WebDAV service
	// send for others, and these processes' command lines name the peer.
	Behalf []string
}

// A Process is a program instance (or the instances of one program) as far as known; empty fields are unknown.
type Process struct {
	Executable  string // full path
	Name        string // base name as written
	PIDs        []uint32
	EntityIDs   []string
	CommandLine string
	User        string
	// Chain is the parent, grandparent, ... of the first instance, nearest first, as "name (pid): command line".
	Chain []string
	Start time.Time
}

// A Peer is the other end of what a finding speaks of.
type Peer struct {
	IPs    []netip.Addr
	Port   uint16 // service port, 0 unknown
	Domain string // name the host asked for or the content named
	// Noted is what a capture file calls the address where nothing else names it; nil for none.
	Noted *evidence.Naming
}

// A Line is one row of the traffic over time of a finding.
type Line struct {
	At         time.Time
	Sent, Recv uint64 // payload bytes
	Events     int    // connections that started; look-ups where the finding is about names
}

// An Adjustment lowers a score: an expected use, an exclusion. Factor is 0..1.
type Adjustment struct {
	Kind    string // "expected use", "exclusion", "link"
	Name    string
	Factor  float64
	Reason  string
	Owner   string
	Expires string // YYYY-MM-DD, "" for built-in profiles
}

// A FamilyScore is the part of one family: Points = the facts' points, highest first, weighted 1, 1/2, 1/4, ...,
// at most Cap.
type FamilyScore struct {
	Family Family
	Facts  []string // ids, highest points first
	Points float64  // 0..100
	Cap    float64
}

// Arithmetic is how a score came about:
//
//	combined = 100 * (1 - (1-f1/100) * (1-f2/100) * ...)     over the families
//	score    = round(combined * product of the adjustments' factors), at most Ceiling
type Arithmetic struct {
	Families      []FamilyScore
	Combined      float64
	Adjustments   []Adjustment
	Ceiling       float64 // 100, or the bound that applies
	CeilingReason string  // "facts of one family only: stays below high"
}

// A Finding is one (host, program, service, peer) that is worth a look.
type Finding struct {
	ID         string // stable hash over what the finding is about
	Rank       int    // from 1
	Score      float64
	Severity   Severity
	Hypothesis Hypothesis
	Host       string // "" when no host name is known
	HostAddrs  []netip.Addr
	Process    Process
	Peer       Peer
	Inbound    bool // the peer opened the connections
	Transport  evidence.Transport
	Protocol   string // outermost confirmed protocol, or the one the port suggests; see Confirmed
	Inner      []string
	Confirmed  bool
	// Sent and Received are payload bytes of all connections of the finding that were measured, seen from Host.
	Sent, Received evidence.Count
	Connections    int // distinct connections; Measured of them have bytes
	Measured       int
	First, Last    time.Time // corrected UTC
	Facts          []Fact
	Arithmetic     Arithmetic
	Attribution    Attribution
	Techniques     []Technique
	Innocent       []string // what would explain it innocently
	Next           []string // what to do next
	Missing        []string // the half that is not known, stated
	Series         []Line   // traffic over time, bounded
	Refs           []evidence.Ref
	RefsTotal      int
}

// A Technique is an ATT&CK technique with its name.
type Technique struct{ ID, Name string }

// A Flow is one record of the joined table: one connection seen from one end.
type Flow struct {
	Host             string
	Process          Process
	Conn             *evidence.Conn // nil when only a host's log speaks of it
	Transport        evidence.Transport
	Orig, Resp       netip.AddrPort
	Domain           string           // name of the responder, as looked up or named by the content
	Noted            *evidence.Naming // what a capture file calls the responder where nothing else names it; nil for none
	Start, End       time.Time
	Protocol         string // outermost confirmed protocol
	Inner            []string
	CommunityID      string
	Volume           evidence.Volume
	State, History   string
	Attribution      Attribution
	Refs             []evidence.Ref
	SensorRef        evidence.Ref // the tunnel's outer flow when it has one
	TunnelKind       string
	Outer            bool
	SuggestedByPort  string // what the port suggests where nothing was confirmed
	LocalIsOrig      evidence.Tri
	ProtocolBySensor bool
}
