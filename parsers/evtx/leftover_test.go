package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// forget makes a log's first chunk end before its last n records, as if they were of an earlier state.
func forget(log []byte, n int) []byte {
	log = bytes.Clone(log)
	at := places(log)
	c := log[fileHeaderSize:][:chunkSize]
	le := binary.LittleEndian
	le.PutUint64(c[16:], le.Uint64(c[16:])-uint64(n))
	le.PutUint64(c[32:], le.Uint64(c[32:])-uint64(n))
	le.PutUint64(log[24:], le.Uint64(log[24:])-uint64(n))
	le.PutUint32(c[48:], uint32(at[len(at)-n]-fileHeaderSize))
	sealChunk(c)
	sealHeader(log, le.Uint16(log[42:]))
	return log
}

// sealChunk writes the checksums of a chunk.
func sealChunk(c []byte) {
	le := binary.LittleEndian
	le.PutUint32(c[52:], crc32.ChecksumIEEE(c[chunkHeaderSize:le.Uint32(c[48:])]))
	le.PutUint32(c[124:], crc32.Update(crc32.ChecksumIEEE(c[:120]), crc32.IEEETable, c[128:chunkHeaderSize]))
}

// TestLeftovers has one row per kind of space in which records of an earlier state lie.
func TestLeftovers(t *testing.T) {
	whole := logOf(t, dnsClient())
	at := places(whole)
	later := dnsClient()
	for i := range later {
		later[i].RecordID = uint64(101 + i)
	}
	second := append(bytes.Clone(whole), logOf(t, later)[fileHeaderSize:]...)
	clear(second[fileHeaderSize+chunkSize:][:chunkHeaderSize])
	cases := []struct {
		why     string
		log     []byte
		records int
		left    []int // places of those that are recovered
	}{
		{"nothing left behind", whole, 5, nil},
		{"two behind the last record", forget(whole, 2), 3, at[3:]},
		{"the first of them is half overwritten", func() []byte {
			b := forget(whole, 2)
			clear(b[at[3] : at[3]+100])
			return b
		}(), 3, at[4:]},
		{"made with a template that no longer stands where it says", func() []byte {
			b := forget(whole, 2)
			b[at[4]+recordHeaderSize+4+2] ^= 1
			return b
		}(), 3, at[3:4]},
		{"its template went with the record that defined it", func() []byte {
			b := forget(whole, 3)
			clear(b[at[2]:at[3]])
			return b
		}(), 2, at[3:4]},
		{"a chunk that is not counted and lost its header", second, 5, moved(at, chunkSize)},
	}
	for _, c := range cases {
		t.Run(c.why, func(t *testing.T) {
			b, err := readLog(t, c.log)
			if err != nil {
				t.Fatal(err)
			}
			var left []int
			for _, l := range b.Lookups {
				if l.Recovered() == evidence.Leftover {
					left = append(left, int(l.Ref().N))
				}
			}
			if int(b.Records()) != c.records || fmt.Sprint(left) != fmt.Sprint(c.left) || int(b.Tallies.Leftovers) != len(left) {
				t.Errorf("%d records, and %d at %v; want %d, and those at %v", b.Records(), b.Tallies.Leftovers, left, c.records, c.left)
			}
			_, _, texts := problems(b)
			if said := strings.Contains(strings.Join(texts, "\n"), fmt.Sprintf("%d records recovered", len(left))); said != (len(left) > 0) || b.Problems.Incomplete {
				t.Errorf("says %q", texts)
			}
		})
	}
}

func moved(at []int, by int) (all []int) {
	for _, p := range at {
		all = append(all, p+by)
	}
	return all
}

// TestSalvaged: a record whose header had to be mended says so.
func TestSalvaged(t *testing.T) {
	b, err := readLog(t, damaged(logOf(t, dnsClient())))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range b.Lookups {
		if h := l.Header(); (h.Recovered == evidence.Salvaged) != (h.RecordID == 2) {
			t.Errorf("record %d: %v", h.RecordID, h.Recovered)
		}
	}
}

// A sparse log has chunks at some places and zeros between them.
type sparse struct {
	header []byte
	chunks map[int64][]byte
}

func (s *sparse) ReadAt(b []byte, off int64) (int, error) {
	clear(b)
	if off < fileHeaderSize {
		return copy(b, s.header[off:]), nil
	}
	copy(b, s.chunks[(off-fileHeaderSize)/chunkSize])
	return len(b), nil
}

// TestMoreChunksThanCounted: 16 bits count the chunks of a log of 4 GiB; the ones behind are in use like the others.
func TestMoreChunksThanCounted(t *testing.T) {
	log := logOf(t, dnsClient())
	s := &sparse{bytes.Clone(log[:fileHeaderSize]), map[int64][]byte{0: log[fileHeaderSize:], 1<<16 + 2: log[fileHeaderSize:]}}
	sealHeader(s.header, 3)
	b := &evidence.Batch{}
	in := &parsers.Input{Name: "file", Size: fileHeaderSize + (1<<16+3)*chunkSize, ReaderAt: s}
	if err := parse(t.Context(), in, b); err != nil {
		t.Fatal(err)
	}
	if b.Records() != 10 || b.Problems.Total > 0 {
		t.Errorf("%d records, problems %v", b.Records(), b.Problems.First)
	}
}
