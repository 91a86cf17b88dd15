package evtxfile

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const fileHeaderSize = 4096

// A Writer collects events into chunks. The zero Writer is ready to use.
type Writer struct {
	chunks  [][]byte
	current *chunk
	records uint64
	lastID  uint64
}

// Write appends an event. A RecordID of 0 means the one after the last event's. It fails on an event that does not fit
// into an empty chunk.
func (w *Writer) Write(e Event) error {
	if e.RecordID == 0 {
		e.RecordID = w.lastID + 1
	}
	if w.current == nil {
		w.current = newChunk(w.records + 1)
	}
	if !w.current.add(e) {
		next := newChunk(w.records + 1)
		if !next.add(e) {
			return fmt.Errorf("event %d: larger than a chunk", e.RecordID)
		}
		w.chunks = append(w.chunks, w.current.finish())
		w.current = next
	}
	w.records++
	w.lastID = e.RecordID
	return nil
}

// Bytes returns the file. Nothing may be written afterwards.
func (w *Writer) Bytes() []byte {
	w.finish()
	b := w.header(len(w.chunks))
	for _, c := range w.chunks {
		b = append(b, c...)
	}
	return b
}

// finish ends the chunk that is being filled.
func (w *Writer) finish() {
	if w.current != nil && w.current.count > 0 {
		w.chunks = append(w.chunks, w.current.finish())
		w.current = nil
	}
}

// header is the file header of a log of so many chunks, the lower 16 bits of which it counts.
func (w *Writer) header(chunks int) []byte {
	b := make([]byte, fileHeaderSize, fileHeaderSize+len(w.chunks)*chunkSize)
	le := binary.LittleEndian
	copy(b, "ElfFile\x00")
	le.PutUint64(b[16:], uint64(max(chunks, 1)-1))
	le.PutUint64(b[24:], w.lastID+1)
	le.PutUint32(b[32:], 128)
	le.PutUint16(b[36:], 1)
	le.PutUint16(b[38:], 3)
	le.PutUint16(b[40:], fileHeaderSize)
	le.PutUint16(b[42:], uint16(chunks))
	le.PutUint32(b[124:], crc32.ChecksumIEEE(b[:120]))
	return b
}

// File returns the log file that holds the events.
func File(events []Event) ([]byte, error) {
	var w Writer
	for _, e := range events {
		if err := w.Write(e); err != nil {
			return nil, err
		}
	}
	return w.Bytes(), nil
}
