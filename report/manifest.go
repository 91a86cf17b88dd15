package report

import (
	"io"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

type jsonManifest struct {
	Schema   string             `json:"schema"`
	Tool     string             `json:"tool,omitempty"`
	Case     string             `json:"case,omitempty"`
	Examiner string             `json:"examiner,omitempty"`
	Filter   jsonFilter         `json:"filter"`
	Policy   jsonManifestPolicy `json:"policy"`
	Evidence []jsonFile         `json:"evidence"`
}

type jsonManifestPolicy struct {
	Source string `json:"source,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// WriteManifest writes what was examined, by whom, with what and under which policy: every file with its size and
// hash, those that were not read too.
func WriteManifest(w io.Writer, doc *finding.Document) error {
	return encode(w, jsonManifest{
		manifestSchema, doc.Tool, doc.Case, doc.Examiner, newFilter(doc),
		jsonManifestPolicy{doc.Policy.Source, doc.Policy.SHA256},
		each(doc.Evidence, newFile),
	}, "  ")
}
