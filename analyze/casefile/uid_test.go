package casefile

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func stated(file string, lasted time.Duration, sent uint64) evidence.Conn {
	c := conn("zeek", "C1", noon)
	c.Ref, c.End = evidence.Ref{File: file, Unit: "line", N: 1}, noon.Add(lasted)
	c.Volume.Payload.Orig = evidence.Measured(sent)
	return c
}

// A long connection is stated while it lasts and again at its end: its bytes count once, with the last figures.
func TestLongConnectionCountsOnce(t *testing.T) {
	other := stated("zeek/conn_long.log", 2*time.Hour, 99)
	other.Orig = client // below: another tuple under the same identifier
	other.Resp = evidence.Conn{}.Resp
	for _, tt := range []struct {
		why   string
		conns []evidence.Conn
		sent  []uint64
	}{
		{"ended after it was logged as long", []evidence.Conn{stated("zeek/conn.log", 3*time.Hour, 30), stated("zeek/conn_long.log", time.Hour, 10), stated("zeek/open_conn.log", 2*time.Hour, 20)}, []uint64{30}},
		{"still open when the logs were taken", []evidence.Conn{stated("zeek/conn_long.log", time.Hour, 10), stated("zeek/open_conn.log", 2*time.Hour, 20)}, []uint64{20}},
		{"the same identifier for another connection", []evidence.Conn{stated("zeek/conn.log", time.Hour, 10), other}, []uint64{10, 99}},
	} {
		for range 2 {
			b := &evidence.Batch{Conns: slices.Clone(tt.conns)}
			var sent []uint64
			for _, c := range conns(Gather([]Source{source("zeek", func(into *evidence.Batch) { *into = *b })})) {
				sent = append(sent, c.Volume.Payload.Orig.N)
			}
			slices.Sort(sent)
			if !slices.Equal(sent, tt.sent) {
				t.Errorf("%s: sent %v, want %v", tt.why, sent, tt.sent)
			}
			slices.Reverse(tt.conns)
		}
	}
}

func record443(app evidence.App) evidence.AppRecord {
	return evidence.AppRecord{Sensor: "zeek", UID: "C1", At: noon, Transport: evidence.TCP, Orig: client, Resp: server, App: app}
}

// What x509 says of a certificate stands beside the handshake that shows it, at the same sensor only.
func TestCertificatesJoinTheirHandshake(t *testing.T) {
	cert := evidence.Certificate{Sensor: "zeek", ID: "F1", Subject: "CN=localhost", Issuer: "CN=localhost", Names: []string{"localhost"}, NotAfter: noon, SHA256: "ab"}
	for _, tt := range []struct {
		why, sensor string
		want        evidence.TLS
	}{
		{"named by ssl", "zeek", evidence.TLS{SNI: "h.example.test", CertID: "F1", Subject: "CN=localhost", Issuer: "CN=localhost", Names: []string{"localhost"}, NotAfter: noon, CertSHA256: "ab", SelfSigned: evidence.Yes}},
		{"of another sensor", "dmz", evidence.TLS{SNI: "h.example.test", CertID: "F1"}},
	} {
		cert.Sensor = tt.sensor
		shown := &evidence.TLS{SNI: "h.example.test", CertID: "F1"}
		cf := Gather([]Source{
			source("zeek/conn.log", func(b *evidence.Batch) { b.Conn(conn("zeek", "C1", noon)) }),
			source("zeek/ssl.log", func(b *evidence.Batch) { b.App(record443(evidence.App{Protocol: "tls", Confirmed: true, TLS: shown})) }),
			source("zeek/x509.log", func(b *evidence.Batch) { b.Certificate(cert) }),
		})
		got := conns(cf)[0].TLS
		if got.Subject != tt.want.Subject || got.SelfSigned != tt.want.SelfSigned || !got.NotAfter.Equal(tt.want.NotAfter) || !slices.Equal(got.Names, tt.want.Names) || got.CertSHA256 != tt.want.CertSHA256 {
			t.Errorf("%s: %+v", tt.why, got)
		}
		if shown.Subject != "" {
			t.Errorf("%s: the observation itself was changed", tt.why)
		}
	}
}

