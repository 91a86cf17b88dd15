package service

import (
	"crypto/tls"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	get  = "GET /a HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: test\r\n\r\n"
	post = "POST /up HTTP/1.1\r\nHost: WWW.example.com\r\nContent-Length: 5\r\n\r\nhello"
	ok   = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nyes"
)

func TestHTTP(t *testing.T) {
	known := evidence.Measured
	for _, c := range []struct {
		why       string
		talk      talk
		req, resp evidence.Count
		statuses  []int
		requests  uint64
	}{
		{"one exchange", tcp(">"+get, "<"+ok), known(0), known(3), []int{200}, 1},
		{"a body each way", tcp(">"+post, "<"+ok), known(5), known(3), []int{200}, 1},
		{"pipelined", tcp(">"+get+post+get, "<"+ok+ok+ok), known(5), known(9), []int{200}, 3},
		{"chunks, extensions and trailers are framing", tcp(">"+get, "<HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n5\r\npedia\r\n0\r\nA: b\r\n\r\n"+ok),
			known(0), known(12), []int{200}, 1},
		{"the answer to HEAD has a length and no body", tcp(">HEAD / HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", ">"+get, "<"+ok),
			known(0), known(3), []int{200}, 2},
		{"100 is not the answer yet", tcp(">"+post, "<HTTP/1.1 100 Continue\r\n\r\n"+ok), known(5), known(3), []int{100, 200}, 1},
		{"304 has no body", tcp(">"+get, "<HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"+ok), known(0), known(3), []int{304, 200}, 1},
		{"a body without a length ends with the connection", tcp(">"+get, "<HTTP/1.0 200 OK\r\n\r\n"+get+ok), known(0), known(uint64(len(get + ok))), []int{200}, 1},
		{"bytes that look like a message inside a body", tcp(">POST / HTTP/1.1\r\nContent-Length: "+fmt.Sprint(len(get))+"\r\n\r\n"+get, "<"+ok),
			known(uint64(len(get))), known(3), []int{200}, 1},
		{"the capture began in the middle of a response", tcp("<rest of a body", ">"+get, "<"+ok), known(0), evidence.Count{}, []int{200}, 1},
	} {
		r := c.talk.play(0)
		if r.Protocol != "http" || r.Client != Orig || !r.ClientKnown || r.HTTP == nil {
			t.Errorf("%s: %+v", c.why, r)
			continue
		}
		h := r.HTTP
		if h.RespBody.Known != c.resp.Known || c.resp.Known && h.RespBody != c.resp || h.ReqBody != c.req || !slices.Equal(h.Statuses, c.statuses) || h.Requests != c.requests {
			t.Errorf("%s: bodies %v %v, statuses %v, %d requests", c.why, h.ReqBody, h.RespBody, h.Statuses, h.Requests)
		}
	}
}

