package report

import (
	"io"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Table is the report for the terminal.
var Table = Format{
	Name:        "table",
	Description: "ranked table that fits the terminal (--wide for everything)",
	Write:       writeTable,
	Inspect:     inspectTable,
}

func writeTable(w io.Writer, doc *finding.Document, opt Options) error { return writeJSON(w, doc, opt) }

func inspectTable(w io.Writer, doc *finding.Document, opt Options) error {
	return inspectJSON(w, doc, opt)
}
