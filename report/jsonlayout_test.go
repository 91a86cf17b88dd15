package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
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
		long, newReport(ordinary()), newReport(empty()), newReport(hostile()), newInspection(hostile()),
	} {
		var plain, want bytes.Buffer
		enc := json.NewEncoder(&plain)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		if err := json.Indent(&want, plain.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		got := written(t, func(w *bytes.Buffer) error { return encode(w, v, "  ") })
		if !bytes.Equal(got, escapeMisleading(want.Bytes())) {
			t.Errorf("laid out\n%s\nwant\n%s", got, want.Bytes())
		}
	}
}
