package service

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// TestTLS reads connections between Go's own client and server.
func TestTLS(t *testing.T) {
	cert := selfSigned(t, "files.example.net")
	sum := sha256.Sum256(cert.Certificate[0])
	for version, want := range map[uint16]struct{ version, ja4 string }{
		tls.VersionTLS12: {"TLSv12", "t12d"},
		tls.VersionTLS13: {"TLSv13", "t13d"},
	} {
		r := handshake(t, cert, version).play(0)
		got := r.TLS
		if r.Protocol != "tls" || !r.Confirmed || r.Client != Orig || !r.ClientKnown || got == nil {
			t.Fatalf("%+v", r)
		}
		if got.SNI != "files.example.net" || got.Version != want.version || got.Offered != want.version || !got.Established {
			t.Errorf("%s: %+v", want.version, got)
		}
		if !slices.Equal(got.ALPN, []string{"h2", "http/1.1"}) || !strings.HasPrefix(got.JA4, want.ja4) || got.JA4[8:10] != "h2" || len(got.JA3) != 32 || len(got.JA3S) != 32 {
			t.Errorf("%s: fingerprints %q %q %q of %v", want.version, got.JA3, got.JA4, got.JA3S, got.ALPN)
		}
		if version == tls.VersionTLS13 {
			continue // its certificate is encrypted
		}
		if got.Chosen != "h2" || got.Subject != "CN=files.example.net" || got.SelfSigned != evidence.Yes || got.CertSHA256 != hex.EncodeToString(sum[:]) ||
			!slices.Equal(got.Names, []string{"files.example.net"}) || got.NotAfter.Year() != 2034 {
			t.Errorf("certificate: %+v", got)
		}
	}
}

// TestManyNames: a certificate of a large service is for the last of its names too, and says when not all are kept.
func TestManyNames(t *testing.T) {
	var others []string
	for i := range maxNames {
		others = append(others, fmt.Sprintf("www%d.example.net", i))
	}
	for _, n := range []int{maxNames - 1, maxNames} {
		r := handshake(t, selfSigned(t, "files.example.net", others[:n]...), tls.VersionTLS12).play(0)
		if got := r.TLS; len(got.Names) != maxNames || got.Names[maxNames-1] != others[maxNames-2] || got.MoreNames != (n == maxNames) {
			t.Errorf("%d names of %d, more: %v", len(got.Names), n+1, got.MoreNames)
		}
	}
}

// TestTLSMiddle: a capture that begins after the handshake shows records only.
func TestTLSMiddle(t *testing.T) {
	record := "\x17\x03\x03\x00\x20" + strings.Repeat("\x9a", 32)
	for name, k := range map[string]talk{
		"two records":               tcp("<" + record + record),
		"one record, then the end":  tcp("<" + record),
		"record, answered":          tcp(">"+record, "<"+record),
		"an encrypted alert at end": tcp(">\x15\x03\x03\x00\x1a" + strings.Repeat("\x51", 26)),
	} {
		if r := k.play(0); r.Protocol != "tls" || r.ClientKnown {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := tcp("<\x17\x03\x03\x00\x20short").play(0); r.Protocol != "" {
		t.Errorf("a header without its record is called %q", r.Protocol)
	}
}

// TestJA4Parts follows the worked example of the JA4 description: https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md
func TestJA4Parts(t *testing.T) {
	h := hello{
		legacy:   0x0303,
		versions: []uint16{0x0304, 0x0303},
		ciphers:  []uint16{0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		exts:     []uint16{0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015},
		sig:      []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
		alpn:     [][]byte{[]byte("h2")},
	}
	if got, want := h.ja4('t'), "t13d1516h2_8daaf6152771_e5627efa2ab1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for alpn, want := range map[string]string{"h2": "h2", "http/1.1": "h1", "\xab": "ab", "\xab\xcd": "ad", "0\xab": "3b", "": "00"} {
		h.alpn = [][]byte{[]byte(alpn)}
		if got := h.ja4ALPN(); got != want {
			t.Errorf("ALPN %q: got %s, want %s", alpn, got, want)
		}
	}
}

// TestGREASE: values reserved to keep servers tolerant say nothing about a client.
func TestGREASE(t *testing.T) {
	for v, want := range map[uint16]bool{0x0a0a: true, 0xfafa: true, 0x1a2a: false, 0x1301: false} {
		if grease(v) != want {
			t.Errorf("%#04x: %v", v, !want)
		}
	}
}
