package cmd

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

// The README shows what the program prints: every "$ wirewitness ..." line of it is run, and what follows, indented,
// must be the output. -update writes it anew.
func TestREADMEIsTrue(t *testing.T) {
	t.Chdir("..")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(readme), "\n")
	var out []string
	examples := 0
	for i := 0; i < len(lines); i++ {
		out = append(out, lines[i])
		command, ok := strings.CutPrefix(lines[i], "    $ wirewitness ")
		if !ok {
			continue
		}
		examples++
		var stdout, stderr bytes.Buffer
		if status := Main(strings.Fields(command), &stdout, &stderr); status != statusDone {
			t.Errorf("%s: exit status %d: %s", command, status, &stderr)
		}
		for _, l := range strings.Split(strings.TrimRight(stdout.String(), "\n"), "\n") {
			out = append(out, strings.TrimRight("    "+l, " "))
		}
		for i+1 < len(lines) && (strings.HasPrefix(lines[i+1], "    ") || lines[i+1] == "" && i+2 < len(lines) && strings.HasPrefix(lines[i+2], "    ")) {
			i++
		}
	}
	if examples == 0 {
		t.Fatal("no example in the README")
	}
	want := strings.Join(out, "\n")
	if want == string(readme) {
		return
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("an example in README.md is not what the program prints (go test ./cmd -run README -update writes it anew)")
}
