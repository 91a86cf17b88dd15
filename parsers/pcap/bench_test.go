package pcap

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// BenchmarkParse reads a hundred connections of a thousand full packets each: a protocol that is recognised, one that is not,
// one of which only the server speaks, and HTTP whose answer is none.
func BenchmarkParse(b *testing.B) {
	head := "HTTP/1.1 200 OK\r\nContent-Length: 1399900\r\n\r\n"
	for name, c := range map[string]struct{ asks, begins, goesOn string }{
		"http":    {request, head + strings.Repeat("x", 1400-len(head)), strings.Repeat("x", 1400)},
		"unknown": {"\xa7\x31\x00\x01", strings.Repeat("\xc2\x81", 700), strings.Repeat("\xc2\x81", 700)},
		"one way": {"", strings.Repeat("\xc2\x81", 700), strings.Repeat("\xc2\x81", 700)},
		"lost":    {request, strings.Repeat("x", 1400), strings.Repeat("x", 1400)},
	} {
		b.Run(name, func(b *testing.B) { benchmark(b, downloads(c.asks, c.begins, c.goesOn), 100) })
	}
}

// downloads is a hundred connections in which the server sends a thousand packets.
func downloads(asks, begins, goesOn string) *recording {
	const i, j, packets = 1000, 9000, 1000
	end := i + 1 + uint32(len(asks))
	r := record()
	for n := range 100 {
		c := netip.AddrPortFrom(client.Addr(), uint16(50000+n))
		r.tcp(c, server, "S", i, 0, "").tcp(server, c, "S.", j, i+1, "").tcp(c, server, ".", i+1, j+1, asks)
		for k := range uint32(packets) {
			text := goesOn
			if k == 0 {
				text = begins
			}
			r.tcp(server, c, ".", j+1+k*1400, end, text)
			if k%2 == 1 {
				r.tcp(c, server, ".", end, j+1+(k+1)*1400, "")
			}
		}
	}
	return r
}

func benchmark(b *testing.B, r *recording, conns int) {
	capture := r.pcap()
	b.SetBytes(int64(len(capture)))
	b.ReportAllocs()
	for b.Loop() {
		var got evidence.Batch
		in := &parsers.Input{Name: "b", Size: int64(len(capture)), ReaderAt: bytes.NewReader(capture)}
		if err := Format.Parse(context.Background(), in, &got); err != nil {
			b.Fatal(err)
		}
		if len(got.Conns) != conns {
			b.Fatal(fmt.Sprint(len(got.Conns)))
		}
	}
	b.ReportMetric(float64(len(r.frames))*float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}

// BenchmarkCorpus reads the recordings of protocols one after the other.
func BenchmarkCorpus(b *testing.B) {
	var captures [][]byte
	size := 0
	for _, path := range recordings(b) {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		captures, size = append(captures, data), size+len(data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	frames := uint64(0)
	for b.Loop() {
		frames = 0
		for _, capture := range captures {
			var got evidence.Batch
			in := &parsers.Input{Name: "b", Size: int64(len(capture)), ReaderAt: bytes.NewReader(capture)}
			if err := Format.Parse(context.Background(), in, &got); err != nil {
				b.Fatal(err)
			}
			frames += got.Records()
		}
	}
	b.ReportMetric(float64(frames)*float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}
