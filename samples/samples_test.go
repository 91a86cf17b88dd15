// Package samples_test makes the sample cases again and looks at what comes out.
package samples_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/wirewitness/wirewitness/samples/generate/cases"
)

// maxCase is the size below which every case stays, so that a clone of the repository stays quick.
const maxCase = 1 << 20

// TestGenerate makes everything again into another folder: the same files, the same bytes.
func TestGenerate(t *testing.T) {
	again := t.TempDir()
	if err := cases.Write(again); err != nil {
		t.Fatal(err)
	}
	want, got := evidence(t, "."), evidence(t, again)
	for name, data := range want {
		switch made, ok := got[name]; {
		case !ok:
			t.Errorf("%s: no longer made; delete it", name)
		case !bytes.Equal(made, data):
			t.Errorf("%s: made differently; go run ./samples/generate, and look at what changed", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: made and not here; go run ./samples/generate", name)
		}
	}
}

func TestSize(t *testing.T) {
	sizes := map[string]int{}
	for name, data := range evidence(t, ".") {
		top, _, _ := bytes.Cut([]byte(filepath.ToSlash(name)), []byte("/"))
		sizes[string(top)] += len(data)
	}
	for _, c := range cases.All {
		if sizes[c.Name] >= maxCase {
			t.Errorf("%s: %d bytes", c.Name, sizes[c.Name])
		}
	}
}

// evidence reads a samples folder without the generator, the recordings, the tests and files whose names begin with a dot.
func evidence(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "generate" || d.Name() == "traffic"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(name) == ".go" || d.Name()[0] == '.':
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		files[rel], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
