package service

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	mysqlHello = "\x27\x00\x00\x00\x0a8.0.30\x00\x01\x02\x03\x04saltsalt\x00\xff\xff\x21\x02\x00\xff\xdf\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	rdpAsk     = "\x03\x00\x00\x27\x22\xe0\x00\x00\x00\x00\x00Cookie: mstshash=u\r\n\x01\x00\x08\x00\x03\x00\x00\x00"
	rdpAnswer  = "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00"
	// dnsAsk asks for the address of www.example.com; dnsAnswer gives it.
	dnsName1  = "\x03www\x07example\x03com\x00"
	dnsAsk    = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + dnsName1 + "\x00\x01\x00\x01"
	dnsAnswer = "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + dnsName1 + "\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
	mdnsAsk   = "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07printer\x05local\x00\x00\x01\x00\x01"
	llmnrAsk  = "\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04wpad\x00\x00\x01\x00\x01"
	nbnsAsk   = "\x12\x34\x01\x10\x00\x01\x00\x00\x00\x00\x00\x00\x20FHFAEBEECACACACACACACACACACACAAA\x00\x00\x20\x00\x01"
	rpcBound  = "\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00\x00\x00\x01\x00\x00\x00\xb8\x10\xb8\x10\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00" +
		"\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0\x38\x00\x10\x03\x02\x00\x00\x00\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00"
	kerberosAsk = "\x6a\x2a\x30\x28\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a\xa4\x1c\x30\x1a\xa0\x07\x03\x05\x00\x40\x81\x00\x10\xa2\x0d\x1b\x0bEXAMPLE.COM\xa8\x00"
	kerberosErr = "\x7e\x1c\x30\x1a\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e\xa6\x03\x02\x01\x19\xa9\x09\x1b\x07EXAMPLE"
)

// pad fills up with zeros.
func pad(s string, n int) string { return s + strings.Repeat("\x00", n-len(s)) }

