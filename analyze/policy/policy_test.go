package policy

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

func TestDefaultIsSound(t *testing.T) {
	p := Default()
	p.builtin = Default()
	if err := p.check(); err != nil {
		t.Fatal(err)
	}
	for _, n := range p.numbers() {
		if n.Reason == "" || n.Unit == "" || n.Value == 0 {
			t.Errorf("%s: value %v, unit %q, reason %q", n.key, n.Value, n.Unit, n.Reason)
		}
	}
	for _, s := range p.settings() {
		if s.Reason == "" || s.Value == "" {
			t.Errorf("%s: value %q, reason %q", s.Key, s.Value, s.Reason)
		}
	}
}

func TestLaidOverTheBuiltIn(t *testing.T) {
	p, err := Load([]byte(`
data_volume_threshold:
  outbound: {value: 5000000, reason: small office line}
user_writable_folders:
  - {path: /scratch/, points: 10, reason: ours}
`), "mine.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := Default()
	if v := p.DataVolume.Outbound; v.Value != 5000000 || v.Unit != "bytes" || v.Reason != "small office line" {
		t.Errorf("outbound %+v", v)
	}
	if p.DataVolume.OutboundShare != d.DataVolume.OutboundShare {
		t.Error("what the file does not name changed")
	}
	if len(p.WritableFolders) != 1 || len(p.UnusualProcessList) != len(d.UnusualProcessList) {
		t.Errorf("a list replaces the whole list and no other: %d folders", len(p.WritableFolders))
	}
	for _, s := range mustState(t, p).Settings {
		if changed := s.Key == "data_volume_threshold.outbound" || s.Key == "user_writable_folders./scratch/"; s.Default == changed {
			t.Errorf("%s: default %v", s.Key, s.Default)
		}
	}
}

func mustState(t *testing.T, p *Policy) finding.Policy {
	t.Helper()
	s, err := p.Statement()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShownPolicyLoadsAgain(t *testing.T) {
	mine, err := Load([]byte("families_off: [process]\n"), "mine.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Policy{Default(), mine} {
		text, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Load(text, "again.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if a, b := mustState(t, p).SHA256, mustState(t, again).SHA256; a != b {
			t.Errorf("digest %s, loaded again %s", a, b)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "no_such_key: 1\n", "no_such_key"},
		{"key twice", "families_off: []\nfamilies_off: []\n", "already"},
		{"aliases", "families_off: &a [process]\nexclusions: *a\n", "alias"},
		{"alias bomb", "families_off: &a [x,x,x,x]\nexclusions: &b [*a,*a,*a,*a]\nexpected_uses: [*b,*b,*b,*b]\n", "alias"},
		{"deep", strings.Repeat("[", 1000), "depth"},
		{"two documents", "families_off: []\n---\nfamilies_off: []\n", "more than one"},
		{"other schema", "schema: other/1\n", "other/1"},
		{"unknown family", "families_off: [looks]\n", "looks"},
		{"changed without reason", "severity: {high: {value: 70}}\n", "reason"},
		{"falling bounds", "severity: {high: {value: 10, reason: x}}\n", "fall"},
		{"not a number", "link_floor: {value: .nan, reason: x}\n", "usable"},
		{"negative", "link_floor: {value: -1, reason: x}\n", "usable"},
		{"above one", "link_floor: {value: 2, reason: x}\n", "ratio"},
		{"other unit", "link_floor: {unit: bytes}\n", "unit"},
		{"bad pattern", "command_line_signs: [{name: x, points: 1, pattern: '(', reason: x}]\n", "x"},
		{"exclusion without owner", "exclusions: [{name: x, match: {programs: [a.exe]}, reason: r, expires: 2030-01-01}]\n", "owner"},
		{"exclusion without reason", "exclusions: [{name: x, match: {programs: [a.exe]}, owner: o, expires: 2030-01-01}]\n", "reason"},
		{"exclusion without end", "exclusions: [{name: x, match: {programs: [a.exe]}, reason: r, owner: o}]\n", "expires"},
		{"exclusion of everything", "exclusions: [{name: x, match: {}, reason: r, owner: o, expires: 2030-01-01}]\n", "nothing to match"},
		{"impossible date", "exclusions: [{name: x, match: {programs: [a.exe]}, reason: r, owner: o, expires: 2030-02-31}]\n", "expires"},
		{"bad prefix", "exclusions: [{name: x, match: {peers: [10.0.0.0/99]}, reason: r, owner: o, expires: 2030-01-01}]\n", "10.0.0.0/99"},
		{"factor above one", "expected_uses: [{name: x, match: {programs: [a.exe]}, factor: 2, reason: r, owner: o, expires: 2030-01-01}]\n", "factor"},
		{"points above hundred", "user_writable_folders: [{path: /x/, points: 200, reason: r}]\n", "points"},
		{"entry without reason", "user_writable_folders: [{path: /x/, points: 20}]\n", "reason"},
	} {
		if _, err := Load([]byte(c.text), "mine.yaml"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	if _, err := Load(make([]byte, maxSize+1), "big.yaml"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func TestEmptyFileIsTheBuiltIn(t *testing.T) {
	p, err := Load(nil, "empty.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if mustState(t, p).SHA256 != mustState(t, Default()).SHA256 {
		t.Error("an empty file changes something")
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		image, pattern string
		want           bool
	}{
		{`C:\Users\ann\Downloads\x.exe`, "/users/*/downloads/", true},
		{`C:\Users\ann\Downloads\a\b\x.exe`, "/users/*/downloads/", true},
		{`\device\harddiskvolume4\users\ann\downloads\x.exe`, "/users/*/downloads/", true},
		{`\\?\C:\Users\ann\Downloads\x.exe`, "/users/*/downloads/", true},
		{`C:\Backup\Users\ann\Downloads\x.exe`, "/users/*/downloads/", false},
		{`C:\Users\ann\x.exe`, "/users/*/*.exe", true},
		{`C:\Users\ann\AppData\x.exe`, "/users/*/*.exe", false},
		{`C:\x.exe`, "/*.exe", true},
		{`System`, "/*.exe", false},
		{``, "/*.exe", false},
		{`C:\Windows`, "/windows/", false},
	} {
		if got := Within(c.image, c.pattern); got != c.want {
			t.Errorf("Within(%q, %q) = %v", c.image, c.pattern, got)
		}
	}
}

func TestMatch(t *testing.T) {
	s := Subject{Host: "DESK01.corp.example", Image: `C:\Windows\System32\svchost.exe`, Service: "netsvcs BITS", Domain: "files.example.com", Port: 443,
		Peers: []netip.Addr{netip.MustParseAddr("203.0.113.7")}, Transport: "tcp", Protocol: "tls", Local: netip.Addr.IsPrivate, Last: time.Date(2024, 3, 4, 23, 59, 0, 0, time.UTC)}
	for _, c := range []struct {
		name string
		m    Match
		want bool
	}{
		{"nothing", Match{}, false},
		{"host by short name", Match{Hosts: []string{"desk*"}}, true},
		{"other host", Match{Hosts: []string{"srv*"}}, false},
		{"service", Match{Programs: []string{"svchost.exe"}, Services: []string{"bits"}}, true},
		{"other service", Match{Services: []string{"dnscache"}}, false},
		{"domain", Match{Peers: []string{"example.com"}}, true},
		{"end of another domain", Match{Peers: []string{"ample.com"}}, false},
		{"prefix", Match{Peers: []string{"203.0.113.0/24"}}, true},
		{"address", Match{Peers: []string{"203.0.113.8"}}, false},
		{"local", Match{Peers: []string{"local"}}, false},
		{"port and direction", Match{Ports: []uint16{443}, Direction: "out"}, true},
		{"one field of two", Match{Ports: []uint16{443}, Direction: "in"}, false},
		{"protocol", Match{Protocols: []string{"http", "tls"}}, true},
		{"other protocol", Match{Protocols: []string{"ntp"}}, false},
		{"folder", Match{Folders: []string{"/windows/"}}, true},
		{"other folder", Match{Programs: []string{"svchost.exe"}, Folders: []string{"/program files/"}}, false},
	} {
		if got := c.m.Fits(s); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	for date, want := range map[string]bool{"2024-03-03": true, "2024-03-04": false, "2030-01-01": false} {
		if got := (Adjustment{Expires: date}).ExpiredFor(s); got != want {
			t.Errorf("expires %s: %v", date, got)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(string(defaultYAML))
	f.Add("exclusions: [{name: x, match: {programs: [a.exe]}, reason: r, owner: o, expires: 2030-01-01}]\n")
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Load([]byte(text), "fuzz.yaml")
		if err != nil {
			return
		}
		if _, err := p.Statement(); err != nil {
			t.Error(err)
		}
	})
}
