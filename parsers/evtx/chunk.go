package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	chunkHeaderSize  = 0x200
	recordHeaderSize = 24
	minRecordSize    = recordHeaderSize + 4 // header and the copy of the size
)

// A chunk is 64 KiB of the file, or less at the end of a cut one.
type chunk struct {
	index int64
	b     []byte
	head  chunkHeader
	// bound is where the records end.
	bound   int
	records []record
	gaps    int // places between records that could not be read
	report
}

type chunkHeader struct {
	ok                bool // magic and checksum fit
	firstNum, lastNum uint64
	firstID, lastID   uint64
	free              uint32 // offset behind the last record
	sum               uint32 // of the records
}

// A record is one that our own walk found.
type record struct {
	at, end int
	id      uint64 // identifier of the record header, which in an exported log is not the EventRecordID
	carrier bool   // holds a template and no event, see around
	mended  bool   // its header is damaged
}

// A report collects what is wrong with a chunk; it ends in one Problem.
type report struct {
	notes  []string
	lost   uint64
	open   bool // more may be lost than could be counted
	cut    bool // the file ends inside the chunk
	defect bool
}

func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// present tells whether this is a chunk in use. One whose magic is damaged still has its records, if the header counts it;
// behind the counted ones lie leftovers of earlier times.
func (w *worker) present(c *chunk) bool {
	if hasAt(c.b, 0, chunkMagic) {
		return true
	}
	c.bound = len(c.b)
	return w.counted(c) && c.resync(min(chunkHeaderSize, c.bound)) < c.bound
}

// absent mentions bytes that are no chunk: damage where the header counts a chunk, leftovers behind.
func (w *worker) absent(c *chunk) {
	if !w.counted(c) && len(c.b) == chunkSize {
		if !w.leftover(c, chunkHeaderSize) {
			w.junk++
		}
		return
	}
	c.open = true
	c.note("neither a chunk nor empty")
	c.cut = len(c.b) < chunkSize
	w.report(c)
}

// counted tells whether the file header counts the chunk.
func (w *worker) counted(c *chunk) bool {
	return !w.file.header.ok || c.index < w.file.header.chunks || w.file.chunks > maxCounted
}

func (c *chunk) readHeader() {
	if len(c.b) < chunkHeaderSize {
		c.cut, c.open = true, true
		c.note("the file ends in the chunk header")
		return
	}
	le := binary.LittleEndian
	sum := crc32.Update(crc32.ChecksumIEEE(c.b[:120]), crc32.IEEETable, c.b[128:chunkHeaderSize])
	c.head = chunkHeader{
		ok:       hasAt(c.b, 0, chunkMagic) && sum == le.Uint32(c.b[124:]),
		firstNum: le.Uint64(c.b[8:]), lastNum: le.Uint64(c.b[16:]),
		firstID: le.Uint64(c.b[24:]), lastID: le.Uint64(c.b[32:]),
		free: le.Uint32(c.b[48:]), sum: le.Uint32(c.b[52:]),
	}
	if c.head.ok && (c.head.free < chunkHeaderSize || c.head.free > chunkSize) {
		c.head.ok = false
		c.note("the records end at %#x, outside the chunk", c.head.free)
	} else if !c.head.ok {
		c.note("header checksum does not fit")
	}
	c.checkRecords()
}

// checkRecords compares the checksum over all records.
func (c *chunk) checkRecords() {
	c.bound = len(c.b)
	if !c.head.ok {
		return
	}
	if int(c.head.free) > len(c.b) {
		c.cut = true
		c.note("the file ends at offset %#x of the chunk", len(c.b))
		return
	}
	c.bound = int(c.head.free)
	if crc32.ChecksumIEEE(c.b[chunkHeaderSize:c.bound]) != c.head.sum {
		c.note("checksum of the records does not fit")
	}
}

// account counts the records that are missing from what was returned, and returns the identifier of the last record up to
// which they are counted.
func (c *chunk) account(returned int) (lastID uint64) {
	found := len(c.records)
	announced, ok := c.announced()
	if ok {
		if announced != found {
			c.note("%d records announced, %d found", announced, found)
		}
		c.lost = uint64(max(announced, found) - returned)
		return c.head.lastID
	}
	c.lost = uint64(found - returned + c.gaps)
	c.open = c.open || c.gaps > 0 || !c.head.ok
	if found > 0 {
		lastID = c.records[found-1].id
	}
	return lastID
}

// announced is how many records the header counts. A damaged header is believed when its two countings agree with each
// other and with the records at either end.
func (c *chunk) announced() (int, bool) {
	h := c.head
	most := uint64(len(c.b)-min(chunkHeaderSize, len(c.b))) / minRecordSize
	if c.cut {
		most = chunkSize / minRecordSize
	}
	byNum, byID := h.lastNum-h.firstNum+1, h.lastID-h.firstID+1
	if byNum > most || (!h.ok && byNum != byID) {
		return 0, false
	}
	if n := len(c.records); !h.ok && (n == 0 || (c.records[0].id != h.firstID && c.records[n-1].id != h.lastID)) {
		return 0, false
	}
	return int(byNum), true
}

func (w *worker) report(c *chunk) {
	if len(c.notes) == 0 && c.lost == 0 {
		return
	}
	kind := evidence.Damaged
	switch {
	case c.defect:
		kind = evidence.Defect
	case c.cut:
		kind = evidence.Truncated
	}
	w.out.Problem(evidence.Problem{
		Kind: kind, Ref: evidence.Ref{File: w.file.in.Name, Unit: "chunk", N: uint64(c.index)},
		Lost: c.lost, Known: !c.open,
		Err: fmt.Errorf("chunk at %#x: %s", fileHeaderSize+c.index*chunkSize, strings.Join(c.notes, "; ")),
	})
}

// recovery tells how a record of the chunk was come by.
func (c *chunk) recovery(r record) evidence.Recovery {
	if r.mended || !c.head.ok {
		return evidence.Salvaged
	}
	return 0
}

var zeros [chunkSize]byte

func allZero(b []byte) bool { return bytes.Equal(b, zeros[:len(b)]) }
