package suricata

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

func TestFormat(t *testing.T) { parsertest.Run(t, Format, "testdata") }

func FuzzParse(f *testing.F) { parsertest.Fuzz(f, Format, "testdata") }

func TestSniff(t *testing.T) {
	cases := []struct {
		why, head string
		want      bool
	}{
		{"an event of a flow", line("flow", `"flow":{}`), true},
		{"statistics have no flow", `{"timestamp":"2024-05-06T09:08:07.1+0200","event_type":"stats","stats":{}}`, true},
		{"spaces, as other writers put them", `{ "timestamp": "x", "event_type": "dns", "flow_id": 1 }`, true},
		{"the first line is cut", "\x00\x00garbage\n" + line("flow", `"flow":{}`), true},
		{"wrapped by a firewall service", `{"firewall_name":"edge","event_timestamp":"1","event":` + strings.TrimSpace(line("netflow", `"netflow":{}`)) + "}\n", true},
		{"statistics longer than the head", `{"timestamp":"2024-05-06T09:08:07.1+0200","event_type":"stats","stats":{"threads":{` + strings.Repeat(`"W#01":1,`, 1000), true},
		{"events in a tree of another", `{"@timestamp":"x","suricata":{"eve":` + strings.TrimSpace(line("flow", `"flow":{}`)) + "}}\n", false},
		{"a Windows event", `{"EventID":3,"timestamp":"x","Channel":"Security"}`, false},
		{"a Zeek log", `{"_path":"conn","ts":1.5,"uid":"C1","id.orig_h":"192.0.2.1"}`, false},
		{"events of something else", `{"timestamp":"x","event_type":"login","user":"a"}`, false},
		{"nothing", "", false},
	}
	for _, c := range cases {
		if got := sniff([]byte(c.head)); got != c.want {
			t.Errorf("%s: got %v", c.why, got)
		}
	}
}

func TestInstant(t *testing.T) {
	want := time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC)
	for _, s := range []string{"2024-05-06T09:08:09.123456789+0200", "2024-05-06T07:08:09.123456789Z", "2024-05-06T01:38:09.123456789-05:30", "2024-05-06T07:08:09.123456789"} {
		p := &parser{in: &parsers.Input{}, lines: &parsers.Lines{}}
		if got, ok := p.instant(text(s)); !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: got %v", s, got)
		}
		if counted := p.doubts.n[noOffset] == 1; counted != !strings.ContainsAny(s[19:], "+-Z") {
			t.Errorf("%s: counted as written without an offset: %v", s, counted)
		}
	}
}

// TestBytesOfFramesAreNoPayload: what Suricata counts holds the link layer, and must not pass for anything else.
func TestBytesOfFramesAreNoPayload(t *testing.T) {
	b := read(t, line("flow", `"flow":{"pkts_toserver":6,"pkts_toclient":4,"bytes_toserver":461,"bytes_toclient":509}`))
	pair := func(orig, resp uint64) evidence.Pair {
		return evidence.Pair{Orig: evidence.Measured(orig), Resp: evidence.Measured(resp)}
	}
	if want := (evidence.Volume{Frame: pair(461, 509), Packets: pair(6, 4)}); b.Conns[0].Volume != want {
		t.Errorf("got %+v", b.Conns[0].Volume)
	}
}

func TestState(t *testing.T) {
	cases := []struct {
		why         string
		ts, tc      uint8
		stream      string
		want        string
		known, midd bool
	}{
		{"opened and closed by both", 0x1b, 0x1b, "closed", "SF", true, false},
		{"open", 0x1a, 0x1a, "established", "S1", true, false},
		{"no answer", 0x02, 0, "syn_sent", "S0", true, false},
		{"refused", 0x02, 0x14, "closed", "REJ", true, false},
		{"half closed by the client", 0x1b, 0x1a, "close_wait", "S2", true, false},
		{"half closed by the server", 0x1a, 0x1b, "fin_wait2", "S3", true, false},
		{"ended by the client", 0x1e, 0x1a, "closed", "RSTO", true, false},
		{"ended by the server", 0x1a, 0x1e, "closed", "RSTR", true, false},
		{"began before the capture", 0, 0, "", "OTH", false, true},
		{"only the client was seen", 0x13, 0, "closed", "SH", true, false},
	}
	for _, c := range cases {
		got := read(t, line("flow", fmt.Sprintf(`"flow":{},"tcp":{"tcp_flags_ts":"%02x","tcp_flags_tc":"%02x","state":%q}`, c.ts, c.tc, c.stream))).Conns[0]
		if got.State != c.want || got.OrigKnown != c.known || got.MidStream != c.midd {
			t.Errorf("%s: %s, originator known %v, midstream %v", c.why, got.State, got.OrigKnown, got.MidStream)
		}
	}
}

