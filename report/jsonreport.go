package report

import (
	"math"
	"net/netip"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The types below are the JSON report. Their order is the order of the keys; names follow ECS where it has the field.
// A key that is absent was not known, which is why unknown values are pointers or empty and never 0 or "".

type jsonFilter struct {
	Since       instant  `json:"since,omitzero"`
	Until       instant  `json:"until,omitzero"`
	Hosts       []string `json:"hosts,omitempty"`
	MinSeverity string   `json:"min_severity"`
}

type jsonFinding struct {
	ID          string          `json:"id"`
	Rank        int             `json:"rank"`
	Score       float64         `json:"score"`
	Severity    string          `json:"severity"`
	Hypothesis  string          `json:"hypothesis"`
	Host        jsonHost        `json:"host,omitzero"`
	Process     jsonProcess     `json:"process,omitzero"`
	User        jsonUser        `json:"user,omitzero"`
	Source      jsonBytes       `json:"source,omitzero"`
	Destination jsonDestination `json:"destination,omitzero"`
	Network     jsonNetwork     `json:"network,omitzero"`
	Connections int             `json:"connections"`
	Measured    int             `json:"connections_measured"`
	FirstSeen   instant         `json:"first_seen,omitzero"`
	LastSeen    instant         `json:"last_seen,omitzero"`
	Facts       []jsonFact      `json:"facts"`
	Attribution jsonAttribution `json:"attribution"`
	Threat      jsonThreat      `json:"threat,omitzero"`
	Arithmetic  jsonArithmetic  `json:"arithmetic"`
	Innocent    []string        `json:"innocent_explanations"`
	Next        []string        `json:"next_steps"`
	Missing     []string        `json:"missing"`
	Traffic     []jsonTraffic   `json:"traffic,omitempty"`
	Refs        []jsonRef       `json:"refs"`
	RefsTotal   int             `json:"refs_total"`
}

type jsonHost struct {
	Name string   `json:"name,omitempty"`
	IP   []string `json:"ip,omitempty"`
}

func (h jsonHost) IsZero() bool { return h.Name == "" && len(h.IP) == 0 }

type jsonProcess struct {
	Executable  string   `json:"executable,omitempty"`
	Name        string   `json:"name,omitempty"`
	PID         []uint32 `json:"pid,omitempty"`
	EntityID    []string `json:"entity_id,omitempty"`
	CommandLine string   `json:"command_line,omitempty"`
	Start       instant  `json:"start,omitzero"`
	// Ancestors are the parent, its parent and so on.
	Ancestors []string `json:"ancestors,omitempty"`
}

func (p jsonProcess) IsZero() bool {
	return p.Executable == "" && p.Name == "" && len(p.PID) == 0 && len(p.EntityID) == 0 && p.CommandLine == "" &&
		p.Start.IsZero() && len(p.Ancestors) == 0
}

type jsonUser struct {
	Name string `json:"name,omitempty"`
}

// jsonBytes is the host's side of a finding: what the host sent.
type jsonBytes struct {
	Bytes *uint64 `json:"bytes,omitempty"`
}

// jsonDestination is the peer's side: Bytes is what the peer sent.
type jsonDestination struct {
	IP     []string  `json:"ip,omitempty"`
	Port   *uint16   `json:"port,omitempty"`
	Domain string    `json:"domain,omitempty"`
	Noted  *jsonNote `json:"noted,omitempty"`
	Bytes  *uint64   `json:"bytes,omitempty"`
}

func (d jsonDestination) IsZero() bool {
	return len(d.IP) == 0 && d.Port == nil && d.Domain == "" && d.Noted == nil && d.Bytes == nil
}

// jsonNote is what a capture file calls an address, with the block that says so.
type jsonNote struct {
	Names  []string `json:"names"`
	Server string   `json:"server,omitempty"`
	Ref    jsonRef  `json:"ref"`
}

func newNote(n *evidence.Naming) *jsonNote {
	if n == nil {
		return nil
	}
	return &jsonNote{n.Names, n.Server, newRef(&n.Ref)}
}

type jsonNetwork struct {
	Transport string `json:"transport,omitempty"`
	// Protocol is confirmed by content; what only the port says stands in SuggestedByPort.
	Protocol        string   `json:"protocol,omitempty"`
	Inner           []string `json:"inner,omitempty"`
	SuggestedByPort string   `json:"suggested_by_port,omitempty"`
	Direction       string   `json:"direction,omitempty"`
}

func (n jsonNetwork) IsZero() bool {
	return n.Transport == "" && n.Protocol == "" && len(n.Inner) == 0 && n.SuggestedByPort == "" && n.Direction == ""
}

type jsonFact struct {
	ID        string       `json:"id"`
	Family    string       `json:"family"`
	Points    float64      `json:"points"`
	Text      string       `json:"text"`
	Numbers   []jsonNumber `json:"numbers"`
	Refs      []jsonRef    `json:"refs"`
	RefsTotal int          `json:"refs_total"`
}

type jsonNumber struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value,omitempty"`
	Unit  string   `json:"unit"`
}

