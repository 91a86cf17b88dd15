package parsertest

import (
	"os"
	"path/filepath"
	"testing"
)

// Captures names what there is to begin fuzzing from: the test data of pcap, our own traffic, and the recordings where they are
// at hand.
func Captures(t testing.TB) (all []string) {
	t.Helper()
	for _, pattern := range []string{"parsers/pcap/testdata/*.pcap", "parsers/pcap/testdata/*.pcapng", "samples/traffic/captures/*"} {
		all = append(all, matches(t, filepath.Join(root(), pattern))...)
	}
	for _, pattern := range []string{"*/*.pcap*", "*/*/*.pcap*"} {
		all = append(all, matches(t, filepath.Join(recordings(), "pcap-protocols", pattern))...)
	}
	return all
}

// Beginnings are the first bytes of each of them.
func Beginnings(t testing.TB, most int) (all [][]byte) {
	t.Helper()
	for _, name := range Captures(t) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b[:min(len(b), most)])
	}
	return all
}

func matches(t testing.TB, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return names
}