// TestHTTPFields: the lists hold what the fields said.
func TestHTTPFields(t *testing.T) {
	got := tcp(">"+get+post, "<"+ok+ok).play(0).HTTP
	got.ReqBody, got.RespBody = evidence.Count{}, evidence.Count{}
	want := &evidence.HTTP{Hosts: []string{"www.example.com"}, Methods: []string{"GET", "POST"}, Agents: []string{"test"}, URIs: []string{"/a", "/up"},
		Types: []string{"text/plain"}, Statuses: []int{200}, Requests: 2, Responses: 2}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestHTTPGap: what the capture missed inside a body of known length belongs to it; elsewhere the count is unknown and
// reading goes on at the next message.
func TestHTTPGap(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
	inside := talk{evidence.TCP, []said{{Orig, get, 0}, {Resp, head + strings.Repeat("x", 10), 0}, {Resp, strings.Repeat("x", 490) + ok, 500}}}
	if r := inside.play(0); r.HTTP.RespBody != evidence.Measured(1003) || r.HTTP.Responses != 2 {
		t.Errorf("inside a body: %+v", r.HTTP)
	}
	across := talk{evidence.TCP, []said{{Orig, get, 0}, {Resp, head + "x", 0}, {Resp, "tail" + ok, 5000}, {Orig, get, 0}}}
	if r := across.play(0); r.HTTP.RespBody.Known || r.HTTP.Responses != 2 || r.HTTP.Requests != 2 || r.HTTP.ReqBody != evidence.Measured(0) {
		t.Errorf("across messages: %+v", r.HTTP)
	}
}

// TestHTTPLost: what turns out to be no message after a while is looked through for the next one, however it arrived.
func TestHTTPLost(t *testing.T) {
	k := tcp(">"+get, "<"+ok+"GET /a HT \x00/ "+ok)
	for _, n := range []int{0, 1, 7} {
		if r := k.play(n); r.HTTP.Responses != 2 {
			t.Errorf("cut to %d: %+v", n, r.HTTP)
		}
	}
}

// TestTunnels: what runs inside is identified by its own content.
func TestTunnels(t *testing.T) {
	cert := selfSigned(t, "files.example.net")
	secure := handshake(t, cert, tls.VersionTLS12)
	connect := tcp(">CONNECT files.example.net:443 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 Connected\r\n\r\n")
	for _, c := range []struct {
		why   string
		talk  talk
		outer string
		inner []string
	}{
		{"CONNECT", secure.after(connect), "http", []string{"tls"}},
		{"a refused CONNECT carries nothing", tcp(">CONNECT a:1 HTTP/1.1\r\n\r\n", "<HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"), "http", nil},
		{"CONNECT, the client did not wait", talk{evidence.TCP, slices.Concat(connect.said[:1], secure.said[:1], connect.said[1:], secure.said[1:])}, "http", []string{"tls"}},
		{"a refused CONNECT, then another request", tcp(">CONNECT a:1 HTTP/1.1\r\n\r\n"+get, "<HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"+ok), "http", nil},
		{"SOCKS 5", secure.after(tcp(">\x05\x01\x00", "<\x05\x00", ">\x05\x01\x00\x03\x01a\x01\xbb", "<\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")), "socks", []string{"tls"}},
		{"SOCKS 5 with a password", secure.after(tcp(">\x05\x01\x02", "<\x05\x02", ">\x01\x01u\x01p", "<\x01\x00", ">\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb", "<\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")), "socks", []string{"tls"}},
		{"SOCKS 4a", tcp(">\x04\x01\x00\x50\x00\x00\x00\x01me\x00www.example.com\x00", "<\x00\x5a\x00\x00\x00\x00\x00\x00", ">"+get, "<"+ok), "socks", []string{"http"}},
		{"SMTP", secure.after(tcp("<220 mail ESMTP\r\n", ">EHLO me\r\n", "<250-mail\r\n250 STARTTLS\r\n", ">STARTTLS\r\n", "<220 go\r\n")), "smtp", []string{"tls"}},
		{"FTP", secure.after(tcp("<220 FTP server\r\n", ">AUTH TLS\r\n", "<234 go\r\n")), "ftp", []string{"tls"}},
		{"POP3", secure.after(tcp("<+OK ready\r\n", ">STLS\r\n", "<+OK go\r\n")), "pop3", []string{"tls"}},
		{"IMAP", secure.after(tcp("<* OK ready\r\n", ">a1 CAPABILITY\r\n", "<* CAPABILITY STARTTLS\r\na1 OK done\r\n", ">a2 STARTTLS\r\n", "<a2 OK go\r\n")), "imap", []string{"tls"}},
		{"PostgreSQL", secure.after(tcp(">\x00\x00\x00\x08\x04\xd2\x16\x2f", "<S")), "postgresql", []string{"tls"}},
		{"MySQL", secure.after(tcp("<"+mysqlHello, ">\x20\x00\x00\x01\x00\x08\x00\x00"+strings.Repeat("\x00", 28))), "mysql", []string{"tls"}},
		{"RDP", secure.after(tcp(">"+rdpAsk, "<"+rdpAnswer)), "rdp", []string{"tls"}},
		{"LDAP", secure.after(tcp(">\x30\x1d\x02\x01\x01\x77\x18\x80\x16"+ldapStartTLS, "<\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00")), "ldap", []string{"tls"}},
		{"WebSocket, masked and framed", tcp(">GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "<HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
			">\x82\x8b\x01\x02\x03\x04"+masked("SSH-2.0-abc"), "<\x82\x0dSSH-2.0-abc\r\n"), "http", []string{"websocket", "ssh"}},
		{"a proxy inside a proxy", secure.after(connect).after(tcp(">\x05\x01\x00", "<\x05\x00", ">\x05\x01\x00\x01\x0a\x00\x00\x01\x1f\x90", "<\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")), "socks", []string{"http", "tls"}},
	} {
		r := c.talk.play(0)
		if r.Protocol != c.outer || !slices.Equal(r.Inner, c.inner) {
			t.Errorf("%s: %s %v, want %s %v", c.why, r.Protocol, r.Inner, c.outer, c.inner)
		}
		if slices.Contains(c.inner, "tls") && (r.TLS == nil || r.TLS.SNI != "files.example.net" || !r.TLS.Established) {
			t.Errorf("%s: %+v", c.why, r.TLS)
		}
	}
}

func masked(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] ^= byte(i&3) + 1
	}
	return string(b)
}

// TestStartOfHTTP finds the next message after bytes that are none.
func TestStartOfHTTP(t *testing.T) {
	for _, c := range []struct {
		why, text string
		want      int
	}{
		{"a response behind a body without a line end", "bodyHTTP/1.1 200 OK\r\n", 4},
		{"a request behind a line end", "body\r\nGET / HTTP/1.1\r\n\r\n", 6},
		{"a request behind binary data", "\x00\xffPOST /x HTTP/1.0\r\n\r\n", 2},
		{"talk about HTTP", "we speak HTTP/1.1 here, and more of it", -1},
		{"no method", "\nget / HTTP/1.1\r\n\r\n", -1},
		{"the line is not whole yet", "\nGET / HTTP/1.1", -1},
	} {
		if at, _ := startOfHTTP([]byte(c.text), 0); at != c.want {
			t.Errorf("%s: at %d, want %d", c.why, at, c.want)
		}
	}
}
