package report

import (
	"encoding/json"
	"io"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// WriteManifest writes what was examined, by whom and with what: the files with their hashes.
func WriteManifest(w io.Writer, doc *finding.Document) error {
	return json.NewEncoder(w).Encode(doc.Evidence)
}
