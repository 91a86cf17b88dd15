package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// What is laid out here looks as encoding/json would lay it out.
func TestLayoutIsThatOfEncodingJSON(t *testing.T) {
	long := make([]string, 3*maxPending/100)
	for i := range long {
		long[i] = strings.Repeat("é, [ ", i%30)
	}
	for _, v := range []any{
		nil, true, -1.5e30, "", []int{}, map[string]any{},
		[]any{[]any{}, map[string]any{}, []any{nil}, map[string]any{"a": []any{}}},
		map[string]any{`a"b\`: `\`, "c": `\"`, "{": "}", "[1,2]": `{"d":"e, f: g"}`},
		[]string{"\u202e", "\x7f", "<&>", "\xff", "\n"},
		long,
	} {
		var plain bytes.Buffer
		enc := json.NewEncoder(&plain)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		got := written(t, func(w *bytes.Buffer) error { return encode(w, v, "  ") })
		if want := escapeMisleading(indented(t, plain.Bytes())); !bytes.Equal(got, want) {
			t.Errorf("laid out\n%s\nwant\n%s", got, want)
		}
	}
}

// What is written in pieces looks as if it were written at once, and the order of what is listed stays.
func TestPiecesAreOneDocument(t *testing.T) {
	many := ordinary()
	for len(many.Findings) <= 2*perPiece {
		many.Findings = append(many.Findings, many.Findings...)
	}
	for i := range 3*perPiece + 1 {
		many.Coverage.Hosts = append(many.Coverage.Hosts, finding.HostCoverage{Name: fmt.Sprint("host ", i), Connections: i})
	}
	for _, doc := range []*finding.Document{ordinary(), empty(), hostile(), many} {
		for _, write := range []func(io.Writer, *finding.Document, Options) error{writeJSON, inspectJSON} {
			got := written(t, func(w *bytes.Buffer) error { return write(w, doc, Options{}) })
			var plain bytes.Buffer
			if err := json.Compact(&plain, got); err != nil {
				t.Fatal(err)
			}
			if want := indented(t, plain.Bytes()); !bytes.Equal(got, append(want, '\n')) {
				t.Errorf("written\n%s\nwant\n%s", got, want)
			}
			var read struct {
				Coverage struct{ Hosts []struct{ Name string } }
			}
			if err := json.Unmarshal(got, &read); err != nil {
				t.Fatal(err)
			}
			for i, h := range doc.Coverage.Hosts {
				if read.Coverage.Hosts[i].Name != h.Name {
					t.Errorf("host %d is %q, want %q", i, read.Coverage.Hosts[i].Name, h.Name)
				}
			}
		}
	}
}

func indented(t *testing.T, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
