package pcap

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// The quantities compared, each with the fields in which tshark gives it.
const (
	ofJA3 = iota
	ofSNI
	ofHost
	ofName
	ofJA4
	quantities
)

var (
	quantityNames = [quantities]string{"JA3", "SNI", "HTTP host", "DNS name", "JA4"}
	tsharkFields  = []struct {
		name string
		of   int
	}{
		{"frame.protocols", -1},
		{"tls.handshake.ja3", ofJA3}, {"dtls.handshake.ja3", ofJA3},
		{"tls.handshake.extensions_server_name", ofSNI}, {"dtls.handshake.extensions_server_name", ofSNI},
		{"http.host", ofHost}, {"http2.headers.authority", ofHost},
		{"dns.qry.name", ofName},
	}
)

// said holds the distinct values of each quantity in one capture.
type said [quantities]map[string]bool

func (s *said) add(of int, v string) {
	if v == "" {
		return
	}
	if s[of] == nil {
		s[of] = map[string]bool{}
	}
	s[of][strings.ToLower(v)] = true
}

// tshark reads a capture with tshark.
func tshark(t *testing.T, home, capture string) (s said) {
	t.Helper()
	const between = "\x01"
	args := []string{"-n", "-r", capture, "-o", "tcp.reassemble_out_of_order:TRUE", "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=" + between}
	for _, f := range tsharkFields {
		args = append(args, "-e", f.name)
	}
	for _, name := range helloFields {
		args = append(args, "-e", name)
	}
	cmd := exec.Command("tshark", args...)
	cmd.Env = append(os.Environ(), "HOME="+home) // nobody's preferences
	out, err := cmd.Output()
	if err != nil && len(out) == 0 { // a cut capture ends in an error too
		t.Errorf("%s: %v", capture, err)
	}
	for line := range strings.Lines(string(out)) {
		values := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for i, f := range tsharkFields {
			if f.of < 0 || f.of == ofHost && strings.Contains(values[0], "ssdp") {
				continue
			}
			for v := range strings.SplitSeq(values[i], between) {
				s.add(f.of, v)
			}
		}
		s.add(ofJA4, ja4Of(values[0], values[len(tsharkFields):], between))
	}
	return s
}

// here is what this package reads.
func here(conns []evidence.Conn) (s said) {
	for _, c := range conns {
		if c.TLS != nil {
			s.add(ofJA3, c.TLS.JA3)
			s.add(ofSNI, c.TLS.SNI)
			s.add(ofJA4, c.TLS.JA4)
		}
		if c.HTTP != nil {
			for _, h := range c.HTTP.Hosts {
				s.add(ofHost, h)
			}
		}
		if c.DNS != nil && c.Protocol != "netbios" {
			for _, q := range c.DNS.Questions {
				s.add(ofName, q.Name)
			}
		}
	}
	return s
}

// An exception is a value that only one of the two reads, and why that is right.
type exception struct {
	capture string
	of      int
	here    int // how many values only this package reads
	tshark  int // how many only tshark reads
	why     string
}