func TestProtocol(t *testing.T) {
	cases := []struct {
		why, fields string
		proto       string
		port        int
		want        string // outermost, then inner ones
		confirmed   bool
		content     bool
	}{
		{"found", `"app_proto":"smb"`, "TCP", 9999, "smb", true, true},
		{"looked at and not recognised", `"app_proto":"failed"`, "TCP", 443, "", false, true},
		{"nothing to look at", `"app_proto":"unknown"`, "TCP", 443, "", false, false},
		{"nothing was looked for in ICMP", `"x":1`, "ICMP", 0, "", false, false},
		{"a datagram carries something", `"x":1`, "UDP", 40000, "", false, true},
		{"what another connection announced was not looked at", `"app_proto":"ftp-data"`, "TCP", 20, "ftp-data", false, true},
		{"STARTTLS", `"app_proto":"tls","app_proto_orig":"smtp"`, "TCP", 25, "smtp tls", true, true},
		{"expected only", `"app_proto_expected":"tls"`, "TCP", 443, "", false, false},
		{"their names", `"app_proto":"krb5"`, "UDP", 88, "kerberos", true, true},
		{"HTTP/2 is HTTP", `"app_proto":"http2"`, "TCP", 80, "http", true, true},
		{"messages of DNS on the port of another protocol", `"app_proto":"dns"`, "UDP", 5355, "llmnr", true, true},
	}
	for _, c := range cases {
		text := strings.NewReplacer(`"TCP"`, `"`+c.proto+`"`, `"dest_port":443`, fmt.Sprintf(`"dest_port":%d`, c.port)).
			Replace(line("flow", c.fields+`,"flow":{"pkts_toserver":2,"bytes_toserver":132}`))
		got := read(t, text).Conns[0]
		if name := strings.Join(append([]string{got.Protocol}, got.Inner...), " "); name != c.want || got.Confirmed != c.confirmed || got.Content != c.content {
			t.Errorf("%s: got %q, confirmed %v, content %v", c.why, name, got.Confirmed, got.Content)
		}
	}
}

// TestDNSLayouts: the three ways of writing one question with its answer say the same.
func TestDNSLayouts(t *testing.T) {
	query := `"dns":{"type":"query","id":7,"rrname":"www.example.net","rrtype":"A"}`
	layouts := map[string]string{
		"version 1": line("dns", query) + back("dns", `"dns":{"type":"answer","id":7,"rcode":"NOERROR","rrname":"www.example.net","rrtype":"CNAME","rdata":"e.example.net"}`) +
			back("dns", `"dns":{"type":"answer","id":7,"rcode":"NOERROR","rrname":"e.example.net","rrtype":"A","rdata":"192.0.2.7"}`),
		"version 2": line("dns", query) + line("dns", `"dns":{"version":2,"type":"answer","id":7,"rrname":"www.example.net","rrtype":"A","rcode":"NOERROR","answers":[`+
			`{"rrname":"www.example.net","rrtype":"CNAME","rdata":"e.example.net"},{"rrname":"e.example.net","rrtype":"A","rdata":"192.0.2.7"}]}`),
		"version 2, grouped": line("dns", query) + line("dns", `"dns":{"version":2,"type":"answer","id":7,"rcode":"NOERROR","grouped":{"A":["192.0.2.7"],"CNAME":["e.example.net"]}}`),
		"version 3": line("dns", `"dns":{"version":3,"type":"request","id":7,"rcode":"NOERROR","queries":[{"rrname":"www.example.net","rrtype":"A"}]}`) +
			back("dns", `"dns":{"version":3,"type":"response","id":7,"rcode":"NOERROR","queries":[{"rrname":"www.example.net","rrtype":"A"}],"answers":[`+
				`{"rrname":"www.example.net","rrtype":"CNAME","rdata":"e.example.net"},{"rrname":"e.example.net","rrtype":"A","rdata":"192.0.2.7"}]}`),
	}
	for name, text := range layouts {
		b := read(t, text)
		if len(b.Apps) != 1 || b.Apps[0].DNS.Total != 1 {
			t.Errorf("%s: %d records", name, len(b.Apps))
			continue
		}
		a := b.Apps[0]
		q := a.DNS.Questions[0]
		if q.Name != "www.example.net" || q.Type != 1 || q.RCode != 0 || fmt.Sprint(q.Answers, q.Aliases) != "[192.0.2.7] [e.example.net]" || a.Resp.Port() != 443 || q.Ref.N != 1 {
			t.Errorf("%s: %+v to %v", name, q, a.Resp)
		}
	}
}

