package all

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// TestOneFormatEach: the formats agree about whose a file is, so that the order of the list decides nothing by accident.
func TestOneFormatEach(t *testing.T) {
	files, err := filepath.Glob("../*/testdata/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil || slices.Contains([]string{".golden", ".origin"}, filepath.Ext(path)) {
			continue // a folder, or no evidence
		}
		if got := recognising(data); len(got) > 1 {
			t.Errorf("%s is taken for %v", path, got)
		}
	}
}

// TestNothingIsEverybodys: content that is no evidence is nobody's, and Sniff copes with all of it.
func TestNothingIsEverybodys(t *testing.T) {
	for _, s := range []string{"", "\x00", "{", "{}", "[]", "<", "#", "<html></html>", "MZ\x90", "PK\x03\x04", "hello\n", "\xef\xbb\xbf", "\xff\xfe", "\xff\xfe{\x00",
		`{"name":"a","value":1}`, strings.Repeat("{", parsers.SniffLen), strings.Repeat("[", parsers.SniffLen), strings.Repeat("\x00", parsers.SniffLen)} {
		if got := recognising([]byte(s)); len(got) > 0 {
			t.Errorf("%.20q is taken for %v", s, got)
		}
	}
}

func recognising(data []byte) (names []string) {
	for _, f := range Formats {
		if f.Sniff(data[:min(len(data), parsers.SniffLen)]) {
			names = append(names, f.Name)
		}
	}
	return names
}

// TestRecordings reads everything that lies unpacked in the corpus: the files are recognised for what they are, no
// parser fails on one, and what could not be read has a place.
func TestRecordings(t *testing.T) {
	data := parsertest.Corpus(t)
	var folders []string
	for _, f := range []string{"evtx", "pcap-protocols", "fingerprints", "zeek/btest"} {
		folders = append(folders, filepath.Join(data, f))
	}
	sources, err := parsers.Run(t.Context(), folders, Formats, parsers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]int{}
	for _, s := range sources {
		read[s.Format]++
		if want := formatOf(s.Name); want != "" && s.Format != want && s.State != parsers.Empty {
			t.Errorf("%s is taken for %q", s.Name, s.Format)
		}
		for _, p := range s.Problems {
			if p.Kind == evidence.Defect || p.Ref.File != s.Name {
				t.Errorf("%s: %v", s.Name, p)
			}
		}
	}
	for _, f := range []string{"evtx", "pcap", "zeek", "event-xml"} {
		if read[f] == 0 {
			t.Errorf("no %s file among %d", f, len(sources))
		}
	}
}

// formatOf is what the extension of a recording says it is.
func formatOf(name string) string {
	switch filepath.Ext(name) {
	case ".evtx":
		return "evtx"
	case ".pcap", ".pcapng", ".cap":
		return "pcap"
	}
	return ""
}
