package report

import (
	"bytes"
	"embed"
	"io"
	"time"
	"unicode/utf8"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Schemas holds the JSON Schemas of everything that is printed as JSON.
//
//go:embed schema/*.json
var Schemas embed.FS

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
	Description: "one finding per line, as under findings in json",
	Write:       writeJSONL,
}

func writeJSON(w io.Writer, doc *finding.Document, _ Options) error {
	return compose(w, func(c *composer) {
		c.head(finding.Schema, doc)
		listed(c, "findings", doc.Findings, newFinding)
		c.value("findings_below_min_severity", doc.Below)
		c.value("findings_not_listed", doc.Unlisted)
		c.coverage(doc)
		listed(c, "evidence", doc.Evidence, newFile)
		c.value("policy", newPolicy(&doc.Policy))
	})
}

func inspectJSON(w io.Writer, doc *finding.Document, _ Options) error {
	return compose(w, func(c *composer) {
		c.head(inspectSchema, doc)
		c.coverage(doc)
		listed(c, "evidence", doc.Evidence, newFile)
	})
}

func writeJSONL(w io.Writer, doc *finding.Document, _ Options) error {
	for i := range doc.Findings {
		if err := encode(w, newFinding(&doc.Findings[i]), ""); err != nil {
			return err
		}
	}
	return nil
}

// quoted is a string as encode writes it.
func quoted(s string) []byte {
	var b bytes.Buffer
	encode(&b, s, "") // there is no string that cannot be
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// escapeMisleading writes the characters that can deceive a terminal or a reader as \u escapes. The JSON means the
// same: outside its strings there is only ASCII.
func escapeMisleading(b []byte) []byte {
	out := b[:0:0]
	done := 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf && b[i] != 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if misleads(r) {
			out = appendUnicode(append(out, b[done:i]...), r)
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return b
	}
	return append(out, b[done:]...)
}

// appendUnicode writes the JSON escape of r, as a surrogate pair where it needs one.
func appendUnicode(b []byte, r rune) []byte {
	if r < 0x10000 {
		return appendHex(append(b, `\u`...), r, 4)
	}
	r -= 0x10000
	b = appendHex(append(b, `\u`...), 0xd800+r>>10, 4)
	return appendHex(append(b, `\u`...), 0xdc00+r&0x3ff, 4)
}

// instant is a time in JSON: RFC 3339 in UTC without trailing zeros. A year that RFC 3339 cannot write stands in no
// honest record; it is left out like a time that is not known.
type instant time.Time

func (t instant) IsZero() bool {
	year := time.Time(t).Year()
	return time.Time(t).IsZero() || year < 0 || year > 9999
}

func (t instant) MarshalJSON() ([]byte, error) { return t.append(nil), nil }

func (t instant) append(b []byte) []byte {
	return append(time.Time(t).UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}