type jsonRef struct {
	File string  `json:"file"`
	Unit string  `json:"unit,omitempty"`
	N    *uint64 `json:"n,omitempty"`
}

func (r jsonRef) IsZero() bool { return r.File == "" }

type jsonAttribution struct {
	Basis      string   `json:"basis"`
	Confidence float64  `json:"confidence"`
	Rivals     []string `json:"rivals"`
	OnBehalfOf []string `json:"on_behalf_of,omitempty"`
	Reason     string   `json:"reason,omitempty"`
}

type jsonThreat struct {
	Technique jsonTechnique `json:"technique"`
}

func (t jsonThreat) IsZero() bool { return len(t.Technique.ID) == 0 }

type jsonTechnique struct {
	ID   []string `json:"id"`
	Name []string `json:"name"`
}

type jsonArithmetic struct {
	Families      []jsonFamily     `json:"families"`
	Combined      float64          `json:"combined"`
	Adjustments   []jsonAdjustment `json:"adjustments"`
	Ceiling       float64          `json:"ceiling"`
	CeilingReason string           `json:"ceiling_reason,omitempty"`
}

type jsonFamily struct {
	Family string   `json:"family"`
	Facts  []string `json:"facts"`
	Points float64  `json:"points"`
	Cap    float64  `json:"cap"`
}

type jsonAdjustment struct {
	Kind    string  `json:"kind"`
	Name    string  `json:"name,omitempty"`
	Factor  float64 `json:"factor"`
	Reason  string  `json:"reason,omitempty"`
	Owner   string  `json:"owner,omitempty"`
	Expires string  `json:"expires,omitempty"`
}

type jsonTraffic struct {
	At          instant `json:"at,omitzero"`
	Sent        uint64  `json:"sent"`
	Received    uint64  `json:"received"`
	Connections int     `json:"connections"`
}

// head is what every report begins with.
func (c *composer) head(schema string, doc *finding.Document) {
	c.text("schema", schema)
	c.text("tool", doc.Tool)
	c.text("case", doc.Case)
	c.text("examiner", doc.Examiner)
	c.value("filter", newFilter(doc))
}

func newFilter(doc *finding.Document) jsonFilter {
	return jsonFilter{Since: instant(doc.Since), Until: instant(doc.Until), Hosts: doc.OnlyHost, MinSeverity: doc.MinSev.String()}
}

func newFinding(f *finding.Finding) jsonFinding {
	return jsonFinding{
		ID: f.ID, Rank: f.Rank, Score: f.Score, Severity: f.Severity.String(), Hypothesis: string(f.Hypothesis),
		Host:        jsonHost{f.Host, addrs(f.HostAddrs)},
		Process:     newProcess(&f.Process),
		User:        jsonUser{f.Process.User},
		Source:      jsonBytes{known(f.Sent)},
		Destination: newDestination(f),
		Network:     newNetwork(f),
		Connections: f.Connections, Measured: f.Measured,
		FirstSeen: instant(f.First), LastSeen: instant(f.Last),
		Facts:       each(f.Facts, newFact),
		Attribution: newAttribution(&f.Attribution),
		Threat:      newThreat(f.Techniques),
		Arithmetic:  newArithmetic(&f.Arithmetic),
		Innocent:    list(f.Innocent), Next: list(f.Next), Missing: list(f.Missing),
		Traffic: each(f.Series, newTraffic),
		Refs:    each(f.Refs, newRef), RefsTotal: f.RefsTotal,
	}
}

