package evtx

import (
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

func FuzzParse(f *testing.F) { parsertest.Fuzz(f, Format, "testdata") }

// FuzzRecords changes the records only and puts sound headers around them, so that the mutations get as far as BinXML.
func FuzzRecords(f *testing.F) {
	for _, events := range [][]int{{0, 1}, {2, 4}, {6, 10}} {
		b := logOf(f, every()[events[0]:events[1]])
		f.Add(b[fileHeaderSize+chunkHeaderSize : fileHeaderSize+binary.LittleEndian.Uint32(b[fileHeaderSize+48:])])
	}
	f.Fuzz(func(t *testing.T, records []byte) {
		b, err := readLog(t, around(records))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range b.Problems.First {
			if p.Kind == evidence.Defect {
				t.Errorf("the reader was let down: %v", p)
			}
		}
	})
}

// FuzzPaths does the same and holds the two paths to each other.
func FuzzPaths(f *testing.F) {
	for _, events := range [][]int{{0, 3}, {2, 4}, {6, 11}} {
		b := logOf(f, every()[events[0]:events[1]])
		f.Add(b[fileHeaderSize+chunkHeaderSize : fileHeaderSize+binary.LittleEndian.Uint32(b[fileHeaderSize+48:])])
	}
	f.Fuzz(func(t *testing.T, records []byte) { agree(t, "records", around(records)) })
}

// around is a log whose one chunk holds the given bytes as records.
func around(records []byte) []byte {
	b := make([]byte, fileHeaderSize+chunkSize)
	c := b[fileHeaderSize:]
	free := chunkHeaderSize + copy(c[chunkHeaderSize:], records)
	le := binary.LittleEndian
	copy(b, fileMagic)
	le.PutUint16(b[38:], 3)
	le.PutUint16(b[42:], 1)
	le.PutUint32(b[124:], crc32.ChecksumIEEE(b[:120]))
	copy(c, chunkMagic)
	le.PutUint32(c[48:], uint32(free))
	le.PutUint32(c[52:], crc32.ChecksumIEEE(c[chunkHeaderSize:free]))
	le.PutUint32(c[124:], crc32.Update(crc32.ChecksumIEEE(c[:120]), crc32.IEEETable, c[128:chunkHeaderSize]))
	return b
}
