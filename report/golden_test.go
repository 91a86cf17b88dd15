package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

var update = flag.Bool("update", false, "rewrite the goldens; read the diff")

// outputs are the printed forms that have goldens.
var outputs = []struct {
	file  string // of testdata, after the name of the document
	write func(io.Writer, *finding.Document) error
}{
	{"80.txt", func(w io.Writer, d *finding.Document) error { return Table.Write(w, d, Options{Width: 80}) }},
	{"200.txt", func(w io.Writer, d *finding.Document) error { return Table.Write(w, d, Options{Width: 200}) }},
	{"wide.txt", func(w io.Writer, d *finding.Document) error { return Table.Write(w, d, Options{Width: 80, Wide: true}) }},
	{"inspect-80.txt", func(w io.Writer, d *finding.Document) error { return Table.Inspect(w, d, Options{Width: 80}) }},
	{"inspect-200.txt", func(w io.Writer, d *finding.Document) error { return Table.Inspect(w, d, Options{Width: 200}) }},
	{"json", func(w io.Writer, d *finding.Document) error { return JSON.Write(w, d, Options{}) }},
	{"jsonl", func(w io.Writer, d *finding.Document) error { return JSONL.Write(w, d, Options{}) }},
	{"inspect.json", func(w io.Writer, d *finding.Document) error { return JSON.Inspect(w, d, Options{}) }},
	{"manifest.json", WriteManifest},
	{"html", func(w io.Writer, d *finding.Document) error { return HTML.Write(w, d, Options{}) }},
}

func TestGoldens(t *testing.T) {
	for _, d := range documents {
		for _, o := range outputs {
			t.Run(d.name+"."+o.file, func(t *testing.T) {
				var got bytes.Buffer
				if err := o.write(&got, d.doc()); err != nil {
					t.Fatal(err)
				}
				golden(t, d.name+"."+o.file, got.Bytes())
			})
		}
	}
}

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from its golden at byte %d; run go test ./report -update and read the diff", path, differsAt(got, want))
	}
}

func differsAt(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
