package report

import (
	"encoding/json"
	"io"
	"iter"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// FlowTable is the joined table for the terminal.
var FlowTable = FlowFormat{
	Name:        "table",
	Description: "one row per connection and end",
	Write:       writeFlowLines,
}

// FlowJSON is the joined table as one JSON array.
var FlowJSON = FlowFormat{
	Name:        "json",
	Description: "one JSON array of records",
	Write:       writeFlowLines,
}

// FlowJSONL is the joined table as one record per line, as described by schema/flow.json.
var FlowJSONL = FlowFormat{
	Name:        "jsonl",
	Description: "one record per line with a published schema",
	Write:       writeFlowLines,
}

func writeFlowLines(w io.Writer, flows iter.Seq[*finding.Flow], _ Options) error {
	enc := json.NewEncoder(w)
	for f := range flows {
		if err := enc.Encode(f); err != nil {
			return err
		}
	}
	return nil
}
