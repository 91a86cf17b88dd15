package casefile

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// conns are all connections of a case.
func conns(cf *Casefile) (all []*evidence.Conn) {
	for _, c := range cf.Conns.All() {
		all = append(all, c)
	}
	return all
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func source(name string, fill func(b *evidence.Batch)) Source {
	b := &evidence.Batch{}
	fill(b)
	return Source{File: finding.File{Name: name}, Batch: b}
}

func record(b *evidence.Batch, file string, id, digest uint64) {
	h := evidence.Header{Ref: evidence.Ref{File: file, Unit: "record", N: id}, Computer: "WS-07", Provider: "p", EventID: 3, RecordID: id, Digest: digest}
	h.Stamps[0] = evidence.Stamp{Time: noon.Add(time.Duration(id) * time.Second), Field: "TimeCreated"}
	b.Record(h)
	b.Socket(evidence.Socket{Header: h, Kind: evidence.Connect})
}

// The same log as EVTX and as JSON, or from a shadow copy, is one log.
func TestRecordsMetTwiceCountOnce(t *testing.T) {
	a := source("a.evtx", func(b *evidence.Batch) { record(b, "a.evtx", 1, 11); record(b, "a.evtx", 2, 22) })
	c := source("c.json", func(b *evidence.Batch) { record(b, "c.json", 2, 22); record(b, "c.json", 3, 33) })
	for _, order := range [][]Source{{a, c}, {c, a}} {
		cf := Gather(order)
		var got []string
		for _, s := range cf.Sockets.All() {
			got = append(got, s.Ref().File)
		}
		if want := []string{"a.evtx", "a.evtx", "c.json"}; !slices.Equal(got, want) {
			t.Errorf("sockets from %q, want %q", got, want)
		}
		if cf.Duplicates != 1 {
			t.Errorf("%d duplicates, want 1", cf.Duplicates)
		}
	}
}

// One RecordID with two contents is two events: the log was cleared, or two hosts share a name.
func TestSameIDOtherContentStays(t *testing.T) {
	cf := Gather([]Source{
		source("a", func(b *evidence.Batch) { record(b, "a", 1, 11) }),
		source("b", func(b *evidence.Batch) { record(b, "b", 1, 12) }),
	})
	if cf.Sockets.Len() != 2 || cf.Duplicates != 0 {
		t.Errorf("%d sockets, %d duplicates; want 2 and 0", cf.Sockets.Len(), cf.Duplicates)
	}
}

// A record that one log holds twice counts once, also beside others that have numbers of their own, and so does one without a
// number.
func TestRecordsMetTwiceInOneLog(t *testing.T) {
	for _, twice := range []uint64{2, 0} {
		cf := Gather([]Source{source("a", func(b *evidence.Batch) {
			record(b, "a", 1, 11)
			record(b, "a", twice, 22)
			record(b, "a", twice, 22)
			record(b, "a", 4, 44)
		})})
		if cf.Sockets.Len() != 3 || cf.Duplicates != 1 {
			t.Errorf("number %d twice: %d sockets, %d duplicates; want 3 and 1", twice, cf.Sockets.Len(), cf.Duplicates)
		}
	}
}

var (
	client = netip.MustParseAddrPort("10.1.0.7:50001")
	server = netip.MustParseAddrPort("203.0.113.7:443")
)

func conn(sensor, uid string, at time.Time) evidence.Conn {
	return evidence.Conn{Ref: evidence.Ref{File: sensor}, Sensor: sensor, UID: uid, Transport: evidence.TCP, Orig: client, Resp: server, Start: at, End: at}
}

func TestContentLogsJoinTheirConnection(t *testing.T) {
	app := func(uid, proto string) evidence.AppRecord {
		return evidence.AppRecord{Sensor: "zeek", UID: uid, At: noon, Transport: evidence.TCP, Orig: client, Resp: server,
			App: evidence.App{Protocol: proto, Confirmed: true, Content: true, HTTP: &evidence.HTTP{Hosts: []string{"h.example.test"}, Requests: 1}}}
	}
	for _, tt := range []struct {
		name, why string
		uid       string
		conns     int
	}{
		{"same UID", "http.log and conn.log speak of one connection", "C1", 1},
		{"other UID", "conn.log lost it: what http.log says is still evidence", "C2", 2},
	} {
		cf := Gather([]Source{source("zeek/conn.log", func(b *evidence.Batch) { b.Conn(conn("zeek", "C1", noon)) }),
			source("zeek/http.log", func(b *evidence.Batch) { b.App(app(tt.uid, "http")); b.App(app(tt.uid, "http")) })})
		if len(conns(cf)) != tt.conns {
			t.Fatalf("%s: %d connections, want %d: %s", tt.name, len(conns(cf)), tt.conns, tt.why)
		}
		i := slices.IndexFunc(conns(cf), func(c *evidence.Conn) bool { return c.UID == tt.uid })
		if c := conns(cf)[i]; c.Protocol != "http" || c.HTTP.Requests != 2 || !slices.Equal(c.HTTP.Hosts, []string{"h.example.test"}) {
			t.Errorf("%s: %q %+v: two requests to one host", tt.name, c.Protocol, c.HTTP)
		}
	}
}

// A capture and a sensor that watched the same wire show one connection, whose bytes count once.
func TestTwoSensorsOneConnection(t *testing.T) {
	near := conn("zeek", "C1", noon.Add(300*time.Millisecond))
	near.App = evidence.App{Protocol: "tls", Confirmed: true, TLS: &evidence.TLS{SNI: "h.example.test"}}
	wire := conn("cap", "", noon)
	wire.Volume.Payload.Orig = evidence.Measured(7)
	later := conn("zeek", "C2", noon.Add(time.Minute))
	cf := Gather([]Source{source("cap", func(b *evidence.Batch) { b.Conn(wire) }),
		source("zeek/conn.log", func(b *evidence.Batch) { b.Conn(near); b.Conn(later) })})
	if len(conns(cf)) != 2 || cf.Conns.Again() != 1 {
		t.Fatalf("%d connections, %d again; want 2 and 1", len(conns(cf)), cf.Conns.Again())
	}
	if c := conns(cf)[0]; c.Sensor != "cap" || c.Volume.Payload.Orig.N != 7 || c.TLS == nil {
		t.Errorf("kept %s, %v, %v: the packets stay, what the sensor knew is added", c.Sensor, c.Volume.Payload.Orig, c.TLS)
	}
}
