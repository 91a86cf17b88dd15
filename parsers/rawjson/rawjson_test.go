package rawjson

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// read makes of a value what encoding/json makes of it, with nothing but this package.
func read(v Value) (any, bool) {
	switch {
	case v.Opens('{'):
		all, m := map[string]any{}, MembersOf(v)
		for m.Next() {
			all[string(m.Name)], _ = read(m.Value)
		}
		return all, m.Whole()
	case v.Opens('['):
		all, e := []any{}, ElementsOf(v)
		for e.Next() {
			one, _ := read(e.Value)
			all = append(all, one)
		}
		return all, e.Whole()
	case v.Opens('"'):
		return string(v.Scalar()), true
	case v.Opens('n'):
		return nil, true
	case v.Opens('t'), v.Opens('f'):
		return string(v.Scalar()) == "true", true
	}
	return json.Number(v.Scalar()), true
}

// same fails unless both take the text, or neither, and find the same in it.
func same(t *testing.T, text string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var want map[string]any
	ok := json.Valid([]byte(text)) && d.Decode(&want) == nil && want != nil
	m := MembersOf([]byte(text))
	for m.Next() {
	}
	if m.Whole() != ok {
		t.Fatalf("%.200q: whole is %v, an object of JSON %v", text, m.Whole(), ok)
	}
	if !ok {
		if Fault([]byte(text)) == nil {
			t.Fatalf("%.200q: no fault", text)
		}
		return
	}
	if got, _ := read(Value(strings.TrimLeft(text, " \t\r\n"))); !reflect.DeepEqual(got, any(want)) {
		t.Fatalf("%.200q: got %v, want %v", text, got, want)
	}
}

var texts = []string{
	``, ` `, `{}`, ` { } `, `{}{}`, `{} x`, `[]`, `null`, `"x"`, `1`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`,
	`{"a":1,"b":[1,2,{"c":null}],"d":true,"e":false,"f":"x"}`, "\t{ \"a\" :\r\n[ 1 , 2 ] , \"b\" : { } }\n",
	`{"a":[1,]}`, `{"a":[,1]}`, `{"a":[}`, `{"a":{]}`, `{"a":[1 2]}`, `{"a":tru}`, `{"a":truex}`, `{"a":nul`, `{"a":+1}`,
	`{"a":-}`, `{"a":-0}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":1.50}`, `{"a":1e}`, `{"a":1E+5}`, `{"a":1e-05}`, `{"a":-0.0e0}`, `{"a":0x1}`, `{"a":NaN}`,
	`{"a":"\"\\\/\b\f\n\r\t\u00e9"}`, `{"a":"\ud83d\ude00 \ud83d \ude00x\ud83d\u0041"}`, `{"a":"\x41"}`, `{"a":"\u12g4"}`, `{"a":"\u123`, `{"a":"\`,
	`{"\u0061":1,"a":2}`, `{"a":1,"A":2,"a":3}`, `{"a":{"b":1},"a":{"c":2}}`, "{\"a\":\"x\ty\"}", "{\"a\":\"x\x00y\"}", "{\"a\tb\":1}", "{\"a\":\"\x7f\"}",
	"{\"a\":\"\xff\xfe\xc3\"}", "{\"\xff\":\"é\"}", `{"a":"seven78"}`, `{"a":"eight 8\\"}`, `{"a":"` + strings.Repeat("long ", 50) + `\n"}`,
	`{"a":` + strings.Repeat("[", maxNest-1) + strings.Repeat("]", maxNest-1) + `}`, `{"a":` + strings.Repeat("[", maxNest) + strings.Repeat("]", maxNest) + `}`,
	`{"a":` + strings.Repeat(`{"a":`, maxNest),
}

func TestSameAsEncodingJSON(t *testing.T) {
	for _, text := range texts {
		same(t, text)
	}
	logs, err := filepath.Glob("../*/testdata/*.json")
	if err != nil || len(logs) == 0 {
		t.Fatal(logs, err)
	}
	for _, name := range logs {
		log, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(log)) {
			same(t, line)
			same(t, line[:len(line)/2])
		}
	}
}

func FuzzSameAsEncodingJSON(f *testing.F) {
	for _, text := range texts {
		if len(text) < 1000 {
			f.Add(text)
		}
	}
	f.Fuzz(same)
}

// TestOtherKinds: what is asked for as something that it is not is empty, and says so.
func TestOtherKinds(t *testing.T) {
	if m := MembersOf([]byte(`[1]`)); m.Next() || m.Whole() {
		t.Error("a list has members")
	}
	if e := ElementsOf([]byte(`{"a":1}`)); e.Next() || e.Whole() {
		t.Error("an object has elements")
	}
	for text, want := range map[string]string{`"a\u0062"`: "ab", `1.50`: "1.50", `true`: "true", `null`: "", `{}`: "", `[1]`: "", ``: ""} {
		if got := Value(text).Scalar(); string(got) != want {
			t.Errorf("%s: got %q", text, got)
		}
	}
}

func BenchmarkMembers(b *testing.B) {
	log, err := os.ReadFile("../suricata/testdata/eve.json")
	if err != nil {
		b.Fatal(err)
	}
	var lines [][]byte
	for line := range strings.Lines(string(log)) {
		lines = append(lines, []byte(line))
	}
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range lines {
			m := MembersOf(line)
			for m.Next() {
			}
		}
	}
}
