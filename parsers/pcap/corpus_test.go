package pcap

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// The floors below which the counts against tshark and Zeek must not fall. They only rise.
const (
	floorBytes      = 1.0
	floorZeekBytes  = 0.98
	floorZeekIP     = 1.0
	floorZeekOrigin = 0.98
)

// truth is what the data says about one capture.
type truth struct {
	Case   string
	Inputs struct{ Pcap []truthInput }
	Flows  []struct {
		L4         string
		AIP        string `json:"a_ip"`
		APort      uint16 `json:"a_port"`
		BIP        string `json:"b_ip"`
		BPort      uint16 `json:"b_port"`
		FramesAB   uint64 `json:"frames_a_to_b"`
		FramesBA   uint64 `json:"frames_b_to_a"`
		BytesAB    uint64 `json:"payload_bytes_a_to_b"`
		BytesBA    uint64 `json:"payload_bytes_b_to_a"`
		Dissectors []string
	}
	Zeek []struct {
		L4        string
		AIP       string  `json:"a_ip"`
		APort     uint16  `json:"a_port"`
		BIP       string  `json:"b_ip"`
		BPort     uint16  `json:"b_port"`
		OrigBytes *uint64 `json:"orig_bytes"`
		RespBytes *uint64 `json:"resp_bytes"`
		OrigIP    uint64  `json:"orig_ip_bytes"`
		RespIP    uint64  `json:"resp_ip_bytes"`
		State     string  `json:"conn_state"`
		History   string
	} `json:"zeek_conn"`
}

type truthInput struct{ File, Archive, Member string }

// tuple finds the records of one connection in either direction.
type tuple struct {
	l4     string
	lo, hi netip.AddrPort
}

func tupleOf(l4 string, a, b netip.AddrPort) tuple {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return tuple{l4, a, b}
}

// score counts tuples that agree.
type score struct{ n, equal int }

func (s *score) add(ok bool) {
	s.n++
	if ok {
		s.equal++
	}
}

func (s score) share() float64 { return float64(s.equal) / float64(max(s.n, 1)) }

func (s score) String() string { return fmt.Sprintf("%d of %d (%.2f %%)", s.equal, s.n, 100*s.share()) }

func TestCorpus(t *testing.T) {
	root := parsertest.Corpus(t)
	files, err := filepath.Glob(filepath.Join(root, "truth", "pcap__*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no truth files in %s: %v", root, err)
	}
	var bytesScore, payload, ip, origin, states, histories score
	for _, name := range files {
		var want truth
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		flows := map[tuple][]evidence.Conn{}
		for _, in := range want.Inputs.Pcap {
			got := parseBytes(t, in.read(t, root))
			for _, c := range got.Conns {
				k := tupleOf(string(c.Transport), c.Orig, c.Resp)
				flows[k] = append(flows[k], c)
			}
		}
		scoreBytes(t, want, flows, &bytesScore)
		scoreZeek(t, want, flows, &payload, &ip, &origin, &states, &histories)
	}
	t.Logf("packets and bytes seen as tshark: %v", bytesScore)
	t.Logf("payload, IP bytes, originator, state and history as Zeek: %v, %v, %v, %v, %v", payload, ip, origin, states, histories)
	for what, c := range map[string]struct {
		s     score
		floor float64
	}{"bytes": {bytesScore, floorBytes}, "zeek payload": {payload, floorZeekBytes}, "zeek ip": {ip, floorZeekIP}, "zeek originator": {origin, floorZeekOrigin}} {
		if c.s.share() < c.floor {
			t.Errorf("%s: %v is below the floor of %v", what, c.s, c.floor)
		}
	}
}

