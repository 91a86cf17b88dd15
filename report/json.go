package report

import (
	"encoding/json"
	"io"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// JSON is the report for programs, as described by schema/report.json.
var JSON = Format{
	Name:        "json",
	Description: "one JSON document with a published schema",
	Write:       writeJSON,
	Inspect:     inspectJSON,
}

// JSONL is one finding per line.
var JSONL = Format{
	Name:        "jsonl",
	Description: "one finding per line, as in the findings of json",
	Write:       writeJSONL,
}

func writeJSON(w io.Writer, doc *finding.Document, _ Options) error {
	return json.NewEncoder(w).Encode(doc)
}

func inspectJSON(w io.Writer, doc *finding.Document, _ Options) error {
	return json.NewEncoder(w).Encode(doc.Coverage)
}

func writeJSONL(w io.Writer, doc *finding.Document, _ Options) error {
	return json.NewEncoder(w).Encode(doc.Findings)
}
