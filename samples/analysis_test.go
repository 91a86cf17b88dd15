package samples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/cmd"
	"github.com/wirewitness/wirewitness/samples/generate/cases"
)

// A report is as much of the JSON report as the expectations speak of.
type report struct {
	Findings []struct {
		Severity string
		Host     struct{ Name string }
		Process  struct{ Name string }
		// Destination is the peer: of a program that looks names up, the name server.
		Destination struct {
			IP     []string
			Port   uint16
			Domain string
		}
		Facts []struct{ ID, Family string }
	}
	Coverage struct {
		DNS []struct {
			Process struct{ Name string }
			Logged  bool   `json:"asker_logged"`
			Domain  string `json:"registered_domain"`
			Queries int
			Unique  int `json:"unique_names"`
		}
	}
}

var severities = []string{"info", "low", "medium", "high", "critical"}

func atLeast(severity, bound string) bool {
	return slices.Index(severities, severity) >= slices.Index(severities, bound)
}

// TestExpectations runs the program over every case and compares what it finds with expect.json.
func TestExpectations(t *testing.T) {
	for name, want := range expectations(t) {
		t.Run(name, func(t *testing.T) {
			r := analyze(t, name)
			if want.Clean {
				checkClean(t, r)
			} else {
				checkFirst(t, r, want.First)
			}
		})
	}
}

// TestOnlyFamily switches off the one family that speaks in a case: nothing is left that would be looked at.
func TestOnlyFamily(t *testing.T) {
	for name, want := range expectations(t) {
		if want.Clean || !want.First.Only {
			continue
		}
		t.Run(name, func(t *testing.T) {
			policy := filepath.Join(t.TempDir(), "policy.yaml")
			text := fmt.Sprintf("schema: wirewitness/policy/1\nfamilies_off: %v\n", want.First.Families)
			if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			checkClean(t, analyze(t, name, "--policy", policy))
		})
	}
}

func expectations(t *testing.T) (expects map[string]cases.Expect) {
	t.Helper()
	data, err := os.ReadFile("expect.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &expects); err != nil {
		t.Fatal(err)
	}
	return expects
}

func analyze(t *testing.T, folder string, flags ...string) (r report) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args := append([]string{"analyze", folder, "-f", "json"}, flags...)
	if status := cmd.Main(args, &stdout, &stderr); status != 0 {
		t.Fatalf("exit status %d: %s", status, &stderr)
	}
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func checkClean(t *testing.T, r report) {
	for _, f := range r.Findings {
		if atLeast(f.Severity, "medium") {
			t.Errorf("%s: %s to %s %v port %d: %v", f.Severity, f.Process.Name, f.Destination.Domain, f.Destination.IP, f.Destination.Port, f.Facts)
		}
	}
}

func checkFirst(t *testing.T, r report, want *cases.First) {
	if len(r.Findings) == 0 {
		t.Fatal("nothing found")
	}
	f := r.Findings[0]
	host, _, _ := strings.Cut(f.Host.Name, ".")
	if host != want.Host || !slices.Contains(want.Programs, f.Process.Name) {
		t.Errorf("first is %s on %s, want %v on %s", f.Process.Name, host, want.Programs, want.Host)
	}
	if !slices.Contains(f.Destination.IP, want.Peer) || f.Destination.Port != want.Port || f.Destination.Domain != want.Domain {
		t.Errorf("peer is %q %v port %d, want %q %s port %d", f.Destination.Domain, f.Destination.IP, f.Destination.Port, want.Domain, want.Peer, want.Port)
	}
	if !atLeast(f.Severity, want.Severity) {
		t.Errorf("severity is %s, want at least %s", f.Severity, want.Severity)
	}
	var families []string
	for _, fact := range f.Facts {
		if want.Only && !slices.Contains(want.Families, fact.Family) {
			t.Errorf("fact %s of family %s, want %v only", fact.ID, fact.Family, want.Families)
		}
		families = append(families, fact.Family)
	}
	for _, family := range want.Families {
		if !slices.Contains(families, family) {
			t.Errorf("no fact of family %s: %v", family, f.Facts)
		}
	}
}

// TestNamesOfTheTunnel: the service sends the questions, the usage names the program that asked. Names outside the
// times asked for are not counted.
func TestNamesOfTheTunnel(t *testing.T) {
	names := analyze(t, "dns-tunnel").Coverage.DNS
	if len(names) == 0 {
		t.Fatal("no names")
	}
	if n := names[0]; n.Process.Name != "prnhelp.exe" || !n.Logged || n.Domain != "example.net" || n.Queries != 200 || n.Unique != 200 {
		t.Errorf("first is %+v", n)
	}
	for _, n := range analyze(t, "dns-tunnel", "--until", "2026-03-10T14:15:00Z").Coverage.DNS {
		if n.Domain == "example.net" {
			t.Errorf("before the tunnel began: %+v", n)
		}
	}
}