// Logs beside conn.log add what they know and take nothing away.
func TestLogsOfOneConnection(t *testing.T) {
	noEnds := record443(evidence.App{Protocol: "http", Confirmed: true, HTTP: &evidence.HTTP{Types: []string{"text/html"}}})
	noEnds.Orig, noEnds.Resp = evidence.AppRecord{}.Orig, evidence.AppRecord{}.Resp
	file := func(written uint64) evidence.AppRecord {
		return record443(evidence.App{Protocol: "smb", Confirmed: true, SMB: &evidence.SMB{Written: evidence.Measured(written)}})
	}
	for _, tt := range []struct {
		why  string
		apps []evidence.AppRecord
		fits func(c *evidence.Conn) bool
	}{
		{"the kind of a file does not make the bodies unknown", []evidence.AppRecord{noEnds, record443(evidence.App{Protocol: "http", Confirmed: true, HTTP: &evidence.HTTP{Requests: 1, ReqBody: evidence.Measured(7)}}), noEnds},
			func(c *evidence.Conn) bool {
				return c.HTTP.ReqBody == evidence.Measured(7) && c.HTTP.Requests == 1 && len(c.HTTP.Types) == 1
			}},
		{"files add up beside commands without bytes", []evidence.AppRecord{record443(evidence.App{Protocol: "smb", Confirmed: true, SMB: &evidence.SMB{Shares: []string{`\\f\s`}}}), file(7), file(5)},
			func(c *evidence.Conn) bool {
				return c.SMB.Written == evidence.Measured(12) && !c.SMB.Read.Known && len(c.SMB.Shares) == 1
			}},
		{"NTLM says who used SMB, and is no protocol of the connection", []evidence.AppRecord{record443(evidence.App{Content: true, NTLM: &evidence.NTLM{User: "mkeller", Host: "WS-07"}}), file(1)},
			func(c *evidence.Conn) bool {
				return c.Protocol == "smb" && len(c.Inner) == 0 && c.SMB.User == "mkeller" && c.SMB.Host == "WS-07"
			}},
		{"a ticket shown inside", []evidence.AppRecord{record443(evidence.App{Content: true, Inner: []string{"kerberos"}}), file(1)},
			func(c *evidence.Conn) bool {
				return c.Protocol == "smb" && c.Confirmed && slices.Equal(c.Inner, []string{"kerberos"})
			}},
		{"the steps of RDP", []evidence.AppRecord{record443(evidence.App{Protocol: "rdp", Confirmed: true, RDP: &evidence.RDP{Cookie: "mkeller"}}), record443(evidence.App{Protocol: "rdp", Confirmed: true, RDP: &evidence.RDP{TLS: true}})},
			func(c *evidence.Conn) bool { return *c.RDP == evidence.RDP{Cookie: "mkeller", TLS: true} }},
	} {
		apps := func(b *evidence.Batch) {
			for i, a := range tt.apps {
				a.Ref.N = uint64(i)
				b.App(a)
			}
		}
		cf := Gather([]Source{source("zeek/conn.log", func(b *evidence.Batch) { b.Conn(conn("zeek", "C1", noon)) }), source("zeek/more.log", apps)})
		if len(conns(cf)) != 1 || !tt.fits(conns(cf)[0]) {
			t.Errorf("%s: %d connections, %+v", tt.why, len(conns(cf)), conns(cf)[0].App)
		}
	}
	noEnds.Ref = evidence.Ref{File: "zeek/files.log", Unit: "line", N: 9}
	later := noEnds
	later.Ref.N, later.UID = 12, "A1"
	cf := Gather([]Source{source("zeek/files.log", func(b *evidence.Batch) { b.App(noEnds); b.App(later) })})
	if len(conns(cf)) != 0 || cf.Unplaced != 2 || cf.FirstUnplaced != noEnds.Ref {
		t.Errorf("records without ends: %d connections, %d unplaced from %v", len(conns(cf)), cf.Unplaced, cf.FirstUnplaced)
	}
}

