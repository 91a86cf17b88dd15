package evtxfile

import (
	"encoding/binary"
	"hash/crc32"
	"maps"
)

const (
	chunkSize       = 64 << 10
	chunkHeaderSize = 0x200
	stringTable     = 0x80
	templateTable   = 0x180
)

// A chunk is being filled. Offsets in it count from its beginning.
type chunk struct {
	buf       []byte
	names     map[string]uint32   // where each name was written
	templates map[[16]byte]uint32 // where each template was defined
	firstNum  uint64              // counts records in the file, from 1
	count     uint64
	firstID   uint64
	lastID    uint64
	lastAt    uint32 // offset of the last record
}

func newChunk(firstNum uint64) *chunk {
	return &chunk{
		buf:       make([]byte, chunkHeaderSize, chunkSize),
		names:     map[string]uint32{},
		templates: map[[16]byte]uint32{},
		firstNum:  firstNum,
	}
}

// add appends a record. It reports false and leaves the chunk as it was when there is no room.
func (c *chunk) add(e Event) bool {
	before, tables := *c, [chunkHeaderSize]byte(c.buf)
	c.record(e)
	if len(c.buf) <= chunkSize {
		return true
	}
	gone := func(at uint32) bool { return int(at) >= len(before.buf) }
	maps.DeleteFunc(c.names, func(_ string, at uint32) bool { return gone(at) })
	maps.DeleteFunc(c.templates, func(_ [16]byte, at uint32) bool { return gone(at) })
	copy(before.buf, tables[:]) // of what is in front, a record changes these only
	*c = before
	return false
}

func (c *chunk) record(e Event) {
	start := len(c.buf)
	c.u32(0x2a2a)
	c.u32(0) // size, when it is known
	c.u64(e.RecordID)
	c.u64(fileTime(e.Time))
	c.event(e)
	for len(c.buf)%8 != 4 {
		c.u8(0)
	}
	size := uint32(len(c.buf)-start) + 4
	c.u32(size)
	c.put32(start+4, size)

	if c.count == 0 {
		c.firstID = e.RecordID
	}
	c.count++
	c.lastID, c.lastAt = e.RecordID, uint32(start)
}

// finish fills in the header and pads the chunk to its size.
func (c *chunk) finish() []byte {
	free := len(c.buf)
	b := append(c.buf, make([]byte, chunkSize-free)...)
	le := binary.LittleEndian
	copy(b, "ElfChnk\x00")
	le.PutUint64(b[8:], c.firstNum)
	le.PutUint64(b[16:], c.firstNum+c.count-1)
	le.PutUint64(b[24:], c.firstID)
	le.PutUint64(b[32:], c.lastID)
	le.PutUint32(b[40:], 128)
	le.PutUint32(b[44:], c.lastAt)
	le.PutUint32(b[48:], uint32(free))
	le.PutUint32(b[52:], crc32.ChecksumIEEE(b[chunkHeaderSize:free]))
	sum := crc32.Update(crc32.ChecksumIEEE(b[:120]), crc32.IEEETable, b[128:chunkHeaderSize])
	le.PutUint32(b[124:], sum)
	return b
}

func (c *chunk) u8(v byte)    { c.buf = append(c.buf, v) }
func (c *chunk) u16(v uint16) { c.buf = binary.LittleEndian.AppendUint16(c.buf, v) }
func (c *chunk) u32(v uint32) { c.buf = binary.LittleEndian.AppendUint32(c.buf, v) }
func (c *chunk) u64(v uint64) { c.buf = binary.LittleEndian.AppendUint64(c.buf, v) }

func (c *chunk) put32(at int, v uint32) { binary.LittleEndian.PutUint32(c.buf[at:], v) }
func (c *chunk) get32(at int) uint32    { return binary.LittleEndian.Uint32(c.buf[at:]) }

// sized writes a length in front of what body writes.
func (c *chunk) sized(body func()) {
	at := len(c.buf)
	c.u32(0)
	body()
	c.put32(at, uint32(len(c.buf)-at-4))
}
