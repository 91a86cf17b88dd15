package cmd

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
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

// The arithmetic that the README spells out is that of its worked example.
func TestREADMEAddsUp(t *testing.T) {
	t.Chdir("..")
	var stdout, stderr bytes.Buffer
	if status := Main([]string{"analyze", "-f", "json", "samples/tls-beacon"}, &stdout, &stderr); status != statusDone {
		t.Fatalf("exit status %d: %s", status, &stderr)
	}
	var r struct {
		Findings []struct {
			Severity string
			Score    float64
			Facts    []struct {
				ID, Family string
				Points     float64
			}
			Arithmetic struct {
				Families []struct {
					Family      string
					Facts       []string
					Points, Cap float64
				}
				Combined float64
			}
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || len(r.Findings) == 0 {
		t.Fatalf("%d findings, %v", len(r.Findings), err)
	}
	f := r.Findings[0]
	var want []string
	combined := "combined 100 * (1"
	for i, family := range f.Arithmetic.Families {
		line, divisor, sum := family.Family, 1.0, 0.0
		for k, id := range family.Facts {
			at := slices.IndexFunc(f.Facts, func(x struct {
				ID, Family string
				Points     float64
			}) bool {
				return x.ID == id
			})
			points := f.Facts[at].Points
			if k > 0 {
				line += " +"
			}
			line += fmt.Sprintf(" %s %g", strings.TrimPrefix(id, family.Family+"."), points)
			if k > 0 {
				line += fmt.Sprintf(" / %g", divisor)
			}
			sum, divisor = sum+points/divisor, 2*divisor
		}
		if sum > family.Cap {
			line += fmt.Sprintf(", at most %g", family.Cap)
		}
		want = append(want, fmt.Sprintf("%s = %g", line, family.Points))
		combined += []string{" - ", " * "}[min(i, 1)] + fmt.Sprintf("%g", math.Round(1000-10*family.Points)/1000)
	}
	want = append(want, fmt.Sprintf("%s) = %g", combined, f.Arithmetic.Combined), fmt.Sprintf("= %g, %s", f.Score, f.Severity))
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(readme)), " ")
	for _, line := range want {
		if !strings.Contains(text, line) {
			t.Errorf("README.md does not say %q", line)
		}
	}
}
