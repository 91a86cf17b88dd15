package pcap

import (
	"encoding/json"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// The floors below which agreement with nDPI and tshark must not fall, overall and for the protocols named, and how many
// flows may be called something that the other tool contradicts. Floors only rise.
const (
	floorProtocols = 0.997
	mostFalse      = 1
)

var floorProtocol = map[string]float64{
	"http": 0.99, "tls": 1, "dns": 1, "smb": 1, "rdp": 1, "kerberos": 1, "ldap": 1, "dce_rpc": 1, "quic": 0.99, "mdns": 1, "stun": 1, "netbios": 1,
}

// named are nDPI's and tshark's names for the protocols asked for.
var (
	namedByNDPI = map[string]string{
		"HTTP": "http", "TLS": "tls", "DNS": "dns", "QUIC": "quic", "SMBv1": "smb", "SMBv23": "smb", "RDP": "rdp", "SSH": "ssh",
		"Kerberos": "kerberos", "LDAP": "ldap", "MDNS": "mdns", "LLMNR": "llmnr", "NetBIOS": "netbios", "SSDP": "ssdp", "SNMP": "snmp",
		"NTP": "ntp", "DHCP": "dhcp", "STUN": "stun", "DCERPC": "dce_rpc", "FTP_CONTROL": "ftp", "SMTP": "smtp", "IMAP": "imap", "POP3": "pop3",
		"SOCKS": "socks", "Telnet": "telnet", "DTLS": "dtls", "SIP": "sip", "PostgreSQL": "postgresql", "MySQL": "mysql", "TFTP": "tftp",
	}
	// alsoByNDPI are nDPI's names for a use of a protocol, and the names that are right for the same bytes.
	alsoByNDPI = map[string][]string{
		"IMAPS": {"imap", "tls"}, "POPS": {"pop3", "tls"}, "SMTPS": {"smtp", "tls"}, "FTPS": {"ftp", "tls"}, "DoH_DoT": {"tls", "dns", "http", "quic"},
		"HTTP_Connect": {"http", "tls"}, "HTTP_Proxy": {"http", "tls"}, "WebSocket": {"http"}, "JSON-RPC": {"http"}, "ApplePush": {"tls"},
		"SRTP": {"stun", "dtls"}, "CAPWAP": {"dtls"}, "DTLS": {"stun"}, "STUN": {"dtls"}, "NetBIOS": {"smb"},
	}
	namedByTshark = map[string]string{
		"http": "http", "tls": "tls", "dns": "dns", "quic": "quic", "smb": "smb", "smb2": "smb", "rdp": "rdp", "rdpudp": "rdp", "ssh": "ssh",
		"kerberos": "kerberos", "ldap": "ldap", "cldap": "ldap", "mdns": "mdns", "llmnr": "llmnr", "nbns": "netbios", "nbdgm": "netbios",
		"ntp": "ntp", "dhcp": "dhcp", "dhcpv6": "dhcp", "dcerpc": "dce_rpc", "ftp": "ftp", "imap": "imap", "pop": "pop3", "mysql": "mysql",
		"telnet": "telnet", "socks": "socks",
	}
)

// A naming is what another tool found a flow to be: the names that are right, and the one asked for, if any.
type naming struct {
	flow  tuple
	right []string
	asked string
	word  string
}

// namedFlow is a flow as both tools' results give it.
type namedFlow struct {
	L4         string
	AIP        string `json:"a_ip"`
	APort      uint16 `json:"a_port"`
	BIP        string `json:"b_ip"`
	BPort      uint16 `json:"b_port"`
	Master     string
	Confidence string
	Dissectors []string
}

func (f namedFlow) tuple() (tuple, bool) {
	a, err1 := end(f.AIP, f.APort)
	b, err2 := end(f.BIP, f.BPort)
	return tupleOf(f.L4, a, b), err1 == nil && err2 == nil
}

// byNDPI reads a flow that nDPI knew by content.
func (f namedFlow) byNDPI() (n naming, ok bool) {
	n.flow, ok = f.tuple()
	n.asked, n.word = namedByNDPI[f.Master], "nDPI "+f.Master
	n.right = append(slices.Clone(alsoByNDPI[f.Master]), n.asked)
	return n, ok && (f.L4 == "tcp" || f.L4 == "udp") && strings.HasPrefix(f.Confidence, "DPI")
}

// byTshark reads a flow by its dissectors. What runs inside SMB, NetBIOS datagrams and RDP is not asked for.
func (f namedFlow) byTshark() (n naming, ok bool) {
	n.flow, ok = f.tuple()
	n.word = "tshark " + strings.Join(f.Dissectors, ",")
	for _, d := range f.Dissectors {
		if name := namedByTshark[d]; name != "" {
			n.right = append(n.right, name)
		}
	}
	for _, outer := range []string{"nbdgm", "smb", "smb2", "rdp", "rdpudp"} {
		if slices.Contains(f.Dissectors, outer) {
			n.right = []string{namedByTshark[outer]}
			break
		}
	}
	if len(n.right) > 0 {
		n.asked = n.right[0]
	}
	return n, ok && n.asked != ""
}

// namings reads what other tools say about a capture: nDPI, or tshark where nDPI's results are missing.
func namings(t *testing.T, raw []byte) (out []naming) {
	t.Helper()
	var want struct {
		NDPI  []namedFlow `json:"ndpi_flows"`
		Flows []namedFlow
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	for _, f := range want.NDPI {
		if n, ok := f.byNDPI(); ok {
			out = append(out, n)
		}
	}
	if len(want.NDPI) > 0 {
		return out
	}
	for _, f := range want.Flows {
		if n, ok := f.byTshark(); ok {
			out = append(out, n)
		}
	}
	return out
}

// An agreement counts how often the other tools agree.
type agreement struct {
	all   score
	per   map[string]*score
	wrong int // flows called something the other tool contradicts
}

func (a *agreement) count(t *testing.T, name string, n naming, conns []evidence.Conn) {
	if n.asked != "" {
		if a.per[n.asked] == nil {
			a.per[n.asked] = &score{}
		}
		ok := n.agrees(conns)
		a.per[n.asked].add(ok)
		a.all.add(ok)
		if !ok {
			t.Logf("missed: %s %s %v %v: %s, here %s", name, n.flow.l4, n.flow.lo, n.flow.hi, n.word, calls(conns))
		}
	}
	if n.contradicts(conns) {
		a.wrong++
		t.Logf("false: %s %s %v %v: %s, here %s", name, n.flow.l4, n.flow.lo, n.flow.hi, n.word, calls(conns))
	}
}

// TestProtocols compares the protocols of every recording with what nDPI and tshark found by content.
func TestProtocols(t *testing.T) {
	root := parsertest.Corpus(t)
	files, err := filepath.Glob(filepath.Join(root, "truth", "pcap__*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no truth files in %s: %v", root, err)
	}
	got := agreement{per: map[string]*score{}}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want truth
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		found := connsOf(t, root, want)
		for _, n := range namings(t, raw) {
			got.count(t, want.Case, n, found[n.flow])
		}
	}
	t.Logf("all: %v, false %d", got.all, got.wrong)
	for _, name := range slices.Sorted(maps.Keys(got.per)) {
		t.Logf("%s: %v", name, *got.per[name])
		if got.per[name].share() < floorProtocol[name] {
			t.Errorf("%s is below its floor of %v", name, floorProtocol[name])
		}
	}
	if got.all.share() < floorProtocols || got.wrong > mostFalse {
		t.Errorf("floor %v, at most %d false", floorProtocols, mostFalse)
	}
}

// connsOf reads the captures of a case.
func connsOf(t *testing.T, root string, want truth) map[tuple][]evidence.Conn {
	t.Helper()
	found := map[tuple][]evidence.Conn{}
	for _, in := range want.Inputs.Pcap {
		for _, c := range parseBytes(t, in.read(t, root)).Conns {
			k := tupleOf(string(c.Transport), c.Orig, c.Resp)
			found[k] = append(found[k], c)
		}
	}
	return found
}

// agrees tells whether one of the right names is among the outermost and up to three inner ones.
func (n naming) agrees(conns []evidence.Conn) bool {
	return slices.ContainsFunc(conns, func(c evidence.Conn) bool {
		return slices.Contains(n.right, c.Protocol) || slices.ContainsFunc(c.Inner[:min(3, len(c.Inner))], func(in string) bool { return slices.Contains(n.right, in) })
	})
}

// contradicts tells whether the outermost name is one of those asked for and not right here.
func (n naming) contradicts(conns []evidence.Conn) bool {
	names := slices.Collect(maps.Values(namedByNDPI))
	return slices.ContainsFunc(conns, func(c evidence.Conn) bool {
		return slices.Contains(names, c.Protocol) && !slices.Contains(n.right, c.Protocol)
	})
}

func calls(conns []evidence.Conn) (names []string) {
	for _, c := range conns {
		names = append(names, strings.Join(append([]string{c.Protocol}, c.Inner...), "/"))
	}
	return names
}

// TestJA4 compares the fingerprints of client hellos with those published beside the captures.
func TestJA4(t *testing.T) {
	const published = 70
	folder := filepath.Join(parsertest.Corpus(t), "fingerprints")
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no published fingerprints in %s: %v", folder, err)
	}
	var s score
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want []struct {
			Src, Dst, Srcport, Dstport string
			JA4                        string `json:"JA4.1"`
		}
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		capture, err := os.ReadFile(strings.TrimSuffix(file, ".json"))
		if err != nil {
			t.Fatal(err)
		}
		found := fingerprints(parseBytes(t, capture).Conns)
		for _, w := range want {
			if w.JA4 == "" {
				continue
			}
			a, err1 := netip.ParseAddrPort(net.JoinHostPort(w.Src, w.Srcport))
			b, err2 := netip.ParseAddrPort(net.JoinHostPort(w.Dst, w.Dstport))
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			ok := slices.Contains(found[[2]netip.AddrPort{a, b}], w.JA4)
			s.add(ok)
			if !ok {
				t.Errorf("%s %v>%v: want %s, got %v", filepath.Base(file), a, b, w.JA4, found[[2]netip.AddrPort{a, b}])
			}
		}
	}
	if s.n != published {
		t.Errorf("%d published fingerprints compared, want %d", s.n, published)
	}
	t.Logf("JA4 as published: %v", s)
}

// fingerprints lists the JA4 of each pair of ends.
func fingerprints(conns []evidence.Conn) map[[2]netip.AddrPort][]string {
	found := map[[2]netip.AddrPort][]string{}
	for _, c := range conns {
		if c.TLS != nil {
			k := [2]netip.AddrPort{c.Orig, c.Resp}
			found[k] = append(found[k], c.TLS.JA4)
		}
	}
	return found
}