// TestQueue: what nothing completes leaves in the order of the log, after a minute or when too many wait.
func TestQueue(t *testing.T) {
	var q queue[int, int]
	var gone []int
	out := func(i int) { gone = append(gone, i) }
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for i := range 3 * maxHeld / 2 {
		q.put(i, &i, at, i%2 == 0)
		early := q.release(at, out)
		if len(q.list) > maxHeld || len(q.last) > maxHeld || early != uint64(min(1, max(i-maxHeld+1, 0))) {
			t.Fatalf("%d wait, %d let go of early", len(q.list), early)
		}
	}
	if early := q.release(at.Add(patience), out); early != 0 || len(gone) != maxHeld/2 {
		t.Errorf("%d gone after a minute, %d early", len(gone), early)
	}
	q.put(-1, new(int), at.Add(patience), true)
	if q.release(at.Add(patience+1), out); len(gone) != 3*maxHeld/2 || !slices.IsSorted(gone) || len(q.list) != 1 || len(q.last) != 1 {
		t.Errorf("%d gone after more than a minute, %d left", len(gone), len(q.list))
	}
	if q.flush(out); len(q.list) != 0 || len(q.last) != 0 {
		t.Errorf("%d left of all", len(q.list))
	}
}

// TestDirectionsMeet: two lines of a flow become one connection, however many flows lie before and behind them.
func TestDirectionsMeet(t *testing.T) {
	var text strings.Builder
	const flows = 1000
	for i := range flows {
		s := line("netflow", fmt.Sprintf(`"netflow":{"pkts":%d,"bytes":600,"start":"2024-05-06T07:08:09.1Z","end":"2024-05-06T07:08:09.2Z"}`, i)) +
			back("netflow", `"netflow":{"pkts":1,"bytes":60,"start":"2024-05-06T07:08:09.1Z","end":"2024-05-06T07:08:09.3Z"}`)
		s = strings.ReplaceAll(s, `"flow_id":1001`, fmt.Sprintf(`"flow_id":%d`, i))
		text.WriteString(strings.ReplaceAll(s, "T09:08", fmt.Sprintf("T%02d:%02d", 10+i/60%10, i%60)))
	}
	b := read(t, text.String())
	if len(b.Conns) != flows {
		t.Fatalf("%d connections of %d flows", len(b.Conns), flows)
	}
	for i, c := range b.Conns {
		if p := c.Volume.Packets; p.Orig.N != uint64(i) || p.Resp.N != 1 || c.Ref.N != uint64(2*i+1) || !c.End.Equal(c.Start.Add(200*time.Millisecond)) {
			t.Fatalf("flow %d: %+v", i, c)
		}
	}
}

// TestTooManyWait: a log says when it held more questions than it waits for.
func TestTooManyWait(t *testing.T) {
	var text strings.Builder
	for i := range maxHeld + 3 {
		text.WriteString(line("dns", fmt.Sprintf(`"dns":{"type":"query","id":%d,"rrname":"a","rrtype":"A"}`, i)))
	}
	b := read(t, text.String())
	if said := b.Captures[0].Comment; len(b.Apps) != maxHeld+3 || !strings.HasPrefix(said, "3 questions and flows were not waited for") {
		t.Errorf("%d questions, %q", len(b.Apps), said)
	}
}

