package pcap

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// BenchmarkParse reads a hundred connections of a thousand full packets each.
func BenchmarkParse(b *testing.B) {
	const i, j, packets = 1000, 9000, 1000
	r := record()
	body := strings.Repeat("x", 1400)
	head := "HTTP/1.1 200 OK\r\nContent-Length: 1399900\r\n\r\n"
	head += body[:1400-len(head)]
	for n := range 100 {
		c := netip.AddrPortFrom(client.Addr(), uint16(50000+n))
		r.tcp(c, server, "S", i, 0, "").tcp(server, c, "S.", j, i+1, "").tcp(c, server, ".", i+1, j+1, request)
		for k := range uint32(packets) {
			text := body
			if k == 0 {
				text = head
			}
			r.tcp(server, c, ".", j+1+k*1400, i+1+uint32(len(request)), text)
			if k%2 == 1 {
				r.tcp(c, server, ".", i+1+uint32(len(request)), j+1+(k+1)*1400, "")
			}
		}
	}
	capture := r.pcap()
	b.SetBytes(int64(len(capture)))
	b.ReportAllocs()
	for b.Loop() {
		var got evidence.Batch
		in := &parsers.Input{Name: "b", Size: int64(len(capture)), ReaderAt: bytes.NewReader(capture)}
		if err := Format.Parse(context.Background(), in, &got); err != nil {
			b.Fatal(err)
		}
		if len(got.Conns) != 100 {
			b.Fatal(fmt.Sprint(len(got.Conns)))
		}
	}
	b.ReportMetric(float64(len(r.frames))*float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}
