package report

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"net/netip"
	"slices"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func pair(orig, resp uint64) evidence.Pair {
	return evidence.Pair{Orig: evidence.Measured(orig), Resp: evidence.Measured(resp)}
}

// flows has one record of every kind a table of flows can hold.
func flows() []*finding.Flow {
	complete := &finding.Flow{
		Host: "WS-07", Process: finding.Process{Executable: `C:\Windows\System32\rundll32.exe`, Name: "rundll32.exe", PIDs: []uint32{4242}, EntityIDs: []string{"5770385f-c22a-43e0-bf4c-06f5698ffbd9"},
			CommandLine: "rundll32.exe", User: `HARBOUR\m.keller`},
		Transport: evidence.TCP, Orig: netip.MustParseAddrPort("10.0.0.7:49812"), Resp: netip.MustParseAddrPort("203.0.113.7:8443"), Domain: "cdn.example.net",
		Start: at(9, 2, 15).Add(250000), End: at(9, 2, 16), Protocol: "tls", Inner: []string{"http"}, CommunityID: "1:wCb3OG7yAFWelaUydu0D+125CLM=",
		Volume: evidence.Volume{Payload: pair(6104, 1880), Seen: pair(6104, 1900), IP: pair(6800, 2300), Packets: pair(14, 11), Missed: pair(0, 0), Cut: pair(0, 0)},
		State:  "SF", History: "ShADadFf", LocalIsOrig: evidence.Yes,
		Attribution: finding.Attribution{Basis: finding.BasisAmbiguous, Confidence: 0.7, Rivals: []string{"msedge.exe (5120)"}, Reason: "same tuple"},
		Refs:        []evidence.Ref{record(sysmon, 18230), frame(912)},
	}
	hostOnly := &finding.Flow{
		Host: "WS-03", Process: finding.Process{Name: "backup-agent.exe", PIDs: []uint32{2210}}, Transport: evidence.UDP,
		Orig: netip.MustParseAddrPort("[fe80::3]:50123"), Resp: netip.MustParseAddrPort("[ff02::1:3]:5355"), Start: at(10, 0, 0), SuggestedByPort: "llmnr",
		Attribution: finding.Attribution{Basis: finding.BasisHostLog, Confidence: 0.9}, Refs: []evidence.Ref{record(security, 99)},
	}
	wireOnly := &finding.Flow{
		Transport: evidence.ICMP, Orig: netip.MustParseAddrPort("10.0.0.88:8"), Resp: netip.MustParseAddrPort("198.51.100.9:0"), Start: at(11, 0, 0), End: at(11, 0, 4), LocalIsOrig: evidence.Yes,
		Volume:      evidence.Volume{Payload: evidence.Pair{Orig: evidence.Measured(224)}, Packets: evidence.Pair{Orig: evidence.Measured(4)}},
		Attribution: finding.Attribution{Basis: finding.BasisNone, Reason: "no log of this host"}, Refs: []evidence.Ref{frame(99120)},
	}
	tunnelled := &finding.Flow{
		Host: payloads[0], Process: finding.Process{Name: payloads[4], CommandLine: payloads[5]}, Transport: evidence.TCP, Domain: payloads[6], Protocol: "http", ProtocolBySensor: true,
		Orig: netip.MustParseAddrPort("10.0.0.7:0"), Resp: netip.MustParseAddrPort("10.9.0.1:80"), SensorRef: frame(3), TunnelKind: "gre", LocalIsOrig: evidence.No,
		Attribution: finding.Attribution{Basis: finding.BasisTuple, Confidence: 1, Rivals: []string{payloads[1]}},
	}
	wholeFrames := &finding.Flow{ // as Suricata counts them
		Transport: evidence.TCP, Orig: netip.MustParseAddrPort("10.0.0.88:50001"), Resp: netip.MustParseAddrPort("198.51.100.9:443"), Start: at(11, 5, 0), End: at(11, 5, 9), Protocol: "tls",
		Volume:      evidence.Volume{Frame: pair(5210, 88120), Packets: pair(31, 70)},
		Noted:       &evidence.Naming{Ref: evidence.Ref{File: "sensor.pcapng", Unit: "offset", N: 340}, Names: []string{"files.example.org", payloads[0]}, Server: "10.0.0.1"},
		Attribution: finding.Attribution{Basis: finding.BasisNone, Reason: "no log of this host"}, Refs: []evidence.Ref{{File: "eve.json", Unit: "line", N: 12}},
	}
	return []*finding.Flow{complete, hostOnly, wireOnly, tunnelled, wholeFrames}
}

func TestFlowGoldens(t *testing.T) {
	for _, o := range []struct {
		file  string
		write func(io.Writer, iter.Seq[*finding.Flow], Options) error
		opt   Options
	}{
		{"flows.80.txt", FlowTable.Write, Options{Width: 80}},
		{"flows.200.txt", FlowTable.Write, Options{Width: 200}},
		{"flows.wide.txt", FlowTable.Write, Options{Wide: true}},
		{"flows.json", FlowJSON.Write, Options{}},
		{"flows.jsonl", FlowJSONL.Write, Options{}},
	} {
		golden(t, o.file, written(t, func(w *bytes.Buffer) error { return o.write(w, slices.Values(flows()), o.opt) }))
	}
}

func TestFlowsOfNothing(t *testing.T) {
	for _, o := range []struct {
		format FlowFormat
		want   string
	}{
		{FlowTable, ""},
		{FlowJSON, "[]\n"},
		{FlowJSONL, ""},
	} {
		got := written(t, func(w *bytes.Buffer) error { return o.format.Write(w, slices.Values([]*finding.Flow(nil)), Options{}) })
		if string(got) != o.want {
			t.Errorf("%s of no flows is %q, want %q", o.format.Name, got, o.want)
		}
	}
}

// The array and the lines hold the same records, however many there are.
func TestFlowArrayHasTheRecordsOfTheLines(t *testing.T) {
	many := slices.Repeat(flows(), flowBatch)
	var records []json.RawMessage
	array := written(t, func(w *bytes.Buffer) error { return FlowJSON.Write(w, slices.Values(many), Options{}) })
	if err := json.Unmarshal(array, &records); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Count(written(t, func(w *bytes.Buffer) error { return FlowJSONL.Write(w, slices.Values(many), Options{}) }), []byte("\n"))
	if len(records) != len(many) || lines != len(many) {
		t.Errorf("%d records and %d lines for %d flows", len(records), lines, len(many))
	}
}

// A table of many flows repeats its header with every batch and drops no row.
func TestFlowTableInBatches(t *testing.T) {
	one := flows()[1:2]
	got := written(t, func(w *bytes.Buffer) error {
		return FlowTable.Write(w, slices.Values(slices.Repeat(one, flowBatch+1)), Options{Width: 200})
	})
	if rows, headers := bytes.Count(got, []byte("backup-agent.exe 2210")), bytes.Count(got, []byte("originator")); rows != flowBatch+1 || headers != 2 {
		t.Errorf("%d rows under %d headers, want %d under 2", rows, headers, flowBatch+1)
	}
}