// TestUsual: times as Suricata writes them are read as time.Parse reads them, and others are left to it.
func TestUsual(t *testing.T) {
	for _, s := range []string{
		"2024-05-06T09:08:09.123456+0200", "2024-02-29T23:59:59.999999-2359", "1969-12-31T00:00:00.000000+0000", "0001-01-01T00:00:00.000000+0530",
		"2023-02-29T09:08:09.123456+0200", "2024-13-06T09:08:09.123456+0200", "2024-00-06T09:08:09.123456+0200", "2024-05-00T09:08:09.123456+0200",
		"2024-05-06T24:08:09.123456+0200", "2024-05-06T09:60:09.123456+0200", "2024-05-06T09:08:60.123456+0200", "2024-05-06T09:08:09.123456+2400",
		"2024-05-06T09:08:09.123456+0260", "2024-05-06T09:08:09,123456+0200", "2024-05-06T09:08:09.1234567+020", "2024-05-06T09:08:09.12345é+020",
	} {
		got, ok := usual(text(s))
		if want, err := time.Parse(instants[0], s); ok && (err != nil || !got.Equal(want)) {
			t.Errorf("%s: got %v, want %v, %v", s, got, want, err)
		}
	}
	if _, ok := usual(text("2024-05-06T09:08:09.123456+0200")); !ok {
		t.Error("left to time.Parse")
	}
}

// TestDropsAcrossRestarts: the counter begins again with the process; without a capture part nothing was measured.
func TestDropsAcrossRestarts(t *testing.T) {
	at := func(part string) string {
		return `{"timestamp":"2024-05-06T09:08:09.1+0200","event_type":"stats","stats":{"uptime":1` + part + "}}\n"
	}
	drops := func(n int) string { return at(fmt.Sprintf(`,"capture":{"kernel_drops":%d}`, n)) }
	cases := []struct {
		why, text string
		want      evidence.Count
	}{
		{"counts up", drops(0) + drops(5) + drops(9), evidence.Measured(9)},
		{"starts again", drops(9) + drops(2) + drops(3), evidence.Measured(12)},
		{"none lost", drops(0), evidence.Measured(0)},
		{"a file was read, no interface", at(""), evidence.Count{}},
	}
	for _, c := range cases {
		if got := read(t, c.text).Captures[0].Dropped; got != c.want {
			t.Errorf("%s: got %v", c.why, got)
		}
	}
}

func TestSensors(t *testing.T) {
	text := strings.ReplaceAll(line("flow", `"flow":{}`), `"flow_id"`, `"host":"dmz","flow_id"`) + line("flow", `"flow":{}`)
	b := &evidence.Batch{}
	in := &parsers.Input{Name: "ids/eve.json", Folder: "ids", Size: int64(len(text)), ReaderAt: strings.NewReader(text)}
	if err := Format.Parse(t.Context(), in, b); err != nil || len(b.Captures) != 2 {
		t.Fatalf("%d captures, %v", len(b.Captures), err)
	}
	for i, want := range []string{"ids:dmz", "ids"} {
		if b.Conns[i].Sensor != want || b.Captures[i].Sensor != want || b.Captures[i].Lines != 1 {
			t.Errorf("sensor %q of %q, %d lines", b.Conns[i].Sensor, b.Captures[i].Sensor, b.Captures[i].Lines)
		}
	}
}

// TestSensorsAreBounded: a log in which every line names another sensor does not become as many sensors.
func TestSensorsAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 2 * maxSensors {
		text.WriteString(strings.Replace(line("flow", spanned), `"flow_id"`, fmt.Sprintf(`"host":"s%d","flow_id"`, i), 1))
	}
	if b := read(t, text.String()); len(b.Captures) != maxSensors+1 || b.Records() != 2*maxSensors {
		t.Errorf("%d sensors, %d lines", len(b.Captures), b.Records())
	}
}

