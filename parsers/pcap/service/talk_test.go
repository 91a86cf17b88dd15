package service

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A said is what one side sends next; gap bytes before it were not captured.
type said struct {
	side Side
	text string
	gap  uint64
}

// A talk is a conversation, and the transport it is held over.
type talk struct {
	over evidence.Transport
	said []said
}

// tcp and udp are conversations whose lines begin with > (from the originator) or < (from the responder).
func tcp(lines ...string) talk { return talk{evidence.TCP, script(lines)} }
func udp(lines ...string) talk { return talk{evidence.UDP, script(lines)} }

func script(lines []string) (out []said) {
	for _, l := range lines {
		side := Orig
		if l[0] == '<' {
			side = Resp
		}
		out = append(out, said{side: side, text: l[1:]})
	}
	return out
}

// play feeds the conversation in pieces of at most n bytes, 0 for as it is.
func (k talk) play(n int) Result { return k.playIn(&Pool{File: "test.pcap"}, n) }

func (k talk) playIn(p *Pool, n int) (r Result) {
	s := p.Session(k.over)
	for i, w := range k.said {
		c := Chunk{At: time.Unix(int64(i), 0).UTC(), Frame: uint64(i + 1), Side: w.side, Gap: w.gap}
		b := []byte(w.text)
		for len(b) > 0 || c.Gap > 0 {
			size := len(b)
			if n > 0 && k.over == evidence.TCP {
				size = min(n, size)
			}
			c.Data = append([]byte(nil), b[:size]...)
			s.Feed(c)
			for j := range c.Data {
				c.Data[j] = 0xee // the session must have kept its own copy
			}
			b, c.Gap = b[size:], 0
		}
	}
	s.End(&r)
	return r
}

// recorder notes what passes through a pair of connections.
type recorder struct {
	net.Conn
	side Side
	mu   *sync.Mutex
	out  *[]said
}

func (r recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	*r.out = append(*r.out, said{side: r.side, text: string(b)})
	r.mu.Unlock()
	return r.Conn.Write(b)
}

// A tap records both directions at the client's end.
type tap struct {
	net.Conn
	mu  *sync.Mutex
	out *talk
}

func newTap(out *talk) *tap { out.over = evidence.TCP; return &tap{mu: &sync.Mutex{}, out: out} }

func (p tap) dial(addr string) (net.Conn, error) {
	c, err := net.Dial("tcp", addr)
	p.Conn = c
	return p, err
}

func (p tap) note(side Side, b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.said = append(p.out.said, said{side: side, text: string(b)})
}

func (p tap) Write(b []byte) (int, error) {
	p.note(Orig, b)
	return p.Conn.Write(b)
}

func (p tap) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if n > 0 {
		p.note(Resp, b[:n])
	}
	return n, err
}

// record holds a conversation between a client and a server over a pipe.
func record(client, server func(net.Conn)) talk {
	var mu sync.Mutex
	k := talk{over: evidence.TCP}
	a, b := net.Pipe()
	var wait sync.WaitGroup
	wait.Go(func() { server(recorder{b, Resp, &mu, &k.said}) })
	client(recorder{a, Orig, &mu, &k.said})
	wait.Wait()
	return k
}

// selfSigned makes a certificate for a name, and for others.
func selfSigned(t testing.TB, name string, others ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     append([]string{name}, others...),
		NotBefore:    time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2034, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, &made, &made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// handshake records a TLS connection that carries a line each way.
func handshake(t testing.TB, cert tls.Certificate, version uint16) talk {
	t.Helper()
	const name = "files.example.net"
	return record(func(c net.Conn) {
		defer c.Close()
		conn := tls.Client(c, &tls.Config{ServerName: name, NextProtos: []string{"h2", "http/1.1"}, InsecureSkipVerify: true, MaxVersion: version})
		if _, err := conn.Write([]byte("ping")); err != nil {
			t.Error(err)
		}
		if _, err := conn.Read(make([]byte, 8)); err != nil {
			t.Error(err)
		}
	}, func(c net.Conn) {
		conn := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
		b := make([]byte, 8)
		if _, err := conn.Read(b); err != nil {
			t.Error(err)
		}
		if _, err := conn.Write([]byte("pong")); err != nil {
			t.Error(err)
		}
	})
}

// after puts one conversation behind another.
func (k talk) after(before talk) talk {
	return talk{before.over, append(append([]said(nil), before.said...), k.said...)}
}
