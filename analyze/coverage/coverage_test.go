package coverage

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	one  = netip.MustParseAddrPort("10.1.0.7:50001")
	two  = netip.MustParseAddrPort("10.1.0.9:445")
)

func header(host string, id uint32, record uint64) evidence.Header {
	h := evidence.Header{Ref: evidence.Ref{File: "log.evtx", Unit: "record", N: record}, Computer: host, Provider: "Microsoft-Windows-Sysmon",
		Channel: "Microsoft-Windows-Sysmon/Operational", EventID: id, RecordID: record, Digest: record}
	h.Stamps[0] = evidence.Stamp{Time: noon, Field: "UtcTime"}
	return h
}

func socket(b *evidence.Batch, host string, record uint64, src, dst netip.AddrPort, initiated evidence.Tri) {
	h := header(host, 3, record)
	b.Record(h)
	b.Socket(evidence.Socket{Header: h, Program: evidence.Program{PID: uint32(record), Image: `C:\p.exe`}, Kind: evidence.Connect,
		Transport: evidence.TCP, Src: src, Dst: dst, Initiated: initiated})
}

func measure(b *evidence.Batch) finding.Coverage {
	cf := casefile.Gather([]casefile.Source{{File: finding.File{Name: "log.evtx", State: "read"}, Batch: b}})
	m, c := Begin(cf), correlate.Run(cf, nil)
	for l := range c.Links {
		m.See(l)
		m.Count(l)
	}
	return m.Measure(c, Judged{})
}

// What a sensor says of a connection that is not here is said.
func TestUnplacedRecordsAreSaid(t *testing.T) {
	b := &evidence.Batch{}
	b.App(evidence.AppRecord{Ref: evidence.Ref{File: "zeek/files.log", Unit: "line", N: 9}, Sensor: "zeek", UID: "C1", App: evidence.App{Protocol: "smb", SMB: &evidence.SMB{Written: evidence.Measured(7)}}})
	said := strings.Join(measure(b).Negative, "\n")
	if !strings.Contains(said, "records of files moved by connections that no log here states: 1 (the first: zeek/files.log, line 9)") {
		t.Errorf("it says only:\n%s", said)
	}
}

func volume(sent uint64) evidence.Volume {
	return evidence.Volume{Payload: evidence.Pair{Orig: evidence.Measured(sent), Resp: evidence.Measured(7)}}
}

// A connection between two hosts with logs is one connection with two ends, and each end's bytes are its own.
func TestTwoEndsCountOnce(t *testing.T) {
	b := &evidence.Batch{}
	b.Conn(evidence.Conn{Sensor: "cap", Transport: evidence.TCP, Orig: one, Resp: two, OrigKnown: true, Start: noon, End: noon, Volume: volume(100)})
	b.Capture(evidence.Capture{Ref: evidence.Ref{File: "cap"}, Kind: "pcap", Frames: 9})
	socket(b, "A", 1, one, two, evidence.Yes)
	socket(b, "B", 2, one, two, evidence.No)
	first, second := b.Sockets.At(0), b.Sockets.At(1)
	s := second.Socket()
	s.Src, s.Dst = two, one
	b.Sockets = evidence.Sockets{}
	b.Sockets.Add(first)
	b.Socket(s)
	cov := measure(b)
	if n := cov.Captures[0].Connections; n != 1 {
		t.Errorf("the capture shows %d connections, want 1", n)
	}
	tot := cov.Totals
	if tot.Connections != 1 || tot.ConnectionsTwoEnds != 1 || tot.Linked != 1 {
		t.Errorf("%d connections, %d with two ends, %d linked; want 1, 1, 1", tot.Connections, tot.ConnectionsTwoEnds, tot.Linked)
	}
	if tot.OutboundBytes != 107 || tot.AttributedBytes != 107 {
		t.Errorf("outbound %d, attributed %d; A sent 100 and B sent 7", tot.OutboundBytes, tot.AttributedBytes)
	}
}

