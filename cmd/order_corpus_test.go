package cmd

import (
	"bytes"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
)

// TestSameInputSameBytes reads recordings twice, their files named one by one in one order and in the other, with one
// job and with many: every report must come out the same byte for byte.
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
			for _, command := range [][]string{{"analyze", "-f", "json"}, {"analyze", "-f", "html"}, {"inspect", "-f", "json"}, {"flows", "-f", "jsonl"}} {
				forward := output(t, append(command, "-j", "1"), files)
				slices.Reverse(files)
				if backward := output(t, append(command, "-j", "4"), files); !bytes.Equal(forward, backward) {
					t.Errorf("%v differs when the files are named in another order", command)
				}
			}
		})
	}
}

func output(t *testing.T, args, files []string) []byte {
	t.Helper()
	var out, errors bytes.Buffer
	if status := Main(slices.Concat(args, files), &out, &errors); status != statusDone && status != statusIncomplete || out.Len() == 0 {
		t.Fatalf("%v: exit status %d, %d bytes: %s", args, status, out.Len(), &errors)
	}
	return out.Bytes()
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
