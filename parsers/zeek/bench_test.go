package zeek

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func BenchmarkConnTSV(b *testing.B)   { benchmark(b, tsv("conn", connLines(benchLines))) }
func BenchmarkConnJSON(b *testing.B)  { benchmark(b, jsonl("conn", connLines(benchLines))) }
func BenchmarkDNSTSV(b *testing.B)    { benchmark(b, tsv("dns", dnsLines(benchLines))) }
func BenchmarkDNSJSON(b *testing.B)   { benchmark(b, jsonl("dns", dnsLines(benchLines))) }
func BenchmarkTLSTSV(b *testing.B)    { benchmark(b, tsv("ssl", tlsLines(benchLines))) }
func BenchmarkUnusedTSV(b *testing.B) { benchmark(b, tsv("weird", dnsLines(benchLines))) }

const benchLines = 40_000

// A counter is a Sink that keeps nothing.
type counter struct {
	evidence.Sink
	lines, problems int
}

func (c *counter) Conn(evidence.Conn)         { c.lines++ }
func (c *counter) App(evidence.AppRecord)     { c.lines++ }
func (c *counter) Capture(x evidence.Capture) { c.lines = int(x.Lines) }
func (c *counter) Problem(evidence.Problem)   { c.problems++ }

func benchmark(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		c := &counter{}
		in := &parsers.Input{Name: "a.log", Size: int64(len(data)), ReaderAt: bytes.NewReader(data)}
		if err := Format.Parse(b.Context(), in, c); err != nil || c.lines != benchLines || c.problems > 0 {
			b.Fatal(c.lines, c.problems, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchLines, "ns/line")
}

// A column is one of a log that is made up: what it is called, and whether it is a word in JSON.
type column struct {
	name string
	word bool
}

func columns(names string) (all []column) {
	for _, n := range strings.Fields(names) {
		name, isWord := strings.CutSuffix(n, "*")
		all = append(all, column{name, isWord})
	}
	return all
}

// Fields of the logs; those with a star are words.
const (
	endFields  = "ts uid* id.orig_h* id.orig_p id.resp_h* id.resp_p "
	connFields = endFields + "proto* service* duration orig_bytes resp_bytes conn_state* local_orig local_resp missed_bytes history* orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents*"
	dnsFields  = endFields + "proto* trans_id rtt query* qclass qclass_name* qtype qtype_name* rcode rcode_name* AA TC RD RA Z answers* TTLs* rejected"
	tlsFields  = endFields + "version* cipher* curve* server_name* resumed last_alert* next_protocol* established subject* issuer* validation_status* ja3* ja3s*"
)

var logFields = map[string]string{"conn": connFields, "dns": dnsFields, "weird": dnsFields, "ssl": tlsFields}

func tsv(log string, lines [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t" + log + "\n#fields")
	for _, c := range columns(logFields[log]) {
		b.WriteString("\t" + c.name)
	}
	for _, line := range lines {
		b.WriteString("\n" + strings.Join(line, "\t"))
	}
	b.WriteString("\n#close\t2024-05-06-08-00-00\n")
	return b.Bytes()
}

func jsonl(log string, lines [][]string) []byte {
	var b bytes.Buffer
	for _, line := range lines {
		fmt.Fprintf(&b, `{"_path":%q`, log)
		for i, c := range columns(logFields[log]) {
			switch v := line[i]; {
			case v == "-":
			case c.word:
				fmt.Fprintf(&b, `,%q:%q`, c.name, v)
			case v == "T" || v == "F":
				fmt.Fprintf(&b, `,%q:%v`, c.name, v == "T")
			default:
				fmt.Fprintf(&b, `,%q:%s`, c.name, v)
			}
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// A maker makes up lines that differ as those of real logs do.
type maker struct {
	*rand.Rand
	n int
}

func lines(n int, line func(m *maker) string) [][]string {
	m := &maker{Rand: rand.New(rand.NewPCG(1, 2))}
	all := make([][]string, n)
	for m.n = range n {
		all[m.n] = strings.Fields(line(m))
	}
	return all
}

// ends are the first columns of all logs.
func (m *maker) ends(peer string, port int) string {
	return fmt.Sprintf("%d.%06d C%017x 10.0.%d.%d %d %s %d ", 1714979289+m.n/100, m.IntN(1e6), m.Uint64(), m.IntN(4), m.IntN(250), 1024+m.IntN(60000), peer, port)
}

func (m *maker) peer() string { return fmt.Sprintf("203.0.%d.%d", m.IntN(250), m.IntN(250)) }

func connLines(n int) [][]string {
	return lines(n, func(m *maker) string {
		switch k := m.IntN(20); {
		case k < 9:
			return m.ends("10.0.0.1", 53) + "udp dns 0.0123 40 120 SF T T 0 Dd 1 68 1 148 -"
		case k < 17:
			return m.ends(m.peer(), 443) + fmt.Sprintf("tcp ssl %d.%06d %d %d SF T F 0 ShADadFf %d %d %d %d -",
				m.IntN(30), m.IntN(1e6), m.IntN(1e5), m.IntN(1e6), 70+m.IntN(100), 2e5+m.IntN(1e4), 700+m.IntN(900), 2e6+m.IntN(1e5))
		}
		return m.ends(m.peer(), 445) + "tcp - - - - S0 T T 0 S 1 52 0 0 -"
	})
}

func dnsLines(n int) [][]string {
	return lines(n, func(m *maker) string {
		return m.ends("10.0.0.1", 53) + fmt.Sprintf("udp %d 0.012 h%d.example%d.com 1 C_INTERNET 1 A 0 NOERROR F F T T 0 %s 60.0 F",
			m.IntN(1<<16), m.IntN(1000), m.IntN(5000), m.peer())
	})
}

func tlsLines(n int) [][]string {
	return lines(n, func(m *maker) string {
		return m.ends(m.peer(), 443) + fmt.Sprintf("TLSv12 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 x25519 h%d.example%d.com F - h2 T CN=x.example.com CN=Example ok %s %s",
			m.IntN(1000), m.IntN(5000), strings.Repeat("a", 32), strings.Repeat("b", 32))
	})
}