// A resolver that asks from one port all day has one UID: its log must not hang, and what is left out of lists is counted.
func TestManyRecordsOfOneConnection(t *testing.T) {
	const n = 100_000
	b := &evidence.Batch{}
	b.Conn(conn("zeek", "C1", noon))
	for i := range n {
		ref, name := evidence.Ref{File: "zeek/dns.log", Unit: "line", N: uint64(i)}, strconv.Itoa(i)
		b.App(evidence.AppRecord{Ref: ref, Sensor: "zeek", UID: "C1", At: noon.Add(time.Duration(i)), Transport: evidence.TCP, Orig: client, Resp: server,
			App: evidence.App{Protocol: "dns", DNS: &evidence.DNS{Total: 1, Questions: []evidence.Question{{Ref: ref, Name: name}}},
				HTTP: &evidence.HTTP{URIs: []string{name}, Requests: 1}, SMB: &evidence.SMB{Files: []string{name}}}})
	}
	begin := time.Now()
	all := conns(Gather([]Source{source("zeek", func(into *evidence.Batch) { *into = *b })}))
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	if len(all) != 1 {
		t.Fatalf("%d connections", len(all))
	}
	dns, http, smb := all[0].DNS, all[0].HTTP, all[0].SMB
	if dns.Total != n || len(dns.Questions) != evidence.MaxQuestions || dns.Questions[100].Name != "100" || b.Apps[0].DNS.Total != 1 {
		t.Errorf("%d questions, %d listed; the first record says %d", dns.Total, len(dns.Questions), b.Apps[0].DNS.Total)
	}
	if http.Requests != n || len(http.URIs) != maxListed || !http.More {
		t.Errorf("%d requests, %d listed, more: %v", http.Requests, len(http.URIs), http.More)
	}
	if len(smb.Files) != maxListed || !smb.More {
		t.Errorf("%d files listed, more: %v", len(smb.Files), smb.More)
	}
}

// One connection repeated without end in a log is compared with few others, not with all: such a log must not hang.
func TestManyAtOnePlace(t *testing.T) {
	const n = 60_000
	b := &evidence.Batch{}
	for i := range n {
		c := conn("zeek", "", noon)
		c.Ref.N = uint64(i)
		b.Conn(c)
	}
	if cf := Gather([]Source{source("zeek", func(into *evidence.Batch) { *into = *b })}); len(conns(cf)) != n || cf.Conns.Again() != 0 {
		t.Errorf("%d connections, %d again", len(conns(cf)), cf.Conns.Again())
	}
}

// A shelf is an overflow that takes five at a time, and remembers whether they were in order.
type shelf struct{ torn error }

func (s *shelf) Full(_ *evidence.App, _, held int) bool { return held >= 5 }

func (s *shelf) Move(sorted []*evidence.Conn, whole bool) (evidence.ConnRun, error) {
	compare := evidence.CompareParts
	if whole {
		compare = evidence.CompareConns
	}
	if !slices.IsSortedFunc(sorted, compare) {
		return nil, errors.New("not in order")
	}
	r := &row{torn: s.torn}
	for _, c := range sorted {
		r.conns = append(r.conns, *c)
	}
	return r, nil
}

// A row is what a shelf took.
type row struct {
	conns []evidence.Conn
	torn  error // at the end
}