// What runs inside a tunnel is counted inside it.
func TestOuterFlowsLeaveTotals(t *testing.T) {
	b := &evidence.Batch{}
	b.Conn(evidence.Conn{Sensor: "cap", Transport: evidence.UDP, Orig: one, Resp: two, Start: noon, End: noon, Volume: volume(500), Carries: true})
	b.Conn(evidence.Conn{Sensor: "cap", Transport: evidence.TCP, Orig: one, Resp: two, Start: noon, End: noon, Volume: volume(400)})
	if tot := measure(b).Totals; tot.OutboundBytes != 400 {
		t.Errorf("outbound %d, want the inner flow's 400", tot.OutboundBytes)
	}
}

func TestLogSaysWhatIsMissing(t *testing.T) {
	b := &evidence.Batch{}
	for _, record := range []uint64{1, 2, 5, 9} {
		socket(b, "A", record, one, two, evidence.Yes)
	}
	h := header("A", 1102, 10)
	b.Record(h)
	b.Cleared(evidence.Cleared{Header: h, Log: "Security", User: `EXAMPLE\u`})
	cov := measure(b)
	s := cov.Hosts[0].Sources[0]
	if s.MissingRecords != 5 || s.GapsTotal != 2 || s.Gaps[0] != (finding.Gap{From: 6, To: 8}) {
		t.Errorf("%d missing in %d gaps, largest %v; want 5 in 2, 6 to 8", s.MissingRecords, s.GapsTotal, s.Gaps)
	}
	if !slices.Contains(s.NotSeen, "1 (process start)") || slices.Contains(s.NotSeen, "3 (network connection)") {
		t.Errorf("not seen %q", s.NotSeen)
	}
	for _, want := range []string{"no capture or sensor log", "no process starts logged on A", "log Security of A was cleared"} {
		if !slices.ContainsFunc(cov.Negative, func(n string) bool { return strings.HasPrefix(n, want) }) {
			t.Errorf("%q does not say %q", cov.Negative, want)
		}
	}
}

// Absence is only said where something is absent.
func TestNothingMissingNothingSaid(t *testing.T) {
	b := &evidence.Batch{}
	socket(b, "A", 1, one, two, evidence.Yes)
	h := header("A", 1, 2)
	b.Record(h)
	b.Process(evidence.Process{Header: h, Program: evidence.Program{PID: 1, Image: `C:\p.exe`}})
	b.Conn(evidence.Conn{Sensor: "cap", Transport: evidence.TCP, Orig: one, Resp: two, OrigKnown: true, Start: noon, End: noon, Volume: volume(100)})
	b.Capture(evidence.Capture{Ref: evidence.Ref{File: "cap"}, Kind: "pcap", Dropped: evidence.Measured(0)})
	if got := measure(b).Negative; len(got) != 0 {
		t.Errorf("negative %q", got)
	}
}

// Of local addresses without a log, those that sent most are listed, and how many others there are is said.
func TestTooManyAddressesAreCounted(t *testing.T) {
	b := &evidence.Batch{}
	const more = 3
	for i := range maxNameless + more {
		local := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 50001)
		b.Conn(evidence.Conn{Sensor: "cap", Transport: evidence.TCP, Orig: local, Resp: netip.MustParseAddrPort("198.51.100.7:443"), Start: noon, End: noon, Volume: volume(uint64(i))})
	}
	socket(b, "A", 1, one, two, evidence.Yes)
	cov := measure(b)
	if len(cov.Hosts) != maxNameless+1 || cov.HostsUnlisted != more || cov.Hosts[0].Name != "A" {
		t.Fatalf("%d hosts listed, %d not, the first is %q", len(cov.Hosts), cov.HostsUnlisted, cov.Hosts[0].Name)
	}
	if least := cov.Hosts[1]; least.OutboundBytes != more {
		t.Errorf("%s is listed, which sent %d bytes", least.Addresses, least.OutboundBytes)
	}
	if want := "3 local addresses without a log are not listed: those that sent least"; !slices.Contains(cov.Negative, want) {
		t.Errorf("%q does not say %q", cov.Negative, want)
	}
}
