// Package parsers opens evidence files, recognises them by content and runs the format that reads them.
//
// A Format is a value in the list of parsers/all. Run walks the arguments, unwraps gzip and zstd, lets the first format whose
// Sniff says yes parse a file, recovers once around each, and returns the results in an order that depends on the names
// only. Every file is hashed out of the same reading that feeds the parser.
package parsers

import (
	"context"
	"errors"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Format is one evidence format.
type Format struct {
	Name        string // "pcap"
	Description string // one line for `wirewitness formats` and the README
	Unit        string // what Records counts: "events", "frames", "lines"
	// Sniff tells from the first bytes of the file (up to SniffLen, as unpacked) whether this format reads it. It must
	// not panic on anything and must not look at the name.
	Sniff func(head []byte) bool
	// Parse pushes what the file states into out and returns an error only when nothing more can be read; smaller
	// damage is a Problem. It honours ctx between records and returns ctx's error then.
	Parse func(ctx context.Context, in *Input, out evidence.Sink) error
	// Show returns the records that a reference of Parse's leads to, more than one where the file has several of that
	// number, at most evidence.MaxOriginals. The error is ErrNoRecord where there is none.
	Show func(ctx context.Context, in *Input, ref evidence.Ref) ([]evidence.Original, error)
}

// ErrNoRecord says that a file holds no readable record at a reference.
var ErrNoRecord = errors.New("no such record")

// ErrNotShown says that what a reference leads to is no record.
var ErrNotShown = errors.New("a reference of this kind leads to a place of the file, not to a record")

// SniffLen is how much of a file Sniff sees.
const SniffLen = 64 << 10

// An Input is one recognised file, unpacked. ReadAt may be called from several goroutines.
type Input struct {
	// Name is how the report names the file, and what references to it must carry: relative to the argument under which
	// it was found, with forward slashes.
	Name string
	// Folder is the folder part of Name ("" at the top): logs of one sensor lie in one folder.
	Folder string
	Size   int64
	// Jobs is how many goroutines Parse may keep busy; 0 is one. What it states does not depend on it.
	Jobs int
	io.ReaderAt
}

// Reader reads the whole file from the beginning.
func (in *Input) Reader() io.Reader { return io.NewSectionReader(in, 0, in.Size) }
