package report

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Whatever the evidence says, no line is wider than the terminal and no character reaches it that could act on it.
func TestTablesFitTheTerminal(t *testing.T) {
	for _, d := range documents {
		for _, columns := range []int{60, 80, 100, 120, 160, 200, 0} {
			for name, write := range map[string]func(*bytes.Buffer) error{
				"analyze": func(w *bytes.Buffer) error { return Table.Write(w, d.doc(), Options{Width: columns}) },
				"inspect": func(w *bytes.Buffer) error { return Table.Inspect(w, d.doc(), Options{Width: columns}) },
				"flows": func(w *bytes.Buffer) error {
					return FlowTable.Write(w, slices.Values(flows()), Options{Width: columns})
				},
			} {
				for line := range strings.Lines(string(written(t, write))) {
					line = strings.TrimSuffix(line, "\n")
					if limit := max(columns, 60); columns > 0 && width(line) > limit {
						t.Errorf("%s, %s: %d columns on a terminal of %d: %s", d.name, name, width(line), limit, line)
					}
					if strings.ContainsFunc(line, misleads) {
						t.Errorf("%s, %s: %q", d.name, name, line)
					}
				}
			}
		}
	}
}

// What does not fit is named, and --wide shows it.
func TestTableSaysWhatItLeftOut(t *testing.T) {
	doc := ordinary()
	doc.Findings[0].Process.Name = strings.Repeat("long-name-", 40) + "END"
	narrow := string(written(t, func(w *bytes.Buffer) error { return Table.Write(w, doc, Options{Width: 80}) }))
	if strings.Contains(narrow, "END") || !strings.Contains(narrow, "…") || !strings.Contains(narrow, "--wide prints everything") {
		t.Errorf("a cut name without a mark or a way to see it:\n%s", narrow)
	}
	wide := string(written(t, func(w *bytes.Buffer) error { return Table.Write(w, doc, Options{Width: 80, Wide: true}) }))
	for _, want := range []string{"long-name-END", doc.Findings[0].Process.CommandLine, doc.Findings[1].Process.Executable, "f-0b77e1a2d9", "T1218.011"} {
		if !strings.Contains(wide, want) {
			t.Errorf("--wide does not show %q", want)
		}
	}
}

func TestColourOnlyWhereAllowed(t *testing.T) {
	plain := written(t, func(w *bytes.Buffer) error { return Table.Write(w, hostile(), Options{Width: 100}) })
	if bytes.ContainsRune(plain, '\x1b') {
		t.Error("an escape sequence without Colour")
	}
	coloured := written(t, func(w *bytes.Buffer) error { return Table.Write(w, hostile(), Options{Width: 100, Colour: true}) })
	if !bytes.Contains(coloured, []byte("\x1b[1;31m")) {
		t.Error("no colour for the critical finding")
	}
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAll(coloured, nil); !bytes.Equal(got, plain) {
		t.Error("without its colours the coloured table is another one")
	}
}

// An endless string neither floods the table nor stops the other formats.
func TestEndlessStrings(t *testing.T) {
	doc := ordinary()
	long := strings.Repeat("\u202e", 1<<17)
	f := &doc.Findings[0]
	f.Host, f.Process.Name, f.Process.CommandLine, f.Facts[0].Text = long, long, long, long
	for _, format := range Formats {
		size := len(written(t, func(w *bytes.Buffer) error { return format.Write(w, doc, Options{Width: 80}) }))
		if format.Name == "table" && size > 8<<10 {
			t.Errorf("a table of %d bytes", size)
		}
	}
}

// The steps are the arithmetic of the finding, with every figure that is needed to do it again.
func TestStepsCanBeRecomputed(t *testing.T) {
	f := beacon()
	var got []string
	for _, s := range steps(&f) {
		got = append(got, s.Label+": "+s.Formula+" = "+s.Result)
	}
	want := []string{
		"process: 60, at most 70 = 60",
		"port: 40, at most 60 = 40",
		"volume: 35, at most 60 = 35",
		"timing: 45 + 20/2, at most 60 = 55",
		"combined: 100 × (1 − (1 − 60/100) × (1 − 40/100) × (1 − 35/100) × (1 − 55/100)) = 92.98",
		"link: 92.98 × 0.98 = 91.12",
		"score: 91.12 rounded, at most 100 = 91",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

// Two findings of one kind, to tell that order and bytes do not depend on anything but the document.
func TestSameDocumentSameBytes(t *testing.T) {
	for _, format := range Formats {
		one := written(t, func(w *bytes.Buffer) error { return format.Write(w, hostile(), Options{}) })
		two := written(t, func(w *bytes.Buffer) error { return format.Write(w, hostile(), Options{}) })
		if !bytes.Equal(one, two) {
			t.Errorf("%s differs from one run to the next", format.Name)
		}
	}
}

func TestFormatsCanBeNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Formats {
		if f.Name == "" || f.Description == "" || f.Write == nil || seen[f.Name] {
			t.Errorf("format %q is no format", f.Name)
		}
		seen[f.Name] = true
	}
	if finding.Schema != decode(t, written(t, func(w *bytes.Buffer) error { return JSON.Write(w, empty(), Options{}) })).(map[string]any)["schema"] {
		t.Error("the JSON report does not name its schema")
	}
}

// A sensor's log has lines: 0 frames would say that nothing was captured.
func TestFramesOfSensors(t *testing.T) {
	for kind, want := range map[string]string{"pcap": "0", "pcapng": "0", "zeek": "-", "suricata": "-"} {
		if got := framesText(&finding.CaptureCoverage{Capture: evidence.Capture{Kind: kind}}); got != want {
			t.Errorf("%s: %q frames, want %q", kind, got, want)
		}
	}
}
