package parsertest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares what a format makes of a file with FILE.golden beside it; -update rewrites it. The golden begins with
// the origin of the file (FILE.origin, one line) and its hash.
func golden(t *testing.T, f parsers.Format, path string) {
	got := render(t, f, path)
	file := path + ".golden"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func render(t *testing.T, f parsers.Format, path string) []byte {
	sources, err := parsers.Run(t.Context(), []string{path}, []parsers.Format{f}, parsers.Options{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := sources[0]
	var b bytes.Buffer
	fmt.Fprintf(&b, "origin   %s\n", origin(t, path))
	fmt.Fprintf(&b, "sha256   %s\n", s.SHA256)
	fmt.Fprintf(&b, "state    %s\n", s.State)
	fmt.Fprintf(&b, "%-8s %d\n", s.Unit, s.Records)
	fmt.Fprintf(&b, "problems %d, lost %d\n", s.ProblemsTotal, s.Lost)
	for _, p := range s.Problems {
		fmt.Fprintf(&b, "problem  %s %d: %s: %v\n", p.Ref.Unit, p.Ref.N, p.Kind, p.Err)
	}
	for _, line := range Lines(s.Batch) {
		fmt.Fprintln(&b, line)
	}
	return b.Bytes()
}

// origin is the text of FILE.origin: who made the file, and how.
func origin(t *testing.T, path string) string {
	b, err := os.ReadFile(path + ".origin")
	if err != nil {
		t.Fatalf("every file in testdata says where it comes from: %v", err)
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

// Lines renders what a batch holds, one line per observation, as "kind {field: value}" without fields that say nothing.
func Lines(b *evidence.Batch) (all []string) {
	add := func(kind string, v any) { all = append(all, fmt.Sprintf("%-8s %s", kind, text(v))) }
	for _, c := range b.Captures {
		add("capture", c)
	}
	for _, t := range b.Tallies.Classes() {
		t.Distinct()
		t.Digests = slices.Compact(t.Digests)
		add("class", t)
	}
	for _, l := range b.Tallies.Logs() {
		runs, _ := b.Tallies.IDs(l).List()
		add("log", struct {
			evidence.Log
			Runs []evidence.Run
		}{l, runs})
	}
	for _, p := range b.Processes {
		add("process", p.Process())
	}
	for _, e := range b.Exits {
		add("exit", e.Exit())
	}
	for _, s := range b.Sockets.All() {
		add("socket", s.Socket())
	}
	for _, l := range b.Lookups {
		add("lookup", l.Lookup())
	}
	for _, a := range b.Accesses {
		add("access", a.Access())
	}
	each(add, "cleared", b.Clearings)
	each(add, "conn", b.Conns)
	each(add, "app", b.Apps)
	for _, c := range b.Certs {
		add("cert", c.Certificate())
	}
	each(add, "lease", b.Leases)
	each(add, "naming", b.Namings)
	return all
}

func each[T any](add func(string, any), kind string, list []T) {
	for _, v := range list {
		add(kind, v)
	}
}

// text renders a value on one line: JSON without what is zero.
func text(v any) string {
	b, err := json.Marshal(plain(reflect.ValueOf(v)))
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(b), `"`, "")
}

// plain turns a value into maps, lists and strings, leaving out what is zero.
func plain(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339Nano)
	case evidence.Count:
		return x.N
	case evidence.Ref:
		return fmt.Sprintf("%s %d", x.Unit, x.N)
	case fmt.Stringer:
		return x.String()
	}
	switch v.Kind() {
	case reflect.Pointer:
		return plain(v.Elem())
	case reflect.Slice, reflect.Array:
		var list []any
		for i := range v.Len() {
			if v.Kind() == reflect.Slice || !v.Index(i).IsZero() {
				list = append(list, plain(v.Index(i)))
			}
		}
		return list
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				fields[v.Type().Field(i).Name] = plain(f)
			}
		}
		return fields
	}
	return v.Interface()
}

// files returns the evidence files in a folder: all but the goldens and origins.
func files(t *testing.T, dir string) (all []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && ext != ".golden" && ext != ".origin" {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	if len(all) == 0 {
		t.Fatalf("no files in %s", dir)
	}
	return all
}
