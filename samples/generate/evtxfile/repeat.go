package evtxfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// maxChunks is what the file header can count; a log of Windows ends there, at 4 GiB.
const maxChunks = 1<<16 - 1

// A Repeated is what Repeat has written.
type Repeated struct {
	Records     uint64
	Bytes       int64
	Repetitions int
	// Left counts chunks of the logs that are damaged or empty.
	Left int
}

func (r Repeated) String() string {
	return fmt.Sprintf("%d records, %d bytes in %d repetitions; %d chunks left out", r.Records, r.Bytes, r.Repetitions, r.Left)
}

// Repeat writes a log of at least the given size that holds the chunks of others over and over. Records are numbered
// through, and every repetition is later by a step and has other GUIDs in its event data: a process that was started again.
func Repeat(to io.WriteSeeker, logs [][]byte, size int64, step time.Duration) (made Repeated, err error) {
	chunks, left := intact(logs)
	switch {
	case len(chunks) == 0:
		return made, errors.New("no chunk to repeat")
	case size > fileHeaderSize+maxChunks*chunkSize:
		return made, fmt.Errorf("%d bytes: a log ends at %d", size, fileHeaderSize+maxChunks*chunkSize)
	}
	s, err := NewStream(to)
	if err != nil {
		return made, err
	}
	made.Left = left
	for n := 0; fileHeaderSize+int64(s.chunks)*chunkSize < size; n++ {
		made.Repetitions = n/len(chunks) + 1
		c := chunks[n%len(chunks)]
		s.log.chunks = append(s.log.chunks, c.again(s.log.lastID+1, uint32(made.Repetitions-1), step))
		s.log.lastID += uint64(len(c.records))
		if err := s.flush(); err != nil {
			return made, err
		}
	}
	made.Records, made.Bytes = s.log.lastID, fileHeaderSize+int64(s.chunks)*chunkSize
	return made, s.Close()
}

// A pattern is a chunk with the places at which its repetitions differ, as offsets.
type pattern struct {
	data    []byte
	records []int // where records begin
	ids     []place
	times   []int // 100 ns since 1601
	texts   []int // UTF-16 in textLayout
	guids   []int
}

// A place is where the identifier of the record with an index stands.
type place struct{ at, record int }

// textLayout is how Sysmon writes times into its event data.
const textLayout = "2006-01-02 15:04:05.000"

const textSize = 2 * len(textLayout)

// intact returns the chunks that hold records and whose checksums are right.
func intact(logs [][]byte) (chunks []*pattern, left int) {
	for _, log := range logs {
		for at := fileHeaderSize; at+chunkSize <= len(log); at += chunkSize {
			if p := newPattern(log[at : at+chunkSize]); p != nil {
				chunks = append(chunks, p)
			} else {
				left++
			}
		}
	}
	return chunks, left
}

func newPattern(b []byte) *pattern {
	le := binary.LittleEndian
	free := le.Uint32(b[48:])
	if string(b[:8]) != "ElfChnk\x00" || free <= chunkHeaderSize || free > chunkSize || le.Uint32(b[52:]) != crc32.ChecksumIEEE(b[chunkHeaderSize:free]) {
		return nil
	}
	p := &pattern{data: make([]byte, chunkSize)}
	copy(p.data, b[:free])
	for at := chunkHeaderSize; at+28 <= int(free); {
		size := int(le.Uint32(b[at+4:]))
		if le.Uint32(b[at:]) != 0x2a2a || size < 28 || at+size > int(free) {
			return nil
		}
		p.record(at, at+size-4)
		at += size
	}
	if len(p.records) == 0 {
		return nil
	}
	return p
}

func (p *pattern) record(at, end int) {
	p.ids = append(p.ids, place{at + 8, len(p.records)})
	p.times = append(p.times, at+16)
	p.values(at+24, end, binary.LittleEndian.Uint64(p.data[at+8:]), 0)
	p.records = append(p.records, at)
}

// values finds what differs among the values of a template instance and of those nested in it.
func (p *pattern) values(at, end int, id uint64, depth int) {
	const fragment, instance, definition = 4, 10, 24
	le := binary.LittleEndian
	if at+fragment <= end && p.data[at] == tokFragment {
		at += fragment
	}
	if depth > 1 || at+instance+4 > end || p.data[at] != tokTemplate {
		return
	}
	defined := int(le.Uint32(p.data[at+6:]))
	at += instance
	if defined == at && at+definition <= end {
		at += definition + int(le.Uint32(p.data[at+20:]))
	}
	if at+4 > end {
		return
	}
	count := int(le.Uint32(p.data[at:]))
	table := at + 4
	if count > (end-table)/4 {
		return
	}
	value := table + 4*count
	for ; count > 0; count-- {
		size, kind := int(le.Uint16(p.data[table:])), p.data[table+2]
		if value+size > end {
			return
		}
		p.value(value, size, kind, id, depth)
		table, value = table+4, value+size
	}
}

func (p *pattern) value(at, size int, kind byte, id uint64, depth int) {
	switch b := p.data[at : at+size]; {
	case kind == typeBinXML:
		p.values(at, at+size, id, depth+1)
	case kind == typeFileTime && size == 8:
		p.times = append(p.times, at)
	case kind == typeUint64 && size == 8 && depth == 0 && binary.LittleEndian.Uint64(b) == id:
		p.ids = append(p.ids, place{at, len(p.records)})
	case kind == typeGUID && size == 16 && depth > 0 && [16]byte(b) != [16]byte{}:
		p.guids = append(p.guids, at)
	case kind == typeString && size >= textSize && size <= textSize+2: // Sysmon's end with a zero
		if _, err := time.Parse(textLayout, narrow(b[:textSize])); err == nil {
			p.texts = append(p.texts, at)
		}
	}
}

// again returns the chunk as the n-th repetition, its records numbered from first.
func (p *pattern) again(first uint64, n uint32, step time.Duration) []byte {
	b := append([]byte(nil), p.data...)
	le := binary.LittleEndian
	later := time.Duration(n) * step
	for _, id := range p.ids {
		le.PutUint64(b[id.at:], first+uint64(id.record))
	}
	for _, at := range p.times {
		le.PutUint64(b[at:], le.Uint64(b[at:])+uint64(later/100))
	}
	for _, at := range p.texts {
		// The time was parsed when the place was found.
		t, _ := time.Parse(textLayout, narrow(b[at:at+textSize]))
		copy(b[at:], utf16le(t.Add(later).Format(textLayout)))
	}
	for _, at := range p.guids {
		le.PutUint32(b[at+12:], le.Uint32(b[at+12:])+n)
	}
	c := chunk{buf: b[:le.Uint32(b[48:])], firstNum: first, count: uint64(len(p.records)), firstID: first,
		lastID: first + uint64(len(p.records)) - 1, lastAt: uint32(p.records[len(p.records)-1])}
	return c.finish()
}

// narrow returns the lower bytes of UTF-16.
func narrow(b []byte) string {
	s := make([]byte, len(b)/2)
	for i := range s {
		s[i] = b[2*i]
	}
	return string(s)
}