var exceptions = []exception{
	{"openvpn.pcap", ofJA3, 3, 0, "tshark knows OpenVPN by its port only"},
	{"openvpn_obfuscated.pcapng", ofJA3, 1, 0, "tshark knows OpenVPN by its port only"},
	{"quic_q46.pcap", ofSNI, 1, 0, "tshark does not read the hellos of Google's QUIC"},
	{"quic_q50.pcap", ofSNI, 1, 0, "tshark does not read the hellos of Google's QUIC"},
	{"telegram.pcap", ofSNI, 1, 0, "tshark does not read the hellos of Google's QUIC"},
	{"rdp2.pcap", ofJA3, 1, 0, "tshark takes the hello in the second connection for the middle of a stream"},
	{"rdp2.pcap", ofSNI, 1, 0, "tshark takes the hello in the second connection for the middle of a stream"},
	{"rdp-no-cookie-mstshash.pcap", ofJA3, 1, 0, "tshark does not look into what RDP has changed to"},
	{"rdp-to-ssl.pcap", ofJA3, 1, 0, "tshark does not look into what RDP has changed to"},
	{"rdp-to-ssl.pcap", ofSNI, 1, 0, "tshark does not look into what RDP has changed to"},
	{"tls_invalid_reads.pcap", ofJA3, 1, 1, "tshark leaves the empty fields of a hello without extensions out of the hash, which the definition of JA3 keeps"},
	{"tls_invalid_reads.pcap", ofJA4, 0, 2, "both hellos are damaged, one in its compression methods and one in its ALPN list (tshark marks both malformed), and a fingerprint of a part would be another client's"},
	{"openvpn.pcap", ofJA4, 0, 1, "tshark takes OpenVPN's header of the second packet (frame 594) for a part of the hello: the extension 62987 that it reads there does not exist"},
	{"tls_port_80.pcapng", ofJA3, 1, 0, "tshark looks for nothing but HTTP on port 80"},
	{"query-method.pcap", ofHost, 1, 0, "a method that tshark does not know yet"},
	{"Teredo.pcap", ofHost, 1, 0, "tshark looks for Teredo on its own port only"},
}

// excepts counts the values that the list allows one of the two to read alone.
func excepts(capture string, of int) (here, tshark int) {
	for _, e := range exceptions {
		if e.capture == capture && e.of == of {
			return e.here, e.tshark
		}
	}
	return 0, 0
}

// compare notes how many values of a capture both read, and fails where one of them reads more than the list explains.
func compare(t *testing.T, capture string, want, got said, scores *[quantities]score) {
	t.Helper()
	for of := range quantities {
		var here, missed []string
		for _, v := range slices.Sorted(maps.Keys(got[of])) {
			if of == ofJA4 && !want[of][v] { // tshark has no such field: only some hellos can be put together from its others
				continue
			}
			if scores[of].add(want[of][v]); !want[of][v] {
				here = append(here, v)
			}
		}
		for _, v := range slices.Sorted(maps.Keys(want[of])) {
			if !got[of][v] {
				scores[of].add(false)
				missed = append(missed, v)
			}
		}
		if h, m := excepts(capture, of); len(here) > h || len(missed) > m {
			t.Errorf("%s, %s: only here %q, only tshark %q", capture, quantityNames[of], here, missed)
		}
	}
}

// shark finds tshark. CI has it.
func shark(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("tshark is not installed")
	}
	t.Skip("skipped: tshark is not installed")
}

// TestTshark compares what hellos, requests and questions say with tshark's fields, on every capture.
func TestTshark(t *testing.T) {
	shark(t)
	home, captures := t.TempDir(), recordings(t)
	results := make([][2]said, len(captures))
	next := make(chan int)
	var wait sync.WaitGroup
	for range runtime.NumCPU() {
		wait.Go(func() {
			for i := range next {
				raw, err := os.ReadFile(captures[i])
				if err != nil {
					t.Error(err)
					continue
				}
				results[i] = [2]said{tshark(t, home, captures[i]), here(parseBytes(t, raw).Conns)}
			}
		})
	}
	for i := range captures {
		next <- i
	}
	close(next)
	wait.Wait()
	var scores [quantities]score
	for i, r := range results {
		compare(t, filepath.Base(captures[i]), r[0], r[1], &scores)
	}
	for of, s := range scores {
		t.Logf("%s as tshark: %v", quantityNames[of], s)
	}
}

// recordings lists the captures for protocol identification.
func recordings(t testing.TB) (captures []string) {
	t.Helper()
	root := filepath.Join(parsertest.Corpus(t), "pcap-protocols")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(filepath.Ext(path), ".pcap") {
			captures = append(captures, path)
		}
		return err
	})
	if err != nil || len(captures) == 0 {
		t.Fatalf("%d captures, %v", len(captures), err)
	}
	return captures
}
