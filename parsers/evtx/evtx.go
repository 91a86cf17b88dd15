// Package evtx reads Windows event log files.
//
// It walks the chunks and their records itself and compares checksums and counts (chunk.go, walk.go). BinXML is read in
// two ways that give the same. Templates are compiled once into the holes in which the values of System and of the data
// fields stand (template.go, templates.go), and of a record only those are read that its meaning asks for (compiled.go,
// holes.go); blocks of chunks are read side by side (blocks.go). A chunk with a record that is not understood this way is
// left to the Velocidex reader, which turns BinXML into trees.
//
// That reader stops silently at the first damaged record header, repeats records of size 0, loops over nested values
// without a bound and rounds times, so it is kept on a short lead: every record's BinXML is checked before the reader sees
// it (binxml.go), and it gets a private copy of the chunk in which the records lie in one unbroken chain and every value is
// opaque bytes, which are then given their text here (image.go, value.go).
//
// Format: https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
// and [MS-EVEN6] section 2.2.12, https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/.
package evtx

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Format is the list entry.
var Format = parsers.Format{
	Name:        "evtx",
	Description: "Windows event logs (EVTX)",
	Unit:        "events",
	Sniff:       sniff,
	Parse:       parse,
	Show:        show,
}

const (
	fileHeaderSize = 4096
	fileMagic      = "ElfFile\x00"
	chunkSize      = 64 << 10
	chunkMagic     = "ElfChnk\x00"
)

// maxCounted is how many chunks the file header can count.
const maxCounted = 1<<16 - 1

// sniff also takes a file whose first block is damaged.
func sniff(head []byte) bool {
	return hasAt(head, 0, fileMagic) || hasAt(head, fileHeaderSize, chunkMagic)
}

func hasAt(b []byte, at int, magic string) bool {
	return len(b) >= at+len(magic) && string(b[at:at+len(magic)]) == magic
}

// A file is one log while it is read.
type file struct {
	in     *parsers.Input
	out    evidence.Sink
	header fileHeader
	chunks int64 // in the file, a cut one at the end included
	reach
}

// A reach is what chunks add up to.
type reach struct {
	lastID    uint64 // highest record identifier seen in a record header
	used      int64  // chunks up to the last one in use
	junk      int64  // chunks past the declared end that are neither empty nor chunks
	leftovers uint64 // records found in space that is not in use
	leftIn    int64  // in how many chunks
}

func (r *reach) add(o reach) {
	r.lastID, r.used = max(r.lastID, o.lastID), max(r.used, o.used)
	r.junk, r.leftovers, r.leftIn = r.junk+o.junk, r.leftovers+o.leftovers, r.leftIn+o.leftIn
}

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	f := &file{in: in, out: out}
	if err := f.readHeader(); err != nil {
		return err
	}
	var err error
	if b, ok := out.(*evidence.Batch); ok {
		err = f.readBlocks(ctx, b)
	} else {
		w := newWorker(f, out)
		err = w.read(ctx, 0, f.chunks)
		f.add(w.reach)
	}
	if err == nil {
		f.checkEnd()
	}
	return err
}

type fileHeader struct {
	ok      bool // the checksum fits
	nextID  uint64
	chunks  int64
	dirty   bool // was being written to: the counts may be old
	version [2]uint16
}

func (f *file) readHeader() error {
	b := make([]byte, 128)
	if f.in.Size < fileHeaderSize {
		return fmt.Errorf("file header: %w after %d bytes", io.ErrUnexpectedEOF, f.in.Size)
	}
	if _, err := f.in.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("file header: %w", err)
	}
	le := binary.LittleEndian
	f.chunks = (f.in.Size - fileHeaderSize + chunkSize - 1) / chunkSize
	f.header = fileHeader{
		ok:      hasAt(b, 0, fileMagic) && crc32.ChecksumIEEE(b[:120]) == le.Uint32(b[124:]),
		nextID:  le.Uint64(b[24:]),
		chunks:  int64(le.Uint16(b[42:])),
		dirty:   le.Uint32(b[120:])&1 != 0,
		version: [2]uint16{le.Uint16(b[38:]), le.Uint16(b[36:])},
	}
	if !f.header.ok {
		f.problem(evidence.Damaged, evidence.Ref{Unit: "offset", N: 0}, errors.New("file header: checksum does not fit"))
		return nil
	}
	if f.header.version[0] != 3 {
		return fmt.Errorf("file header: version %d.%d is not known", f.header.version[0], f.header.version[1])
	}
	return nil
}

// problem reports something that cost no record.
func (f *file) problem(kind evidence.ProblemKind, ref evidence.Ref, err error) {
	ref.File = f.in.Name
	f.out.Problem(evidence.Problem{Kind: kind, Ref: ref, Known: true, Err: err})
}

// checkEnd compares what was there with what the file header announces. The counts of a log that was being written to
// are old ones, as every live log shows.
func (f *file) checkEnd() {
	chunks := (f.in.Size - fileHeaderSize) / chunkSize
	if f.chunks > maxCounted {
		f.header.chunks = f.used // 16 bits wrap around in logs of 4 GiB and more
	}
	ref := evidence.Ref{File: f.in.Name, Unit: "chunk", N: uint64(chunks)}
	if f.header.ok && (f.header.dirty || f.used > f.header.chunks) {
		f.problem(evidence.Suspect, evidence.Ref{}, f.live())
	}
	if f.junk > 0 {
		f.problem(evidence.Suspect, ref, fmt.Errorf("%d chunks beyond the declared %d hold something else than chunks: not read", f.junk, f.header.chunks))
	}
	if f.leftovers > 0 {
		f.problem(evidence.Suspect, evidence.Ref{}, fmt.Errorf("%d records recovered from space of %d chunks that is not in use: an earlier state of the log, or copies of records it still has", f.leftovers, f.leftIn))
	}
	if !f.header.ok {
		return
	}
	missing := max(f.header.chunks-chunks, 0)
	p := evidence.Problem{Kind: evidence.Truncated, Ref: ref}
	most := uint64(max(f.header.chunks, chunks)) * chunkSize / minRecordSize
	if n := f.header.nextID - f.lastID - 1; !f.header.dirty && f.lastID > 0 && n <= most {
		p.Lost, p.Known = n, true
	}
	switch {
	case missing > 0:
		p.Err = fmt.Errorf("%d of %d chunks are missing", missing, f.header.chunks)
	case p.Lost > 0:
		p.Kind, p.Err = evidence.Damaged, fmt.Errorf("records after %d up to %d are missing", f.lastID, f.header.nextID-1)
	default:
		return
	}
	f.out.Problem(p)
}

// live says what it means that the log was copied while it was written to, or was never closed.
func (f *file) live() error {
	if f.header.dirty {
		return fmt.Errorf("the log was open for writing: its header counts %d chunks, %d are in use and were read; what was written last may be missing", f.header.chunks, f.used)
	}
	return fmt.Errorf("the header counts %d chunks, %d are in use and were read", f.header.chunks, f.used)
}
