package zeek

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// A mapped is a line of a JSON log as encoding/json takes it apart: what objects are held to.
type mapped struct{ keys, id map[string]json.RawMessage }

func mappedOf(line []byte) (m mapped, err error) {
	if err := json.Unmarshal(line, &m.keys); err != nil {
		return m, err
	}
	if err := json.Unmarshal(m.keys["id"], &m.id); err != nil {
		m.id = nil // no object: then it names no ends
	}
	return m, nil
}

func (m mapped) raw(f field) json.RawMessage {
	name := fieldNames[f]
	if v, ok := m.keys[name]; ok {
		return v
	}
	record, member, _ := strings.Cut(name, "_")
	v, ok := m.keys[record+"."+member]
	switch {
	case member == "" || record != "id" && record != "certificate" && record != "san":
		return nil
	case !ok && record == "id":
		return m.id[member]
	}
	return v
}

func (m mapped) list(f field) (all []string) {
	var members []json.RawMessage
	if err := json.Unmarshal(m.raw(f), &members); err != nil {
		members = []json.RawMessage{m.raw(f)}
	}
	for _, v := range members {
		if s := mappedText(v); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// mappedText is a scalar as a TSV log writes it.
func mappedText(v json.RawMessage) (s string) {
	switch {
	case len(v) == 0 || string(v) == "null" || v[0] == '{' || v[0] == '[':
		return ""
	case string(v) == "true":
		return "T"
	case string(v) == "false":
		return "F"
	case v[0] != '"':
		return string(v)
	}
	json.Unmarshal(v, &s)
	return s
}

// alike fails the test where an object says something else of a line than encoding/json does.
func alike(t *testing.T, o *object, line []byte) {
	t.Helper()
	_, err := o.read(line)
	want, wantErr := mappedOf(line)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: %v, encoding/json says %v", line, err, wantErr)
	}
	if err != nil {
		return
	}
	for f := noField + 1; f < fieldCount; f++ {
		var list []string
		for _, s := range o.list(f) {
			list = append(list, string(s))
		}
		if v := want.raw(f); o.has(f) != (v != nil) || string(o.text(f)) != mappedText(v) || !slices.Equal(list, want.list(f)) {
			t.Fatalf("%q: %s is %q, %q, encoding/json says %q, %q", line, fieldNames[f], o.text(f), list, mappedText(v), want.list(f))
		}
	}
}

var oddLines = []string{
	`{}`, `{ } `, `{"ts":1.5,"ts":2}`, `{"ts":}`, `{"ts" 1}`, `{"ts":1,}`, `{"ts":1} x`, `{"ts":1`, `{"ts`, `{"ts":"a`, `{,}`, `{"ts":1 "uid":2}`,
	`{"id":{"orig_h":"192.0.2.1","orig_p":5},"id.orig_p":6}`, `{"id.orig_p":6,"id_orig_p":7,"id":{"orig_p":5}}`, `{"id_orig_h":null,"id.orig_h":"a"}`,
	`{"id":{"orig_h":"a","resp_h":"b"},"id":{"orig_h":"c"}}`, `{"id":{"orig_h":"a"},"id":5}`, `{"id":[{"orig_h":"a"}]}`, `{"id":{"id":{"orig_h":"a"}}}`, `{"id":null}`,
	`{"certificate.subject":"CN=a","san.dns":["a","b"]}`, `{"certificate":{"subject":"a"}}`, `{"san.dns":"a,b"}`,
	`{"\u0075id":"escaped name"}`, `{"uid":"a\u00e9\n\"\\\/"}`, `{"uid":"\ud83d\ude00 \ud83d x"}`, `{"uid":"\x"}`, `{"uid":"\u12g4"}`, `{"uid":"\u12`, "{\"uid\":\"a\x01\"}",
	"{\"uid\":\"\xff\xfe\"}", "{\"u\xffid\":1}", "{\"uid\":\"tab\tin it\"}", `{"uid":"` + strings.Repeat("long ", 9) + `"}`,
	`{"ts":-0,"uid":01}`, `{"ts":-}`, `{"ts":1.}`, `{"ts":1e+5,"uid":1E-2}`, `{"ts":1e}`, `{"ts":.5}`, `{"ts":+1}`, `{"ts":NaN}`, `{"ts":-0.5}`,
	`{"uid":true,"ts":false,"proto":null}`, `{"uid":tru}`, `{"uid":nul}`, `{"answers":[]}`, `{"answers":[ "a" , 1 , null, true, ["x"], {"y":1}, "" ]}`, `{"answers":[1,]}`, `{"answers":[1`,
	`{"uid":{"a":[{"b":[]}]}}`, `{"uid":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`, `{"uid":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
}

func TestObjectsAreThoseOfEncodingJSON(t *testing.T) {
	var o object
	for _, line := range oddLines {
		alike(t, &o, []byte(line))
	}
}

// TestRecordedObjects does the same for all Zeek logs of the corpus.
func TestRecordedObjects(t *testing.T) {
	data := parsertest.Corpus(t)
	var o object
	lines := 0
	archives, err := filepath.Glob(filepath.Join(data, "zeek/apt29/*/*.zip"))
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		err := filepath.WalkDir(parsertest.Unzip(t, archive), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			log, err := os.ReadFile(path)
			for line := range bytes.Lines(log) {
				if line = bytes.TrimRight(line, "\r\n"); bytes.HasPrefix(line, []byte("{")) {
					lines++
					alike(t, &o, line)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if lines == 0 {
		t.Error("no log is JSON")
	}
}

func FuzzObject(f *testing.F) {
	for _, line := range oddLines {
		f.Add([]byte(line))
	}
	logs, err := filepath.Glob("testdata/*.json.log")
	if err != nil || len(logs) == 0 {
		f.Fatal(logs, err)
	}
	for _, path := range logs {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			f.Add(bytes.TrimRight(line, "\r\n"))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.HasPrefix(line, []byte("{")) {
			alike(t, &object{}, line)
		}
	})
}
