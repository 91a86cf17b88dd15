// Package correlate decides what belongs together: which host, which process, which connection, on what basis.
package correlate

import (
	"iter"
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Host is what several sources agree on.
type Host struct {
	Name      string       // as most often written; "" for a local address of a capture that neither a log nor a DHCP lease names
	Aliases   []string     // other spellings, sorted
	Logged    bool         // a log of this host is here
	Addrs     []netip.Addr // sorted
	Processes []*Process   // by start, then id
	Clocks    []finding.Clock
}

// A Process is one process instance with a lifetime in corrected UTC.
type Process struct {
	Host *Host
	*Details
	EntityID evidence.GUID
	PID      uint32
	// ParentPID is what the start event says, also where Parent is nil.
	ParentPID uint32
	Parent    *Process // nil when unknown
	// Start and End bound the lifetime; zero means before, or after, what the logs cover.
	Start, End evidence.Instant

	parentID evidence.GUID // the parent's as the start event gives it
	place    evidence.Place
	more     *[]evidence.Place // where several records tell of it
}

// Refs are the records that tell of the process' start and end.
func (p *Process) Refs() []evidence.Ref {
	if p.place == (evidence.Place{}) {
		return nil
	}
	refs := []evidence.Ref{p.place.Ref()}
	if p.more != nil {
		for _, at := range *p.more {
			refs = append(refs, at.Ref())
		}
	}
	return refs
}

// Cite adds a record to them.
func (p *Process) Cite(at evidence.Place) {
	switch {
	case p.place == evidence.Place{}:
		p.place = at
	case p.more == nil:
		p.more = &[]evidence.Place{at}
	default:
		*p.more = append(*p.more, at)
	}
}

// Details are what a process says in words. Processes that were started alike have them in common, and they do not change.
type Details struct {
	Image        string // best path known: drive letter form where one source has it
	CommandLine  string
	OriginalName string
	Company      string
	Product      string
	Description  string
	User         string
	Integrity    string
	Hashes       string
	// ParentImage and ParentLine are what the start event says, also where Process.Parent is nil.
	ParentImage, ParentLine string
	Service                 string // service group of svchost.exe (-k ... [-s ...])
}

// A Link is one connection seen from one end: from the end of Host where a log speaks for it. A connection between two
// hosts with logs is two links that share Conn.
type Link struct {
	Host    *Host // nil only when neither end is local
	Process *Process
	// Conn is what capture or sensor show, nil when only the host's log speaks of it.
	Conn *evidence.Conn
	// Sockets are the host's statements about it (Sysmon 3, 5156), in time order.
	Sockets   []*evidence.KeptSocket
	Transport evidence.Transport
	// Local and Remote are the ends as seen from Host; Outbound tells whether Host opened it (Unknown for the rare case
	// where nothing says).
	Local, Remote netip.AddrPort
	Outbound      evidence.Tri
	// Start and End are corrected UTC (capture time where there is a capture).
	Start, End time.Time
	// Names are what Host asked for to get Remote's address, or what the content named, best first.
	Names []string
	// Noted is what a capture file itself calls Remote, where Names is empty: a name of last resort that nobody on the wire
	// or in a log asked for; nil for none.
	Noted       *evidence.Naming
	Attribution finding.Attribution
	// Behalf are live processes whose command line names the peer, where a service or the kernel sends for others (SMB,
	// WebDAV).
	Behalf []*Process
	// Asked are the lookups, one for each question that DNS traffic of this link carried, by which a log names the process that
	// asked it; questions without one are left out.
	Asked []*Lookup
	// Ends is how many links Conn has where hosts' logs speak for it, one from each end.
	Ends int

	lent bool // see joiner.lend
}

// ServicePort is the responder's port: Remote's for outbound, Local's for inbound.
func (l *Link) ServicePort() uint16 {
	if l.Outbound == evidence.No {
		return l.Local.Port()
	}
	return l.Remote.Port()
}

// Sent returns the payload bytes Host sent and received over the connection, as far as measured.
func (l *Link) Sent() (sent, received evidence.Count) {
	if l.Conn == nil {
		return
	}
	p := l.Conn.Volume.Payload
	if l.Conn.Orig == l.Local {
		return p.Orig, p.Resp
	}
	return p.Resp, p.Orig
}

// A Lookup is a name a process asked for, with host and process resolved and the time corrected.
type Lookup struct {
	*evidence.KeptLookup
	Host    *Host
	Process *Process // nil when it could not be resolved
	At      evidence.Instant
}

// An Access is one process reaching into another, resolved and in corrected UTC.
type Access struct {
	*evidence.KeptAccess
	Host           *Host
	Source, Target *Process // nil when not resolved
	At             time.Time
}

// A Case is the joined evidence.
type Case struct {
	// Hosts are those with logs, by name. Once Links has been run through, those that only a capture shows stand behind
	// them, by address.
	Hosts []*Host
	// Links yields the connections by start, then tuple, then host. A case may have more of them than memory holds: those that
	// no process is known of are valid until the next one.
	Links   iter.Seq[*Link]
	Lookups []*Lookup
	// Accesses are remote threads, and what code outside any module opened: the others are everyday.
	Accesses []*Access
	// Local tells whether an address belongs to the local networks or to a known host.
	Local func(netip.Addr) bool
}
