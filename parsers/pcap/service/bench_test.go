package service

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// BenchmarkBody is a long download: what every further packet of a recognised connection costs.
func BenchmarkBody(b *testing.B) {
	s := (&Pool{File: "b"}).Session(evidence.TCP)
	s.Feed(Chunk{Data: []byte(get)})
	s.Feed(Chunk{Side: Resp, Data: []byte("HTTP/1.1 200 OK\r\n\r\n")})
	data := bytes.Repeat([]byte("x"), 1460)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		s.Feed(Chunk{Side: Resp, Data: data})
	}
}

// BenchmarkHeadInPieces is a header section that a hostile sender cuts into bytes.
func BenchmarkHeadInPieces(b *testing.B) {
	k := tcp("<HTTP/1.1 200 OK\r\n" + strings.Repeat("a:b\r\n", 10_000) + "\r\n")
	b.SetBytes(int64(len(k.said[0].text)))
	for b.Loop() {
		if r := k.play(1); r.HTTP.Responses != 1 {
			b.Fatalf("%+v", r.HTTP)
		}
	}
}

// BenchmarkOpening is what a connection costs until it is recognised.
func BenchmarkOpening(b *testing.B) {
	hello := handshake(b, selfSigned(b, "files.example.net"), 0).said
	b.ReportAllocs()
	for b.Loop() {
		s := (&Pool{File: "b"}).Session(evidence.TCP)
		for _, w := range hello {
			s.Feed(Chunk{Side: w.side, Data: []byte(w.text)})
		}
		s.Result()
	}
}

// BenchmarkUnknown is a datagram of no known protocol.
func BenchmarkUnknown(b *testing.B) {
	data := bytes.Repeat([]byte{0xa7, 0x31}, 300)
	b.ReportAllocs()
	for b.Loop() {
		s := (&Pool{File: "b"}).Session(evidence.UDP)
		s.Feed(Chunk{Data: data})
	}
}

// BenchmarkUnknownStream is a megabyte from one side of a connection of no known protocol: one window is kept, then nothing
// until the speaker changes.
func BenchmarkUnknownStream(b *testing.B) {
	data := bytes.Repeat([]byte{0xa7, 0x31}, 700)
	b.SetBytes(1000 * int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		s := (&Pool{File: "b"}).Session(evidence.TCP)
		for range 1000 {
			s.Feed(Chunk{Side: Resp, Data: data})
		}
		if n := held(s); n > 0 {
			b.Fatalf("%d bytes held", n)
		}
	}
}