// talks has one conversation per line of the list, and the side that is the client in it ('?' where content leaves it open).
var talks = []struct {
	name   string
	client byte
	why    string
	talk   talk
}{
	{"http", '>', "a request", tcp(">" + get)},
	{"http", '>', "a response alone", tcp("<" + ok)},
	{"http", '<', "the first packet seen came from the server", tcp(">"+ok, "<"+get)},
	{"http", '>', "HTTP/2 with prior knowledge", tcp(">" + http2Preface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00")},
	{"http", '>', "the settings of an HTTP/2 server alone", tcp("<\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64")},
	{"smb", '>', "SMB 1", tcp(">\x00\x00\x00\x23\xffSMB\x72" + strings.Repeat("\x00", 30))},
	{"smb", '<', "SMB 2 response seen first", tcp(">" + "\x00\x00\x00\x44\xfeSMB\x40\x00" + strings.Repeat("\x00", 10) + "\x01" + strings.Repeat("\x00", 51))},
	{"smb", '?', "encrypted", tcp(">\x00\x00\x00\x40\xfdSMB" + strings.Repeat("\x5a", 60))},
	{"smb", '>', "behind a NetBIOS session request", tcp(">\x81\x00\x00\x44\x20"+strings.Repeat("CA", 16)+"\x00\x20"+strings.Repeat("CA", 16)+"\x00", "<\x82\x00\x00\x00", ">\x00\x00\x00\x23\xffSMB\x72"+strings.Repeat("\x00", 30))},
	{"netbios", '>', "a session request and nothing else", tcp(">\x81\x00\x00\x44\x20" + strings.Repeat("CA", 16) + "\x00\x20" + strings.Repeat("CA", 16) + "\x00")},
	{"dce_rpc", '>', "a bind", tcp(">" + rpcBound)},
	{"kerberos", '>', "AS-REQ over TCP", tcp(">\x00\x00\x00\x2c" + kerberosAsk)},
	{"kerberos", '>', "AS-REQ over UDP", udp(">" + kerberosAsk)},
	{"kerberos", '<', "KRB-ERROR over UDP", udp(">" + kerberosErr)},
	{"ldap", '>', "a bind", tcp(">\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00")},
	{"ldap", '>', "CLDAP, with a length longer than need be", udp(">\x30\x84\x00\x00\x00\x13\x02\x01\x01\x63\x0e\x04\x00\x0a\x01\x00\x0a\x01\x00\x02\x01\x00\x02\x01\x00")},
	{"ldap", '?', "wrapped, in the middle", tcp(">\x00\x00\x00\x40\x05\x04\x06\xff" + strings.Repeat("\x77", 60))},
	{"rdp", '>', "a connection request", tcp(">" + rdpAsk)},
	{"rdp", '>', "over UDP", udp(">" + pad("\xff\xff\xff\xff\x00\x40\x00\x01\x12\x34\x56\x78\x04\xd0\x04\xd0", 1232))},
	{"ssh", '?', "both sides introduce themselves", tcp("<SSH-2.0-b\r\n", ">SSH-2.0-a\r\n")},
	{"sip", '>', "a request", udp(">OPTIONS sip:a@b SIP/2.0\r\n\r\n")},
	{"rtp", '?', "packets that continue one another", udp(">"+rtp(65535, 9, ""), "<"+rtp(7, 8, ""), ">"+rtp(0, 9, ""), ">"+rtp(1, 9, ""))},
	{"sip", '<', "an answer", tcp(">SIP/2.0 200 OK\r\n\r\n")},
	{"stun", '>', "with the cookie", udp(">\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl")},
	{"stun", '>', "over TCP", tcp(">\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl")},
	{"stun", '<', "an answer of the old form", udp(">\x01\x01\x00\x0cabcdefghijklmnop\x00\x01\x00\x08\x00\x01\x12\x34\xc0\x00\x02\x01")},
	{"dtls", '?', "a chain of records", udp(">\x16\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x01\x00\x02ab\x17\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x02\x00\x01c")},
	{"capwap", '?', "DTLS behind four bytes", udp(">\x01\x00\x00\x00\x17\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x02\x00\x01c")},
	{"ssdp", '>', "a search", udp(">M-SEARCH * HTTP/1.1\r\n\r\n")},
	{"snmp", '>', "a get", udp(">\x30\x18\x02\x01\x01\x04\x06public\xa0\x0b\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x00")},
	{"dhcp", '>', "a discover", udp(">" + pad("\x01\x01\x06\x00", 236) + "\x63\x82\x53\x63\x35\x01\x01\xff")},
	{"dhcp", '>', "for IPv6", udp(">\x01\x12\x34\x56\x00\x01\x00\x04abcd\x00\x08\x00\x02\x00\x00")},
	{"dce_rpc", '>', "without a connection", udp(">\x04\x00\x28\x00\x10\x00\x00\x00" + strings.Repeat("\x11", 66) + "\x00\x00\x00\x00\x00\x00")},
	{"wireguard", '>', "an initiation", udp(">" + pad("\x01\x00\x00\x00", 148))},
	{"bittorrent", '>', "a handshake", tcp(">\x13BitTorrent protocol" + pad("", 48))},
	{"openvpn", '>', "a reset", udp(">\x38abcdefgh" + pad("", 5))},
	{"postgresql", '>', "a login", tcp(">\x00\x00\x00\x11\x00\x03\x00\x00user\x00me\x00\x00")},
	{"mysql", '>', "a greeting", tcp("<" + mysqlHello)},
	{"tds", '>', "before the login", tcp(">\x12\x01\x00\x2f\x00\x00\x01\x00\x00\x00\x1a\x00\x06\x01")},
	{"mqtt", '>', "a connect", tcp(">\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00")},
	{"telnet", '>', "the server negotiates", tcp("<\xff\xfd\x18\xff\xfd\x20")},
	{"smtp", '>', "by what the client says", tcp("<220 hello\r\n", ">EHLO me\r\n")},
	{"ftp", '>', "by what the client says", tcp("<220 hello\r\n", ">USER me\r\n")},
	{"ftp", '>', "by what the server says", tcp("<220-FTP here\r\n")},
	{"pop3", '>', "by what the client says", tcp("<+OK\r\n", ">CAPA\r\n")},
	{"imap", '>', "by what the client says", tcp("<* OK\r\n", ">1 login a b\r\n")},
	{"irc", '>', "registration", tcp(">NICK a\r\nUSER a 0 * :a\r\n")},
	{"socks", '>', "a method is chosen", tcp(">\x05\x02\x00\x02", "<\x05\x00")},
	{"dns", '>', "over UDP", udp(">"+dnsAsk, "<"+dnsAnswer)},
	{"dns", '>', "over TCP", tcp(">\x00\x21"+dnsAsk, "<\x00\x31"+dnsAnswer)},
	{"mdns", '>', "a name in .local", udp(">" + mdnsAsk)},
	{"llmnr", '>', "a bare name, recursion not desired", udp(">" + llmnrAsk)},
	{"netbios", '>', "an encoded name", udp(">" + nbnsAsk)},
	{"netbios", '>', "a datagram", udp(">" + "\x11\x02\x12\x34\xc0\x00\x02\x01\x00\x8a\x00\x46\x00\x00\x20" + strings.Repeat("CA", 16) + "\x00\x20" + strings.Repeat("CA", 16) + "\x00")},
	{"quic", '?', "a packet of version 1", udp(">" + pad("\xc0\x00\x00\x00\x01\x04abcd\x00\x00\x40\x20", 64))},
	{"quic", '<', "a list of versions", udp(">\x80\x00\x00\x00\x00\x01a\x01b\x00\x00\x00\x01")},
	{"ntp", '>', "a client's question", udp(">" + pad("\x23\x00\x06\xec", 48))},
	{"tftp", '>', "a request", udp(">\x00\x01file\x00octet\x00")},
	{"tftp", '<', "a first block and its acknowledgement", udp(">\x00\x03\x00\x01data", "<\x00\x04\x00\x01")},

	{"", '?', "S7 asks for a connection in the same envelope as RDP", tcp(">\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02")},
	{"", '?', "a greeting that says nothing", tcp("<220 hello\r\n")},
	{"", '?', "a word that two protocols have", tcp(">USER me\r\n")},
	{"", '?', "half a SOCKS negotiation", tcp(">\x05\x01\x00")},
	{"", '?', "a port number is not content", tcp(">\x00\x00\x00\x00")},
	{"", '?', "text", tcp(">hello, world\r\n", "<hello\r\n")},
	{"", '?', "zeros", udp(">" + pad("", 64))},
}

// TestList: every line recognises its protocol and none another's, however the stream is cut.
func TestList(t *testing.T) {
	seen := map[string]bool{"tls": true} // in tls_test.go
	for _, c := range talks {
		seen[c.name] = true
		for _, n := range []int{0, 1, 7} {
			r := c.talk.play(n)
			client := map[bool]byte{false: '?', true: '>'}[r.ClientKnown]
			if r.ClientKnown && r.Client == Resp {
				client = '<'
			}
			if r.Protocol != c.name || client != c.client || !r.Content || r.Confirmed != (c.name != "") {
				t.Errorf("%s, %s, cut to %d: got %q, client %c, want %c", c.name, c.why, n, r.Protocol, client, c.client)
			}
		}
	}
	for _, p := range protocols {
		if !seen[p.name] {
			t.Errorf("no conversation for %s", p.name)
		}
	}
}

// TestNoise: random bytes are content and no protocol.
func TestNoise(t *testing.T) {
	rng := rand.New(rand.NewChaCha8([32]byte{1}))
	for _, over := range []evidence.Transport{evidence.TCP, evidence.UDP} {
		for i := range 5000 {
			k := talk{over: over}
			for j := range 4 {
				b := make([]byte, 1+rng.IntN(300))
				for n := range b {
					b[n] = byte(rng.Uint32())
				}
				k.said = append(k.said, said{side: Side(j & 1), text: string(b)})
			}
			if r := k.play(0); r.Protocol != "" || !r.Content {
				t.Errorf("%s, round %d: %q", over, i, r.Protocol)
			}
		}
	}
}

// TestLateRecognition: a capture that begins in a long body still shows the protocol when the next message comes.
func TestLateRecognition(t *testing.T) {
	k := tcp("<"+strings.Repeat("\x01\x02body", 20000), ">"+get, "<"+ok)
	for _, n := range []int{0, 1000} {
		if r := k.play(n); r.Protocol != "http" || r.HTTP.Requests != 1 || r.Client != Orig {
			t.Errorf("cut to %d: %+v", n, r)
		}
	}
}

// TestGapsAreBounded: of packets that the snaplen cut down to their headers nothing is left but gaps, and a session does not
// keep all of them.
func TestGapsAreBounded(t *testing.T) {
	s := (&Pool{File: "f"}).Session(evidence.TCP)
	for i := range uint64(5 * window) {
		s.Feed(Chunk{Frame: i, Side: Side(i & 1), Gap: 1460})
		if s.opening != nil && len(s.opening.pieces) > 4*window {
			t.Fatalf("%d gaps kept", len(s.opening.pieces))
		}
	}
}

// TestDNS: a question and its answer are one, wherever they were sent.
func TestDNS(t *testing.T) {
	for _, k := range []talk{udp(">"+dnsAsk, "<"+dnsAnswer), tcp(">\x00\x21"+dnsAsk, "<\x00\x31"+dnsAnswer)} {
		r := k.play(0)
		if r.DNS == nil || r.DNS.Total != 1 || len(r.DNS.Questions) != 1 {
			t.Fatalf("%+v", r.DNS)
		}
		q := r.DNS.Questions[0]
		q.Answers = nil
		want := evidence.Question{At: time.Unix(0, 0).UTC(), Ref: evidence.Ref{File: "test.pcap", Unit: "frame", N: 1}, Name: "www.example.com", Type: 1, QueryBytes: 33, AnswerBytes: 49}
		if !reflect.DeepEqual(q, want) || r.DNS.Questions[0].Answers[0].String() != "192.0.2.1" {
			t.Errorf("got %+v, want %+v", r.DNS.Questions[0], want)
		}
	}
}

// TestRPC names the interface of a bind.
func TestRPC(t *testing.T) {
	r := tcp(">" + rpcBound).play(0)
	if r.RPC == nil || !reflect.DeepEqual(r.RPC.Endpoints, []string{"svcctl"}) || r.RPC.Interfaces[0] != "367abb81-9844-35f1-ad32-98f038001003" {
		t.Errorf("%+v", r.RPC)
	}
}
