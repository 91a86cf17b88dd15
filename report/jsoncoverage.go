package report

import (
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// inspectSchema and manifestSchema name the shapes of the two smaller JSON documents.
const (
	inspectSchema  = "wirewitness/inspect/1"
	manifestSchema = "wirewitness/manifest/1"
)

type jsonTotals struct {
	Hosts              int            `json:"hosts"`
	Processes          int            `json:"processes"`
	Connections        int            `json:"connections"`
	Linked             int            `json:"connections_linked"`
	HostOnly           int            `json:"connections_host_log_only"`
	TwoEnds            int            `json:"connections_two_ends"`
	MetAgain           int            `json:"connections_met_again"`
	LeftOut            int            `json:"connections_left_out_by_time"`
	OutboundBytes      uint64         `json:"outbound_bytes"`
	AttributedBytes    uint64         `json:"outbound_bytes_attributed"`
	Unattributed       []jsonReason   `json:"unattributed"`
	ConfirmedProtocols int            `json:"protocol_confirmed"`
	UnknownByContent   int            `json:"protocol_not_recognised"`
	NoContent          int            `json:"protocol_without_content"`
	Events             uint64         `json:"events"`
	EventsWithoutTime  int            `json:"events_without_time"`
	Frames             uint64         `json:"frames"`
	FilesRead          int            `json:"files_read"`
	FilesPartly        int            `json:"files_read_in_part"`
	FilesUnknown       int            `json:"files_unknown"`
	PolicyTouched      int            `json:"policy_touched"`
	ExpiredExclusions  int            `json:"exclusions_expired"`
	Severities         jsonSeverities `json:"findings_by_severity"`
}

type jsonSeverities struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

type jsonReason struct {
	Reason      string `json:"reason"`
	Connections int    `json:"connections"`
	Bytes       uint64 `json:"outbound_bytes"`
}

type jsonHostCover struct {
	Name        string       `json:"name,omitempty"`
	Aliases     []string     `json:"aliases"`
	IP          []string     `json:"ip"`
	Processes   int          `json:"processes"`
	Connections int          `json:"connections"`
	Linked      int          `json:"connections_linked"`
	Outbound    uint64       `json:"outbound_bytes"`
	Attributed  uint64       `json:"outbound_bytes_attributed"`
	Sources     []jsonSource `json:"sources"`
	Clocks      []jsonClock  `json:"clocks"`
	Conclusions []string     `json:"conclusions"`
}

type jsonSource struct {
	Name       string        `json:"name"`
	Files      []string      `json:"files"`
	Records    uint64        `json:"records"`
	First      instant       `json:"first,omitzero"`
	Last       instant       `json:"last,omitzero"`
	Field      string        `json:"time_field,omitempty"`
	Classes    []jsonClass   `json:"classes"`
	NotSeen    []string      `json:"classes_not_seen"`
	Gaps       []jsonGap     `json:"gaps"`
	GapsTotal  int           `json:"gaps_total"`
	MissingIDs uint64        `json:"missing_records"`
	Cleared    []jsonCleared `json:"cleared"`
}

type jsonClass struct {
	EventID uint32  `json:"event_id"`
	Meaning string  `json:"meaning,omitempty"`
	Count   uint64  `json:"count"`
	First   instant `json:"first,omitzero"`
	Last    instant `json:"last,omitzero"`
	Read    bool    `json:"read"`
}

type jsonGap struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

type jsonCleared struct {
	At   instant `json:"at,omitzero"`
	Log  string  `json:"log,omitempty"`
	User string  `json:"user,omitempty"`
	Ref  jsonRef `json:"ref,omitzero"`
}

type jsonClock struct {
	Host    string  `json:"host,omitempty"`
	Source  string  `json:"source,omitempty"`
	Class   string  `json:"event_class,omitempty"`
	Field   string  `json:"time_field,omitempty"`
	Capture string  `json:"capture,omitempty"`
	Offset  seconds `json:"offset_seconds"`
	Spread  seconds `json:"spread_seconds"`
	// Votes of Candidates connections seen on both sides agree on the offset.
	Votes      int           `json:"votes"`
	Candidates int           `json:"candidates"`
	Steps      int           `json:"steps"`
	Segments   []jsonSegment `json:"segments"`
	Applied    bool          `json:"applied"`
	Stated     bool          `json:"stated"`
	Reason     string        `json:"reason,omitempty"`
}

type jsonSegment struct {
	From   instant `json:"from,omitzero"`
	Offset seconds `json:"offset_seconds"`
	Votes  int     `json:"votes"`
}

type jsonCapture struct {
	Ref         jsonRef  `json:"ref"`
	Kind        string   `json:"kind,omitempty"`
	LinkTypes   []string `json:"link_types"`
	Snaplen     *uint32  `json:"snaplen,omitempty"`
	First       instant  `json:"first,omitzero"`
	Last        instant  `json:"last,omitzero"`
	Frames      uint64   `json:"frames"`
	Bytes       uint64   `json:"bytes"`
	CutFrames   uint64   `json:"frames_cut"`
	NotIP       uint64   `json:"frames_not_ip"`
	Undecoded   uint64   `json:"frames_undecoded"`
	Dropped     *uint64  `json:"frames_dropped,omitempty"`
	BadChecksum uint64   `json:"bad_checksums"`
	Offload     bool     `json:"offload_suspected"`
	Comment     string   `json:"comment,omitempty"`
	Connections int      `json:"connections"`
	MidStream   int      `json:"connections_mid_stream"`
	OneSided    int      `json:"connections_one_sided"`
	Missed      uint64   `json:"missed_bytes"`
	Hosts       []string `json:"hosts"`
	Conclusions []string `json:"conclusions"`
}

type jsonSuppressed struct {
	jsonAdjustment
	Count   int      `json:"findings"`
	IDs     []string `json:"ids"`
	Before  float64  `json:"highest_score_before"`
	Expired bool     `json:"expired"`
}

// seconds is a duration in JSON.
type seconds float64

func inSeconds(d time.Duration) seconds { return seconds(d.Seconds()) }

func (c *composer) coverage(doc *finding.Document) {
	of := &doc.Coverage
	c.key("coverage")
	c.buf = append(c.buf, '{')
	c.value("totals", newTotals(&of.Totals))
	c.value("negative", list(of.Negative))
	listed(c, "hosts", of.Hosts, newHostCover)
	if of.HostsUnlisted > 0 {
		c.value("hosts_not_listed", of.HostsUnlisted)
	}
	listed(c, "captures", of.Captures, newCapture)
	listed(c, "dns", doc.Names, newNameUse)
	c.value("dns_left_out", doc.NamesLeftOut)
	c.value("dns_queries_unlisted", doc.QueriesUnlisted)
	listed(c, "suppressed", of.Suppressed, newSuppressed)
	c.value("duplicate_records", of.Duplicates)
	c.value("problems", of.Problems)
	c.buf = append(c.buf, '}')
}

func newTotals(t *finding.Totals) jsonTotals {
	s := t.FindingsBySeverity
	return jsonTotals{
		Hosts: t.Hosts, Processes: t.Processes, Connections: t.Connections,
		Linked: t.Linked, HostOnly: t.HostOnly, TwoEnds: t.ConnectionsTwoEnds, MetAgain: t.ConnectionsMetAgain, LeftOut: t.ConnectionsLeftOutByTime,
		OutboundBytes: t.OutboundBytes, AttributedBytes: t.AttributedBytes,
		Unattributed: each(t.UnattributedByReason, func(r *finding.ReasonCount) jsonReason {
			return jsonReason{r.Reason, r.Count, r.Bytes}
		}),
		ConfirmedProtocols: t.ConfirmedProtocols, UnknownByContent: t.UnknownByContent, NoContent: t.NoContent,
		Events: t.Events, EventsWithoutTime: t.EventsWithoutTime, Frames: t.Frames,
		FilesRead: t.FilesRead, FilesPartly: t.FilesPartly, FilesUnknown: t.FilesUnknown,
		PolicyTouched: t.PolicyTouched, ExpiredExclusions: t.ExpiredExclusions,
		Severities: jsonSeverities{s[finding.Critical], s[finding.High], s[finding.Medium], s[finding.Low], s[finding.Info]},
	}
}

func newHostCover(h *finding.HostCoverage) jsonHostCover {
	return jsonHostCover{
		h.Name, list(h.Aliases), addrs(h.Addresses), h.Processes, h.Connections, h.Linked, h.OutboundBytes, h.AttributedBytes,
		each(h.Sources, newSource), each(h.Clocks, newClock), list(h.Conclusions),
	}
}

func newSource(s *finding.SourceCoverage) jsonSource {
	return jsonSource{
		s.Name, list(s.Files), s.Records, instant(s.First), instant(s.Last), s.Field,
		each(s.Classes, func(c *finding.ClassCoverage) jsonClass {
			return jsonClass{c.EventID, c.Meaning, c.Count, instant(c.First), instant(c.Last), c.Read}
		}),
		list(s.NotSeen),
		each(s.Gaps, func(g *finding.Gap) jsonGap { return jsonGap(*g) }), s.GapsTotal, s.MissingRecords,
		each(s.Cleared, func(c *finding.ClearedLog) jsonCleared {
			return jsonCleared{instant(c.At), c.Log, c.User, newRef(&c.Ref)}
		}),
	}
}

func newClock(c *finding.Clock) jsonClock {
	return jsonClock{
		c.Host, c.Source, c.Class, c.Field, c.Capture, inSeconds(c.Offset), inSeconds(c.Spread), c.Votes, c.Candidates, c.Steps,
		each(c.Segments, func(s *finding.ClockSegment) jsonSegment {
			return jsonSegment{instant(s.From), inSeconds(s.Offset), s.Votes}
		}),
		c.Applied, c.Stated, c.Reason,
	}
}

func newCapture(c *finding.CaptureCoverage) jsonCapture {
	j := jsonCapture{
		Ref: newRef(&c.Ref), Kind: c.Kind, LinkTypes: list(c.LinkTypes), First: instant(c.First), Last: instant(c.Last),
		Frames: c.Frames, Bytes: c.Bytes, CutFrames: c.CutFrames, NotIP: c.NotIP, Undecoded: c.Undecoded, Dropped: known(c.Dropped),
		BadChecksum: c.BadChecksum, Offload: c.OffloadSuspect, Comment: c.Comment,
		Connections: c.Connections, MidStream: c.MidStream, OneSided: c.OneSided, Missed: c.Missed,
		Hosts: list(c.Hosts), Conclusions: list(c.Conclusions),
	}
	if c.Snaplen != 0 {
		j.Snaplen = &c.Snaplen
	}
	return j
}

func newSuppressed(s *finding.Suppressed) jsonSuppressed {
	return jsonSuppressed{newAdjustment(&s.Adjustment), s.Count, list(s.IDs), s.Before, s.Expired}
}

type jsonFile struct {
	Name     string        `json:"name"`
	Size     uint64        `json:"size"`
	SHA256   string        `json:"sha256,omitempty"`
	Format   string        `json:"format,omitempty"`
	State    string        `json:"state"`
	Unpacked string        `json:"unpacked,omitempty"`
	Records  *uint64       `json:"records,omitempty"`
	Unit     string        `json:"unit,omitempty"`
	Problems []jsonProblem `json:"problems"`
	Total    int           `json:"problems_total"`
	Lost     uint64        `json:"lost"`
	SameAs   string        `json:"same_as,omitempty"`
}

type jsonProblem struct {
	Kind string  `json:"kind"`
	Ref  jsonRef `json:"ref,omitzero"`
	Lost *uint64 `json:"lost,omitempty"`
	Text string  `json:"text"`
}

// newFile leaves the number of records out where the file was not read: nothing was counted then.
func newFile(f *finding.File) jsonFile {
	j := jsonFile{
		Name: f.Name, Size: f.Size, SHA256: f.SHA256, Format: f.Format, State: f.State, Unpacked: f.Unpacked, Unit: f.Unit,
		Problems: each(f.Problems, newProblem), Total: f.ProblemsTotal, Lost: f.Lost, SameAs: f.SameAs,
	}
	if f.Unit != "" {
		j.Records = &f.Records
	}
	return j
}

func newProblem(p *evidence.Problem) jsonProblem {
	return jsonProblem{string(p.Kind), newRef(&p.Ref), known(evidence.Count{N: p.Lost, Known: p.Known}), problemText(p)}
}

// problemText is what went wrong, without the place.
func problemText(p *evidence.Problem) string {
	if p.Err == nil {
		return string(p.Kind)
	}
	return p.Err.Error()
}

type jsonPolicy struct {
	Source      string        `json:"source,omitempty"`
	SHA256      string        `json:"sha256,omitempty"`
	Settings    []jsonSetting `json:"settings"`
	Assumptions []string      `json:"assumptions"`
	Text        string        `json:"text,omitempty"`
}

type jsonSetting struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Unit    string `json:"unit,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Default bool   `json:"default"`
}

func newPolicy(p *finding.Policy) jsonPolicy {
	return jsonPolicy{
		p.Source, p.SHA256,
		each(p.Settings, func(s *finding.Setting) jsonSetting { return jsonSetting(*s) }),
		list(p.Assumptions), p.Text,
	}
}
