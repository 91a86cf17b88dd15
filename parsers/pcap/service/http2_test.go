package service

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// http2Frame is a frame of HTTP/2.
func http2Frame(kind, flags byte, stream byte, body string) string {
	n := len(body)
	return string([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags, 0, 0, 0, stream}) + body
}

// packed encodes header fields given in pairs.
func packed(e *hpack.Encoder, out *bytes.Buffer, pairs ...string) string {
	out.Reset()
	for i := 0; i < len(pairs); i += 2 {
		if err := e.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]}); err != nil {
			panic(err)
		}
	}
	return out.String()
}

// http2Talk is a request with a body in padded frames whose header section is split, its answer, and a second request whose
// fields refer to the first.
func http2Talk() talk {
	var up, down bytes.Buffer
	asks, answers := hpack.NewEncoder(&up), hpack.NewEncoder(&down)
	first := packed(asks, &up, ":method", "POST", ":scheme", "http", ":path", "/up", ":authority", "WWW.example.com", "user-agent", "probe/2")
	second := packed(asks, &up, ":method", "GET", ":scheme", "http", ":path", "/a", ":authority", "WWW.example.com", "user-agent", "probe/2")
	fine := packed(answers, &down, ":status", "200", "content-type", "text/plain")
	return tcp(
		"<"+http2Frame(http2Settings, 0, 0, "\x00\x03\x00\x00\x00\x64"),
		">"+http2Preface+http2Frame(http2Settings, 0, 0, "\x00\x01\x00\x01\x00\x00")+
			http2Frame(http2Headers, http2Priority|http2Padded, 1, "\x02\x00\x00\x00\x00\x10"+first[:9]+"\x00\x00")+
			http2Frame(http2Continuation, http2EndHeaders, 1, first[9:])+
			http2Frame(http2Data, http2Padded, 1, "\x03hello\x00\x00\x00")+http2Frame(http2Data, 1, 1, " world"),
		"<"+http2Frame(http2Settings, 1, 0, "")+http2Frame(http2Headers, http2EndHeaders, 1, fine)+http2Frame(http2Data, 1, 1, "yes"),
		">"+http2Frame(http2Headers, 1|http2EndHeaders, 3, second),
		"<"+http2Frame(http2Headers, 1|http2EndHeaders, 3, packed(answers, &down, ":status", "404")),
	)
}

func TestHTTP2(t *testing.T) {
	want := &evidence.HTTP{
		Hosts: []string{"www.example.com"}, Methods: []string{"POST", "GET"}, URIs: []string{"/up", "/a"}, Agents: []string{"probe/2"},
		Types: []string{"text/plain"}, Statuses: []int{200, 404}, Requests: 2, Responses: 2,
		ReqBody: evidence.Measured(11), RespBody: evidence.Measured(3),
	}
	r := http2Talk().play(0)
	if r.Protocol != "http" || r.Client != Orig || !r.ClientKnown || !reflect.DeepEqual(r.HTTP, want) {
		t.Errorf("got %+v %+v, want %+v", r, r.HTTP, want)
	}
	lost := http2Talk()
	lost.said[3].gap = 5
	if r := lost.play(0); r.HTTP.ReqBody.Known || r.HTTP.Requests != 1 || r.HTTP.RespBody != evidence.Measured(3) {
		t.Errorf("with bytes missing between frames: %+v", r.HTTP)
	}
}

// TestHTTP2Gap: bytes missing inside data are still counted, and the next frame is found.
func TestHTTP2Gap(t *testing.T) {
	k := http2Talk()
	k.said = append(k.said, said{Orig, http2Frame(http2Data, 0, 3, strings.Repeat("d", 500))[:100], 0}, said{Orig, strings.Repeat("d", 9) + http2Frame(http2Data, 0, 3, "more"), 400})
	if r := k.play(0); r.HTTP.ReqBody != evidence.Measured(11+500+4) {
		t.Errorf("%+v", r.HTTP)
	}
}

// TestHTTP2Inside: an upgrade from HTTP/1 and a tunnel in a stream.
func TestHTTP2Inside(t *testing.T) {
	k := http2Talk()
	k.said = append(tcp(">GET /up HTTP/1.1\r\nHost: www.example.com\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", "<HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n").said, k.said...)
	for _, n := range []int{0, 1, 11} {
		if r := k.play(n); r.HTTP.Requests != 3 || !reflect.DeepEqual(r.HTTP.Statuses, []int{101, 200, 404}) || r.HTTP.ReqBody != evidence.Measured(11) || r.HTTP.RespBody != evidence.Measured(3) {
			t.Errorf("after an upgrade: %+v", r.HTTP)
		}
	}
	var out bytes.Buffer
	fields := packed(hpack.NewEncoder(&out), &out, ":method", "CONNECT", ":authority", "files.example.net:22")
	r := tcp(">"+http2Preface+http2Frame(http2Settings, 0, 0, "")+http2Frame(http2Headers, http2EndHeaders, 1, fields),
		"<"+http2Frame(http2Settings, 0, 0, "")+http2Frame(http2Headers, http2EndHeaders, 1, "\x88")+http2Frame(http2Data, 0, 1, "SSH-2.0-b\r\n"),
		">"+http2Frame(http2Data, http2Padded, 1, "\x01SSH-2.0-a\r\n\x00")).play(0)
	if r.HTTP.Connect != "files.example.net:22" || !reflect.DeepEqual(r.Inner, []string{"ssh"}) || r.SSH.Client != "SSH-2.0-a" || r.HTTP.ReqBody != evidence.Measured(0) {
		t.Errorf("a tunnel: %+v %+v", r.HTTP, r)
	}
}

// TestHTTP2Go reads what Go's own client and server say.
func TestHTTP2Go(t *testing.T) {
	var heard []byte
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard, _ = io.ReadAll(r.Body)
		w.Write(bytes.Repeat([]byte("r"), 30000))
	}))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	var k talk
	taps := newTap(&k)
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return taps.dial(server.Listener.Addr().String())
	}}
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: transport}
	for range 3 {
		resp, err := client.Post("http://files.example.net/up", "text/plain", strings.NewReader(strings.Repeat("u", 40000)))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	transport.CloseIdleConnections()
	server.Close()
	r := k.play(0)
	if len(heard) != 40000 || r.Protocol != "http" || r.HTTP.Requests != 3 || r.HTTP.ReqBody != evidence.Measured(3*40000) || r.HTTP.RespBody != evidence.Measured(3*30000) ||
		!reflect.DeepEqual(r.HTTP.Agents, []string{"Go-http-client/2.0"}) || !reflect.DeepEqual(r.HTTP.Hosts, []string{"files.example.net"}) {
		t.Errorf("%+v", r.HTTP)
	}
}
