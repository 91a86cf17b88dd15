package cmd

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSameInputSameBytes reads recordings three times, their files named one by one in one order and in the other, with one
// job and with many, and with no room for connections in memory: every report must come out the same byte for byte.
func TestSameInputSameBytes(t *testing.T) {
	root, recordings := paired(t)
	kinds := map[string]bool{} // one recording of each combination of inputs: the others differ in content only
	for _, r := range recordings {
		kind := fmt.Sprintf("%t %d", r.Pairing.ZeekJoin != nil, len(r.Inputs["pcap"]))
		if kinds[kind] {
			continue
		}
		kinds[kind] = true
		t.Run(r.Case, func(t *testing.T) {
			files := filesBelow(t, r.layOut(t, root, nil))
			forward, _ := caseOf(t, files, "-j", "1")
			slices.Reverse(files)
			backward, _ := caseOf(t, files, "-j", "4")
			cramped, said := caseOf(t, files, "--max-memory", "16KiB")
			for _, f := range caseFiles {
				if !bytes.Equal(forward[f.name], backward[f.name]) {
					t.Errorf("%s differs when the files are named in another order", f.name)
				}
				if !bytes.Equal(forward[f.name], cramped[f.name]) {
					t.Errorf("%s differs when connections go to disk", f.name)
				}
			}
			if len(r.Inputs["pcap"]) > 0 && !strings.Contains(said, "connections went to a temporary file") {
				t.Errorf("nothing went to disk, or not a word of it: %q", said)
			}
		})
	}
}

// caseOf returns the files of the case folder that the program writes, and what it says beside.
func caseOf(t *testing.T, files []string, flags ...string) (written map[string][]byte, said string) {
	t.Helper()
	dir := t.TempDir()
	var out, errors bytes.Buffer
	args := slices.Concat([]string{"analyze", "-o", dir}, flags, files)
	if status := Main(args, &out, &errors); status != statusDone && status != statusIncomplete {
		t.Fatalf("exit status %d: %s", status, &errors)
	}
	written = map[string][]byte{}
	for _, f := range caseFiles {
		data, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil || len(data) == 0 {
			t.Fatalf("%s: %d bytes, %v", f.name, len(data), err)
		}
		written[f.name] = data
	}
	return written, errors.String()
}

func filesBelow(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}