func newProcess(p *finding.Process) jsonProcess {
	return jsonProcess{p.Executable, p.Name, p.PIDs, p.EntityIDs, p.CommandLine, instant(p.Start), p.Chain}
}

func newDestination(f *finding.Finding) jsonDestination {
	d := jsonDestination{IP: addrs(f.Peer.IPs), Domain: f.Peer.Domain, Noted: newNote(f.Peer.Noted), Bytes: known(f.Received)}
	if f.Peer.Port != 0 {
		d.Port = &f.Peer.Port
	}
	return d
}

func newNetwork(f *finding.Finding) jsonNetwork {
	n := jsonNetwork{Transport: string(f.Transport), Inner: f.Inner, Direction: "outbound"}
	if f.Inbound {
		n.Direction = "inbound"
	}
	if f.Confirmed {
		n.Protocol = f.Protocol
	} else {
		n.SuggestedByPort = f.Protocol
	}
	return n
}

func newFact(f *finding.Fact) jsonFact {
	return jsonFact{
		ID: f.ID, Family: string(f.Family), Points: f.Points, Text: f.Text,
		Numbers: each(f.Numbers, newNumber), Refs: each(f.Refs, newRef), RefsTotal: f.RefsTotal,
	}
}

func newNumber(n *finding.Number) jsonNumber {
	if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) {
		return jsonNumber{Name: n.Name, Unit: n.Unit}
	}
	return jsonNumber{n.Name, &n.Value, n.Unit}
}

func newRef(r *evidence.Ref) jsonRef {
	if r.Unit == "" {
		return jsonRef{File: r.File}
	}
	return jsonRef{r.File, r.Unit, &r.N}
}

func newAttribution(a *finding.Attribution) jsonAttribution {
	return jsonAttribution{string(a.Basis), a.Confidence, list(a.Rivals), a.Behalf, a.Reason}
}

func newThreat(ts []finding.Technique) (t jsonThreat) {
	for _, technique := range ts {
		t.Technique.ID = append(t.Technique.ID, technique.ID)
		t.Technique.Name = append(t.Technique.Name, technique.Name)
	}
	return t
}

func newArithmetic(a *finding.Arithmetic) jsonArithmetic {
	return jsonArithmetic{
		each(a.Families, func(f *finding.FamilyScore) jsonFamily {
			return jsonFamily{string(f.Family), list(f.Facts), f.Points, f.Cap}
		}),
		a.Combined, each(a.Adjustments, newAdjustment), a.Ceiling, a.CeilingReason,
	}
}

func newAdjustment(a *finding.Adjustment) jsonAdjustment {
	return jsonAdjustment{a.Kind, a.Name, a.Factor, a.Reason, a.Owner, a.Expires}
}

func newTraffic(l *finding.Line) jsonTraffic {
	return jsonTraffic{instant(l.At), l.Sent, l.Recv, l.Events}
}

// each maps a list; an empty one becomes [], since a list of nothing is known to be empty.
func each[T, U any](in []T, f func(*T) U) []U {
	out := make([]U, len(in))
	for i := range in {
		out[i] = f(&in[i])
	}
	return out
}

func list(in []string) []string {
	if in == nil {
		return []string{}
	}
	return in
}

func known(c evidence.Count) *uint64 {
	if !c.Known {
		return nil
	}
	return &c.N
}

func addrs(in []netip.Addr) []string {
	return each(in, func(a *netip.Addr) string { return a.String() })
}