func (r *row) Open(whole bool, _ *evidence.Texts) func() (*evidence.Conn, error) {
	var c evidence.Conn
	i := -1
	return func() (*evidence.Conn, error) {
		if i++; i < len(r.conns) {
			if c = r.conns[i]; !whole {
				c = evidence.Conn{Start: c.Start, End: c.End, OrigKnown: c.OrigKnown, MidStream: c.MidStream, Orig: c.Orig, Resp: c.Resp,
					Transport: c.Transport, Ref: c.Ref, Sensor: c.Sensor, UID: c.UID, Tunnel: c.Tunnel, App: evidence.App{DNS: c.DNS}}
			}
			return &c, nil
		}
		return nil, r.torn
	}
}

// scattered are records of a few connections, stated several times and of several ends, over several logs.
func scattered(seed uint64, into func(file string) *evidence.Batch) {
	r := rand.New(rand.NewPCG(seed, 1))
	ends := []netip.AddrPort{client, server, netip.MustParseAddrPort("198.51.100.3:53"), {}}
	for i := range 400 {
		file, id := string(rune('a'+r.IntN(3)))+".log", "C"+strconv.Itoa(r.IntN(30))
		if r.IntN(20) == 0 {
			id = ""
		}
		at := noon.Add(time.Duration(r.IntN(50)) * time.Second)
		ref, sensor := evidence.Ref{File: file, Unit: "line", N: uint64(i)}, "s"+strconv.Itoa(r.IntN(2))
		if r.IntN(2) == 0 {
			c := conn(sensor, id, at)
			c.Ref, c.End, c.Carries = ref, at.Add(time.Duration(r.IntN(3))*time.Second), r.IntN(9) == 0
			c.Orig, c.Resp = netip.AddrPortFrom(client.Addr(), uint16(r.IntN(4*few))), ends[1+r.IntN(2)]
			into(file).Conn(c)
			continue
		}
		a := evidence.AppRecord{Ref: ref, Sensor: sensor, UID: id, At: at, Transport: evidence.TCP, Orig: ends[r.IntN(4)], Resp: ends[1+r.IntN(2)],
			App: evidence.App{Protocol: "smb", SMB: &evidence.SMB{Files: []string{strconv.Itoa(i)}, Read: evidence.Measured(uint64(i))}}}
		into(file).App(a)
	}
}

// What is put together on disk is what is put together in memory.
func TestPutTogetherOnDisk(t *testing.T) {
	gathered := func(seed uint64, overflow evidence.Overflow) (all []evidence.Conn, moved int) {
		batches := map[string]*evidence.Batch{}
		scattered(seed, func(file string) *evidence.Batch {
			if batches[file] == nil {
				batches[file] = &evidence.Batch{Overflow: overflow}
			}
			return batches[file]
		})
		var sources []Source
		for name, b := range batches {
			b.Settle()
			sources = append(sources, Source{File: finding.File{Name: name}, Batch: b})
		}
		cf := Gather(sources)
		for _, c := range conns(cf) {
			all = append(all, *c)
		}
		if err := cf.Conns.Err(); err != nil {
			t.Fatal(err)
		}
		return all, len(cf.Conns.moved)
	}
	for seed := range uint64(20) {
		held, none := gathered(seed, nil)
		shelved, some := gathered(seed, &shelf{})
		if none != 0 || some == 0 {
			t.Fatalf("%d and %d runs", none, some)
		}
		if d := cmp.Diff(held, shelved, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); d != "" {
			t.Fatalf("-in memory +on disk:\n%s", d)
		}
	}
}

// What cannot be read back while it is put together is an error.
func TestPartsThatCannotBeReadBack(t *testing.T) {
	lost := errors.New("lost")
	cf := Gather([]Source{source("zeek", func(b *evidence.Batch) {
		b.Overflow = &shelf{lost}
		for range 7 {
			b.Conn(conn("zeek", "C1", noon))
		}
		b.Settle()
	})})
	if !errors.Is(cf.Conns.Err(), lost) {
		t.Errorf("error %v", cf.Conns.Err())
	}
}
