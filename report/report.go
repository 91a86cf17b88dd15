// Package report prints what the analysis concluded: one file per output format, all fed by the same Document.
//
// A report reads no clock and no machine; the same Document gives the same bytes. Text that comes from evidence is
// hostile until a format has made it harmless in its own way (clean.go); numbers become text for people in units.go
// and nowhere else.
package report

import (
	"io"
	"iter"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Options are what a format may know about the place it prints to.
type Options struct {
	// Width is the number of columns of the terminal, 0 when the output is none (then defaultWidth).
	Width int
	// Wide prints every column and cuts nothing, whatever the width.
	Wide bool
	// Colour allows terminal colours. The caller has looked at NO_COLOR and at whether the output is a terminal.
	Colour bool
}

// A Format is one way to print a Document.
type Format struct {
	Name        string // the value of --format
	Description string // one line for `wirewitness formats` and the README
	Write       func(w io.Writer, doc *finding.Document, opt Options) error
	// Inspect prints the coverage only; nil where the format has no such form.
	Inspect func(w io.Writer, doc *finding.Document, opt Options) error
}

// Formats lists the formats of `analyze`; those with an Inspect are also the formats of `inspect`.
var Formats = []Format{Table, JSON, JSONL, HTML}

// A FlowFormat is one way to print the joined table. Write takes the flows as they come and keeps none.
type FlowFormat struct {
	Name        string
	Description string
	Write       func(w io.Writer, flows iter.Seq[*finding.Flow], opt Options) error
}

// FlowFormats lists the formats of `flows`.
var FlowFormats = []FlowFormat{FlowTable, FlowJSON, FlowJSONL}
