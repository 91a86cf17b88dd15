package parsertest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Corpus returns the folder of the labelled recordings: ../shared/data beside the repository, or what WIREWITNESS_DATA
// names. Where it is missing the test fails in CI and is skipped elsewhere.
func Corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WIREWITNESS_DATA")
	if dir == "" {
		_, file, _, _ := runtime.Caller(0)
		dir = filepath.Join(filepath.Dir(file), "../../../shared/data")
	}
	if _, err := os.Stat(filepath.Join(dir, "truth", "index.json")); err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no recordings in %s", dir)
	}
	t.Skipf("skipped: no recordings in %s", dir)
	return ""
}
