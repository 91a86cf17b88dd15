package evtx

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	velocidex "www.velocidex.com/golang/evtx"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// A repeated is a log that holds the chunks of another over and over, without holding them in memory.
type repeated struct {
	header []byte
	chunks []byte
	size   int64
}

// repeat makes a log of about the given size. Its header counts chunks in 16 bits, as that of a large log does.
func repeat(log []byte, size int64) *repeated {
	r := &repeated{header: bytes.Clone(log[:fileHeaderSize]), chunks: log[fileHeaderSize:]}
	for le := binary.LittleEndian; ; {
		last := r.chunks[len(r.chunks)-chunkSize:]
		if le.Uint64(last[24:]) <= le.Uint64(last[32:]) && hasAt(last, 0, chunkMagic) {
			break
		}
		r.chunks = r.chunks[:len(r.chunks)-chunkSize]
	}
	n := (size - fileHeaderSize) / chunkSize
	r.size = fileHeaderSize + n*chunkSize
	r.header[120] |= 1 // dirty: the counts are not believed
	sealHeader(r.header, uint16(n))
	return r
}

func (r *repeated) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) && off < r.size {
		from := r.header
		at := off
		if off >= fileHeaderSize {
			from, at = r.chunks, (off-fileHeaderSize)%int64(len(r.chunks))
		}
		k := copy(b[n:], from[at:])
		n, off = n+k, off+int64(k)
	}
	return n, nil
}

// sysmonLog is a recording of Sysmon events.
func sysmonLog(b *testing.B) []byte {
	b.Helper()
	log, err := os.ReadFile(filepath.Join(parsertest.Corpus(b), "evtx/other/omerbenamram/sysmon.evtx"))
	if err != nil {
		b.Fatal(err)
	}
	return log
}

const benchSize = 128 << 20

// A counter is a Sink that keeps nothing.
type counter struct {
	evidence.Sink
	records, facts, problems int
}

func (c *counter) Record(evidence.Header)   { c.records++ }
func (c *counter) Process(evidence.Process) { c.facts++ }
func (c *counter) Exit(evidence.Exit)       { c.facts++ }
func (c *counter) Socket(evidence.Socket)   { c.facts++ }
func (c *counter) Lookup(evidence.Lookup)   { c.facts++ }
func (c *counter) Access(evidence.Access)   { c.facts++ }
func (c *counter) Cleared(evidence.Cleared) { c.facts++ }
func (c *counter) Problem(evidence.Problem) { c.problems++ }

// BenchmarkFacts reads everything a log means, checksums checked.
func BenchmarkFacts(b *testing.B) {
	benchmarkParse(b, func() evidence.Sink { return &counter{} })
}

// BenchmarkBatch also keeps it, as analyze does.
func BenchmarkBatch(b *testing.B) {
	benchmarkParse(b, func() evidence.Sink { return &evidence.Batch{} })
}

func benchmarkParse(b *testing.B, sink func() evidence.Sink) {
	log := repeat(sysmonLog(b), benchSize)
	b.SetBytes(log.size)
	b.ReportAllocs()
	for b.Loop() {
		if err := parse(b.Context(), &parsers.Input{Name: "file", Size: log.size, ReaderAt: log}, sink()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVelocidex decodes the chunks of the same log once with the reader as it is: no checksums, no facts.
func BenchmarkVelocidex(b *testing.B) {
	log := sysmonLog(b)
	chunks := repeat(log, 0).chunks
	b.SetBytes(int64(len(chunks)))
	b.ReportAllocs()
	for b.Loop() {
		for at := 0; at < len(chunks); at += chunkSize {
			c, err := velocidex.NewChunk(bytes.NewReader(chunks[at:at+chunkSize]), 0)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Parse(0); err != nil {
				b.Fatal(err)
			}
		}
	}
}
