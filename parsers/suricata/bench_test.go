package suricata

import (
	"bytes"
	"os"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// BenchmarkParse reads the fixture over and over: flows, names, handshakes and files as they follow one another.
func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("testdata/eve.json")
	if err != nil {
		b.Fatal(err)
	}
	data = bytes.Repeat(data, 100)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		in := &parsers.Input{Name: "file", Size: int64(len(data)), ReaderAt: bytes.NewReader(data)}
		if err := parse(b.Context(), in, &evidence.Batch{}); err != nil {
			b.Fatal(err)
		}
	}
}