// read returns the capture from the file or from the archive it is in.
func (in truthInput) read(t *testing.T, root string) []byte {
	t.Helper()
	if in.File != "" {
		b, err := os.ReadFile(filepath.Join(root, in.File))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	name := filepath.Join(root, in.Archive)
	if z, err := zip.OpenReader(name); err == nil {
		defer z.Close()
		f, err := z.Open(in.Member)
		if err != nil {
			t.Fatal(err)
		}
		return readAll(t, f)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if err != nil {
			t.Fatalf("%s in %s: %v", in.Member, name, err)
		}
		if h.Name == in.Member {
			return readAll(t, tr)
		}
	}
}

func readAll(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sum adds one quantity over the records of a tuple, as sent by a and by the other end.
func sum(conns []evidence.Conn, a netip.AddrPort, of func(evidence.Volume) evidence.Pair) (n [2]uint64, known bool) {
	for _, c := range conns {
		p := of(c.Volume)
		if c.Orig != a {
			p.Orig, p.Resp = p.Resp, p.Orig
		}
		n[0] += p.Orig.N
		n[1] += p.Resp.N
		known = true
	}
	return n, known
}

func end(ip string, port uint16) (netip.AddrPort, error) {
	a, err := netip.ParseAddr(ip)
	return netip.AddrPortFrom(a.Unmap(), port), err
}

func scoreBytes(t *testing.T, want truth, flows map[tuple][]evidence.Conn, s *score) {
	type counts struct {
		a              netip.AddrPort
		packets, bytes [2]uint64
	}
	sums := map[tuple]*counts{}
	var order []tuple
	for _, f := range want.Flows {
		// tshark gives the inner address with the outer port where these carry something without ports.
		if slices.Contains(f.Dissectors, "capwap.data") || slices.Contains(f.Dissectors, "teredo") {
			continue
		}
		a, err1 := end(f.AIP, f.APort)
		b, err2 := end(f.BIP, f.BPort)
		if err1 != nil || err2 != nil {
			t.Fatalf("%s: %v %v", want.Case, err1, err2)
		}
		k := tupleOf(f.L4, a, b)
		c := sums[k]
		if c == nil {
			c = &counts{a: a}
			sums[k] = c
			order = append(order, k)
		}
		i := 0
		if a != c.a {
			i = 1
		}
		c.packets[i] += f.FramesAB
		c.packets[1-i] += f.FramesBA
		c.bytes[i] += f.BytesAB
		c.bytes[1-i] += f.BytesBA
	}
	for _, k := range order {
		c := sums[k]
		packets, _ := sum(flows[k], c.a, func(v evidence.Volume) evidence.Pair { return v.Packets })
		seen, known := sum(flows[k], c.a, func(v evidence.Volume) evidence.Pair { return v.Seen })
		ok := known && packets == c.packets && seen == c.bytes
		s.add(ok)
		if !ok {
			t.Logf("tshark: %s: %v: want packets %v bytes %v, got %v %v", want.Case, k, c.packets, c.bytes, packets, seen)
		}
	}
}

// notZeek are the connections for which Zeek's expected log is not what is on the wire, as listed in the evaluator.
var notZeek = map[string]uint16{
	"zeek_globus-url-copy.pcap":          35391,
	"zeek_ntp_misordered-ntp.pcap":       123,
	"zeek_wikipedia.pcap":                35634,
	"zeek_ldap_missing_ldap_logs.pcapng": 389,
}

func scoreZeek(t *testing.T, want truth, flows map[tuple][]evidence.Conn, payload, ip, origin, states, histories *score) {
	times := map[tuple]int{}
	for _, z := range want.Zeek {
		if a, b, ok := zeekEnds(z.AIP, z.APort, z.BIP, z.BPort); ok {
			times[tupleOf(z.L4, a, b)]++
		}
	}
	for _, z := range want.Zeek {
		a, b, ok := zeekEnds(z.AIP, z.APort, z.BIP, z.BPort)
		k := tupleOf(z.L4, a, b)
		skip, listed := notZeek[want.Case]
		if !ok || (z.L4 != "tcp" && z.L4 != "udp") || times[k] > 1 || (listed && (skip == z.APort || skip == z.BPort)) {
			continue
		}
		pay, known := sum(flows[k], a, func(v evidence.Volume) evidence.Pair { return v.Payload })
		ips, _ := sum(flows[k], a, func(v evidence.Volume) evidence.Pair { return v.IP })
		okPay := known && (z.OrigBytes == nil || pay == [2]uint64{*z.OrigBytes, *z.RespBytes})
		okIP := known && ips == [2]uint64{z.OrigIP, z.RespIP}
		okOrig := slices.ContainsFunc(flows[k], func(c evidence.Conn) bool { return c.Orig == a })
		okState := len(flows[k]) == 1 && flows[k][0].State == z.State
		payload.add(okPay)
		ip.add(okIP)
		origin.add(okOrig)
		states.add(okState)
		okHistory := len(flows[k]) == 1 && flows[k][0].History == z.History
		histories.add(okHistory)
		if !okPay || !okIP || !okOrig || !okState || !okHistory {
			var mine []string
			for _, c := range flows[k] {
				mine = append(mine, c.State+" "+c.History)
			}
			orig, resp := int64(-1), int64(-1)
			if z.OrigBytes != nil {
				orig, resp = int64(*z.OrigBytes), int64(*z.RespBytes)
			}
			t.Logf("zeek: %s: %s %v>%v %s %s want %d/%d ip %d/%d, got %v ip %v originator %v %s", want.Case, z.L4, a, b, z.State, z.History,
				orig, resp, z.OrigIP, z.RespIP, pay, ips, okOrig, strings.Join(mine, ", "))
		}
	}
}

func zeekEnds(aIP string, aPort uint16, bIP string, bPort uint16) (a, b netip.AddrPort, ok bool) {
	a, err1 := end(aIP, aPort)
	b, err2 := end(bIP, bPort)
	return a, b, err1 == nil && err2 == nil
}

// TestNamesOfCaptures: blocks that name addresses are read wherever a capture holds them, and each name leads to its block.
func TestNamesOfCaptures(t *testing.T) {
	const blockNames = 4
	named := 0
	for _, path := range recordings(t) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b := parseBytes(t, raw)
		for _, n := range b.Namings {
			if at := n.Ref.N; n.Ref.Unit != "offset" || binary.LittleEndian.Uint32(raw[at:]) != blockNames || len(n.Names) == 0 || !n.Addr.IsValid() {
				t.Errorf("%s: %+v", path, n)
			}
		}
		if len(b.Namings) > 0 {
			named++
		}
	}
	if named != 3 {
		t.Errorf("%d captures name addresses, want 3", named)
	}
}
