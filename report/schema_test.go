package report

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// schemas compiles what this package publishes.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	files, err := fs.Glob(Schemas, "schema/*.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("schemas %q, %v", files, err)
	}
	ids := map[string]string{}
	for _, file := range files {
		text, err := Schemas.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc := decode(t, text)
		ids[file] = doc.(map[string]any)["$id"].(string)
		if err := compiler.AddResource(ids[file], doc); err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]*jsonschema.Schema{}
	for file, id := range ids {
		out[strings.TrimSuffix(strings.TrimPrefix(file, "schema/"), ".json")] = compiler.MustCompile(id)
	}
	return out
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return doc
}

func written(t *testing.T, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestOutputFollowsItsSchema(t *testing.T) {
	schema := schemas(t)
	for _, d := range documents {
		for name, write := range map[string]func(*bytes.Buffer) error{
			"report":   func(w *bytes.Buffer) error { return JSON.Write(w, d.doc(), Options{}) },
			"inspect":  func(w *bytes.Buffer) error { return JSON.Inspect(w, d.doc(), Options{}) },
			"manifest": func(w *bytes.Buffer) error { return WriteManifest(w, d.doc()) },
		} {
			if err := schema[name].Validate(decode(t, written(t, write))); err != nil {
				t.Errorf("%s, %s: %v", d.name, name, err)
			}
		}
	}
	for line := range bytes.Lines(written(t, func(w *bytes.Buffer) error {
		return FlowJSONL.Write(w, slices.Values(flows()), Options{})
	})) {
		if err := schema["flow"].Validate(decode(t, line)); err != nil {
			t.Errorf("flow %s: %v", line, err)
		}
	}
}

// The lines of jsonl are the findings of json: a filter that was written for one works on the other.
func TestJSONLHasTheFindingsOfJSON(t *testing.T) {
	doc := decode(t, written(t, func(w *bytes.Buffer) error { return JSON.Write(w, ordinary(), Options{}) })).(map[string]any)
	lines := bytes.Split(bytes.TrimSpace(written(t, func(w *bytes.Buffer) error { return JSONL.Write(w, ordinary(), Options{}) })), []byte("\n"))
	findings := doc["findings"].([]any)
	if len(lines) != len(findings) {
		t.Fatalf("%d lines for %d findings", len(lines), len(findings))
	}
	for i, line := range lines {
		if got, want := decode(t, line).(map[string]any)["id"], findings[i].(map[string]any)["id"]; got != want {
			t.Errorf("line %d is finding %v, want %v", i, got, want)
		}
	}
}

// An unknown quantity has no key; a measured 0 has one.
func TestAbsentMeansUnknown(t *testing.T) {
	doc := &finding.Document{Findings: []finding.Finding{
		{ID: "a", Rank: 1, Attribution: finding.Attribution{Basis: finding.BasisNone}},
		{ID: "b", Rank: 2, Attribution: finding.Attribution{Basis: finding.BasisNone}, Sent: evidence.Measured(0)},
	}}
	lines := bytes.Split(written(t, func(w *bytes.Buffer) error { return JSONL.Write(w, doc, Options{}) }), []byte("\n"))
	unknown, zero := decode(t, lines[0]).(map[string]any), decode(t, lines[1]).(map[string]any)
	for _, key := range []string{"host", "process", "user", "source", "destination", "first_seen", "last_seen", "threat"} {
		if value, there := unknown[key]; there {
			t.Errorf("%s of a finding that knows nothing is %v", key, value)
		}
	}
	if got := zero["source"]; got == nil || string(lines[1]) == string(lines[0]) {
		t.Errorf("source of a finding that sent 0 bytes is %v", got)
	}
}

func TestSchemaRefusesUnknownKeys(t *testing.T) {
	line := decode(t, []byte(`{"attribution": {"basis": "none", "confidence": 0, "rivals": []}, "refs": [], "surprise": 1}`))
	if schemas(t)["flow"].Validate(line) == nil {
		t.Error("a key that no schema names was accepted")
	}
}
