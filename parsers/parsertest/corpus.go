package parsertest

import (
	"archive/zip"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Corpus returns the folder of the labelled recordings: ../shared/data beside the repository, or what WIREWITNESS_DATA
// names. Where it is missing the test fails in CI and is skipped elsewhere.
func Corpus(t testing.TB) string {
	t.Helper()
	dir := recordings()
	if _, err := os.Stat(filepath.Join(dir, "truth", "index.json")); err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no recordings in %s", dir)
	}
	t.Skipf("skipped: no recordings in %s", dir)
	return ""
}

func recordings() string {
	if dir := os.Getenv("WIREWITNESS_DATA"); dir != "" {
		return dir
	}
	return filepath.Join(root(), "../shared/data")
}

// root is the folder of the repository.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "../..")
}

// Unzip unpacks the archives that a pattern names into a new folder; a pattern that names a folder is returned as it is.
func Unzip(t testing.TB, pattern string) string {
	t.Helper()
	if info, err := os.Stat(pattern); err == nil && info.IsDir() {
		return pattern
	}
	archives, err := filepath.Glob(pattern)
	if err != nil || len(archives) == 0 {
		t.Fatalf("%s: nothing there (%v)", pattern, err)
	}
	dir := t.TempDir()
	for _, a := range archives {
		z, err := zip.OpenReader(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(dir, z); err != nil {
			t.Fatal(err)
		}
		z.Close()
	}
	return dir
}
