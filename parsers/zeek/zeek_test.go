package zeek

import (
	"path/filepath"
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
		{"the header of a TSV log", "#separator \\x09\n#path\tconn\n", true},
		{"a comment line before it", "### a remark\n#separator \\x09\n", true},
		{"a header cut down to its fields, after a bare #", "#\n#fields\tts\tuid\n", true},
		{"JSON that names its log", `{"_path":"weird","ts":1.5}` + "\n", true},
		{"JSON that does not, but has the fields of one", `{"ts":1.5,"uid":"C","id.orig_h":"192.0.2.1","conn_state":"SF"}`, true},
		{"a Windows event", `{"EventID":3,"ts":1,"Channel":"Security"}`, false},
		{"a shell script", "#!/bin/sh\n#separator \n", true}, // harmless: nothing in it is a row
		{"a comment that is no header", "# separators\nfields\n", false},
		{"nothing", "", false},
	}
	for _, c := range cases {
		if got := sniff([]byte(c.head)); got != c.want {
			t.Errorf("%s: got %v", c.why, got)
		}
	}
}

func TestInstantKeepsDigits(t *testing.T) {
	want := time.Unix(1714979289, 123456789).UTC()
	for _, s := range []string{"1714979289.123456789", "1714979289.1234567891", "2024-05-06T07:08:09.123456789Z", "2024-05-06T09:08:09.123456789+02:00"} {
		if got, ok := instant([]byte(s)); !ok || !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
	if got, ok := instant([]byte("1714979289123.25")); !ok || !got.Equal(time.Unix(1714979289, 123250000)) {
		t.Errorf("milliseconds: got %v", got)
	}
	for _, s := range []string{"", "-", "XXXXXXXXXX.XXXXXX", "-5", "1e9", "99999999999999999999", "1.x"} {
		if got, ok := instant([]byte(s)); ok {
			t.Errorf("%q: got %v, want nothing", s, got)
		}
	}
}

// TestNotMeasured has one row per way in which a 0 in the log is not a 0 on the wire.
func TestNotMeasured(t *testing.T) {
	none := evidence.Count{}
	cases := []struct {
		why, line  string // proto, service, orig_bytes, resp_bytes, state, missed, history, orig_pkts, orig_ip, resp_pkts, resp_ip
		orig, resp evidence.Count
		origIP     evidence.Count
	}{
		{"both sides seen", "tcp - 10 20 SF 0 ShADadFf 5 210 5 220", evidence.Measured(10), evidence.Measured(20), evidence.Measured(210)},
		{"a SYN without an answer sends nothing, and bytes are unset", "tcp - - - S0 0 S 1 40 0 0", none, none, evidence.Measured(40)},
		{"dropped checksums: the SYN-ACK comes first", "tcp - 0 20 SHR 0 ^hadf 0 0 5 220", none, evidence.Measured(20), none},
		{"dropped checksums in UDP", "udp dns 0 20 SHR 0 ^d 0 0 1 48", none, evidence.Measured(20), none},
		{"bad checksums of the originator stated", "tcp - 4 20 OTH 0 ShCadDA 3 124 5 220", none, evidence.Measured(20), none},
		{"bad checksums of the responder stated", "udp - 4 0 S0 0 Dc 1 32 0 0", evidence.Measured(4), none, evidence.Measured(32)},
		{"only the originator seen, acknowledging something", "tcp - 10 0 SH 0 SADF 5 210 0 0", evidence.Measured(10), none, evidence.Measured(210)},
		{"UDP without an answer: 0 is 0", "udp - 10 0 S0 0 D 1 38 0 0", evidence.Measured(10), evidence.Measured(0), evidence.Measured(38)},
		{"more than its packets can carry", "tcp - 900000 20 SF 0 ShADadFf 5 210 5 220", none, evidence.Measured(20), none},
		{"the same, and the capture missed it", "tcp - 900000 20 SF 899990 ShADadGFf 5 210 5 220", evidence.Measured(900000), evidence.Measured(20), evidence.Measured(210)},
		{"segmentation offload: the payload is right, the IP bytes are not", "tcp - 90000 20 SF 0 ShADadFf 5 210 5 220", evidence.Measured(90000), evidence.Measured(20), none},
		{"a keep-alive moves the sequence numbers by one", "tcp - 11 20 SF 0 ShADadFf 5 210 5 220", evidence.Measured(11), evidence.Measured(20), evidence.Measured(210)},
	}
	for _, c := range cases {
		v := conn(t, c.line).Volume
		if v.Payload.Orig != c.orig || v.Payload.Resp != c.resp || v.IP.Orig != c.origIP {
			t.Errorf("%s: payload %v, ip of the originator %v", c.why, v.Payload, v.IP.Orig)
		}
	}
}

func TestServices(t *testing.T) {
	cases := []struct {
		why, service, proto string
		port                string
		want                string // outermost, then inner ones
		confirmed           bool
	}{
		{"one analyzer", "ssl", "tcp", "443", "tls", true},
		{"none", "-", "tcp", "443", "", false},
		{"an analyzer that failed is no finding", "ssl,-ssl", "tcp", "443", "", false},
		{"Kerberos tickets inside SMB", "krb,gssapi,smb", "tcp", "445", "smb kerberos", true},
		{"calls over a pipe", "dce_rpc,krb,smb,gssapi", "tcp", "445", "smb dce_rpc kerberos", true},
		{"calls over TCP", "gssapi,dce_rpc", "tcp", "49667", "dce_rpc", true},
		{"STARTTLS", "ssl,imap", "tcp", "143", "imap tls", true},
		{"a proxy", "ssl,http", "tcp", "3128", "http tls", true},
		{"DNS messages of another protocol", "dns", "udp", "5355", "llmnr", true},
		{"DNS over TCP on any port", "dns", "tcp", "5355", "dns", true},
		{"TLS over UDP", "ssl", "udp", "443", "dtls", true},
		{"announced by another connection, not looked at", "ftp-data", "tcp", "20", "ftp-data", false},
	}
	for _, c := range cases {
		got := connTo(t, c.port, c.proto+" "+c.service+" 10 20 SF 0 ShADadFf 5 210 5 220")
		if name := strings.Join(append([]string{got.Protocol}, got.Inner...), " "); name != c.want || got.Confirmed != c.confirmed {
			t.Errorf("%s: got %q, confirmed %v", c.why, name, got.Confirmed)
		}
	}
}

func TestOrientation(t *testing.T) {
	cases := []struct {
		why, line        string
		known, midstream bool
	}{
		{"SYN seen", "tcp - 10 20 SF 0 ShADadFf 5 210 5 220", true, false},
		{"turned round by the port, but the SYN-ACK settles it", "tcp - 0 20 SHR 0 ^hadf 0 0 5 220", true, false},
		{"began before the capture", "tcp - 10 20 OTH 0 DdAa 5 210 5 220", false, true},
		{"turned round by the port", "tcp - 10 20 OTH 0 ^dDAa 5 210 5 220", false, true},
		{"content understood", "tcp http 10 20 OTH 0 DdAa 5 210 5 220", true, true},
	}
	for _, c := range cases {
		if got := conn(t, c.line); got.OrigKnown != c.known || got.MidStream != c.midstream {
			t.Errorf("%s: known %v, midstream %v", c.why, got.OrigKnown, got.MidStream)
		}
	}
}

func TestSensorIsTheFolder(t *testing.T) {
	b := &evidence.Batch{}
	in := &parsers.Input{Name: "site-a/conn.log", Folder: "site-a", Size: int64(len(log(""))), ReaderAt: strings.NewReader(log(""))}
	if err := Format.Parse(t.Context(), in, b); err != nil || b.Captures[0].Sensor != "site-a" {
		t.Errorf("got %v, %v", b.Captures, err)
	}
}

// TestColumnsOfOneName: a name that #fields gives to several columns is the first one's, and the line is read.
func TestColumnsOfOneName(t *testing.T) {
	var tab table
	tab.header("#fields\tuid\tb\tuid\tid.orig_h")
	n := tab.read([]byte("1\t2\t3\t192.0.2.1"))
	if n != len(tab.columns) || string(tab.text(fUID)) != "1" || string(tab.text(fOrigH)) != "192.0.2.1" {
		t.Errorf("%d values in %d columns, uid is %q, its last %q", n, len(tab.columns), tab.text(fUID), tab.text(fOrigH))
	}
}

func TestLongLine(t *testing.T) {
	line := `{"_path":"http","ts":1714979290,"uid":"C1","id.orig_h":"192.0.2.1","id.orig_p":5,"id.resp_h":"192.0.2.2","id.resp_p":80,"method":"GET","uri":"` +
		strings.Repeat("a", 3<<20) + "\"}\n"
	b, err := parsertest.Parse(t.Context(), Format, []byte(line))
	if err != nil || len(b.Apps) != 1 || len(b.Apps[0].HTTP.URIs[0]) != 3<<20 {
		t.Errorf("a line above 1 MiB: %d records, %v, %v", len(b.Apps), b.Problems.First, err)
	}
}

// TestRecordings reads Zeek logs of the corpus: no line may be lost.
func TestRecordings(t *testing.T) {
	data := parsertest.Corpus(t)
	cases := []struct {
		path  string
		conns int // lines of conn.log
	}{
		{"zeek/btest", 98},
		{"paired/LSASS_campaign_02/zeek/*.zip", 119},
		{"paired/LSASS_campaign_05/zeek/*.zip", 895},
		{"paired/LSASS_campaign_07/zeek/*.zip", 566},
	}
	for _, c := range cases {
		sources, err := parsers.Run(t.Context(), []string{parsertest.Unzip(t, filepath.Join(data, c.path))}, []parsers.Format{Format}, parsers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		conns := 0
		for _, s := range sources {
			conns += len(s.Batch.Conns)
			if s.Incomplete() || s.Lost > 0 {
				t.Errorf("%s: %s: %s, %v", c.path, s.Name, s.State, s.Problems)
			}
			for _, k := range s.Batch.Conns {
				if k.State == "SHR" && k.Volume.Payload.Orig.Known {
					t.Errorf("%s line %d: the originator was not seen, and yet its bytes are given", s.Name, k.Ref.N)
				}
			}
		}
		if conns != c.conns {
			t.Errorf("%s: %d connections, want %d", c.path, conns, c.conns)
		}
	}
}

func conn(t *testing.T, line string) evidence.Conn { return connTo(t, "80", line) }

func connTo(t *testing.T, port, line string) evidence.Conn {
	t.Helper()
	f := strings.Fields(line)
	row := append([]string{"1714979290.5", "C1", "192.0.2.1", "50000", "198.51.100.1", port, f[0], f[1], "1.5"}, f[2:]...)
	b, err := parsertest.Parse(t.Context(), Format, []byte(log(strings.Join(row, "\t"))))
	if err != nil || len(b.Conns) != 1 {
		t.Fatalf("%s: %v, %v", line, err, b.Problems.First)
	}
	return b.Conns[0]
}

func log(row string) string {
	return "#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\t" +
		"conn_state\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n" + row + "\n#close\tx\n"
}
