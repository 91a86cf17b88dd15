package zeek

import (
	"bytes"
	"os"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func BenchmarkTSV(b *testing.B)  { benchmark(b, "testdata/conn.log") }
func BenchmarkJSON(b *testing.B) { benchmark(b, "testdata/conn.json.log") }

// benchmark reads a log of some megabytes made by repeating a small one.
func benchmark(b *testing.B, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	data = bytes.Repeat(data, 1+4<<20/len(data))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		in := &parsers.Input{Name: "conn.log", Size: int64(len(data)), ReaderAt: bytes.NewReader(data)}
		if err := Format.Parse(b.Context(), in, &evidence.Batch{}); err != nil {
			b.Fatal(err)
		}
	}
}
