package cmd

import (
	"bytes"
	"strings"
	"testing"
)

func TestByteSize(t *testing.T) {
	for text, want := range map[string]int64{
		"512MiB": 512 << 20, "2GiB": 2 << 30, "2G": 2 << 30, "64K": 64 << 10, "1T": 1 << 40, "4096B": 4096,
		"": 0, "512": 0, "512iB": 0, "MiB": 0, "0MiB": 0, "-1G": 0, "1.5G": 0, "2gb": 0, "9999999999T": 0,
	} {
		if got, err := byteSize(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
}

// Where connections cannot go to disk, the run goes on in memory and says so.
func TestNowhereForConnections(t *testing.T) {
	t.Chdir("..")
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	var out, said bytes.Buffer
	if status := Main([]string{"flows", "-f", "jsonl", "--max-memory", "16KiB", "samples/tls-beacon"}, &out, &said); status != statusDone {
		t.Fatalf("exit status %d: %s", status, &said)
	}
	if !strings.Contains(said.String(), "further connections were kept in memory") || strings.Count(out.String(), "\n") == 0 {
		t.Errorf("%d bytes of flows, said %q", out.Len(), &said)
	}
}