// TestWrapped: a firewall service that runs Suricata names the firewall around each event.
func TestWrapped(t *testing.T) {
	b := read(t, `{"firewall_name":"edge","availability_zone":"a","event_timestamp":"1714979289","event":`+strings.TrimSpace(line("flow", spanned))+"}\n")
	if len(b.Conns) != 1 || b.Conns[0].Sensor != ".:edge" || b.Problems.Total != 0 {
		t.Errorf("%d connections, %v", len(b.Conns), b.Problems.First)
	}
}

// TestDamage: what cannot be read is counted with its line, and the rest is read.
func TestDamage(t *testing.T) {
	good := line("flow", spanned)
	cases := []struct {
		why, text string
		kind      evidence.ProblemKind
		at        uint64
		conns     int
	}{
		{"no JSON", good + "{\"event_type\":\n" + good, evidence.Damaged, 2, 2},
		{"cut off", good + good[:len(good)/2], evidence.Truncated, 2, 1},
		{"a flow without ends", strings.Replace(good, "192.0.2.10", "x", 1) + good, evidence.Damaged, 1, 1},
		{"a flow without its section", line("flow", `"x":1`), evidence.Damaged, 1, 0},
		{"no flow but a text", line("flow", `"flow":"x"`) + good, evidence.Damaged, 1, 1},
		{"the port of none", strings.Replace(good, ":443", ":70000", 1), evidence.Damaged, 1, 0},
	}
	for _, c := range cases {
		b, err := parsertest.Parse(t.Context(), Format, []byte(c.text))
		if err != nil || b.Problems.Total != 1 || len(b.Conns) != c.conns {
			t.Errorf("%s: %d connections, %v, %v", c.why, len(b.Conns), b.Problems.First, err)
			continue
		}
		if p := b.Problems.First[0]; p.Kind != c.kind || p.Ref.N != c.at || p.Lost != 1 {
			t.Errorf("%s: %v", c.why, p)
		}
	}
	if b := read(t, strings.TrimSuffix(good, "\n")); b.Problems.Total != 0 {
		t.Errorf("a whole line without its end: %v", b.Problems.First)
	}
}

// TestEndlessLine: one line without end is one problem, and costs no more memory than a line may have.
func TestEndlessLine(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: reads 200 MiB")
	}
	const size = 200 << 20
	good := line("flow", spanned)
	in := &parsers.Input{Name: "file", Size: size + 1 + int64(len(good)), ReaderAt: endless{size, "\n" + good}}
	b := &evidence.Batch{}
	if err := Format.Parse(t.Context(), in, b); err != nil || b.Problems.Total != 1 || len(b.Conns) != 1 {
		t.Errorf("%d connections, %v, %v", len(b.Conns), b.Problems.First, err)
	}
}

// An endless file is one letter size times, then a tail.
type endless struct {
	size int64
	tail string
}

func (e endless) ReadAt(b []byte, off int64) (int, error) {
	if off < e.size {
		n := min(int64(len(b)), e.size-off)
		copy(b, bytes.Repeat([]byte("x"), int(n)))
		return int(n), nil
	}
	n := copy(b, e.tail[min(off-e.size, int64(len(e.tail))):])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// spanned is a flow that says when it was.
const spanned = `"flow":{"start":"2024-05-06T09:08:07.1+0200","end":"2024-05-06T09:08:08.1+0200"}`

func read(t *testing.T, text string) *evidence.Batch {
	t.Helper()
	b, err := parsertest.Parse(t.Context(), Format, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func line(kind, fields string) string {
	return `{"timestamp":"2024-05-06T09:08:09.123456+0200","flow_id":1001,"event_type":"` + kind + `","src_ip":"192.0.2.10","src_port":50001,"dest_ip":"198.51.100.5","dest_port":443,"proto":"TCP",` + fields + "}\n"
}

// back is a line in the direction of the answer.
func back(kind, fields string) string {
	return strings.NewReplacer(`"src_ip":"192.0.2.10","src_port":50001,"dest_ip":"198.51.100.5","dest_port":443`, `"src_ip":"198.51.100.5","src_port":443,"dest_ip":"192.0.2.10","dest_port":50001`).Replace(line(kind, fields))
}
