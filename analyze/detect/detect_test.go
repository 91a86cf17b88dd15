package detect

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// busy is a scene with something for several families.
func busy() *scene {
	s := newScene()
	s.lookup(nil, "www.example", 1)
	p := s.process(`C:\Users\ann\Downloads\viewer.exe`)
	for range 12 {
		s.link(p, "203.0.113.7:8443", seen(4*mebi, 1000, hello(evidence.TLS{JA4: "t13i", SelfSigned: evidence.Yes})))
		s.now = s.now.Add(59 * time.Second)
	}
	s.link(s.process(system32+"svchost.exe"), outside, asked("update.example"))
	asking(60, typeTXT, coded)(s)
	return s
}

func TestScoreCanBeRecomputed(t *testing.T) {
	p := policy.Default()
	found := busy().judge(p).Findings
	if len(found) == 0 {
		t.Fatal("no finding")
	}
	for _, f := range found {
		rest := 1.0
		for _, family := range f.Arithmetic.Families {
			var points []float64
			for _, x := range f.Facts {
				if x.Family == family.Family {
					points = append(points, x.Points)
				}
			}
			slices.SortFunc(points, func(a, b float64) int { return int(b*10 - a*10) })
			sum, weight := 0.0, 1.0
			for _, x := range points {
				sum, weight = sum+x*weight, weight/2
			}
			if want := math.Min(sum, family.Cap); math.Abs(want-family.Points) > 0.05 {
				t.Errorf("%s: %v points, want %v", family.Family, family.Points, want)
			}
			rest *= 1 - family.Points/100
		}
		want := 100 * (1 - rest)
		if math.Abs(want-f.Arithmetic.Combined) > 0.05 {
			t.Errorf("combined %v, want %v", f.Arithmetic.Combined, want)
		}
		want = f.Arithmetic.Combined
		for _, a := range f.Arithmetic.Adjustments {
			want *= a.Factor
		}
		if want = math.Min(math.Round(want), f.Arithmetic.Ceiling); want != f.Score {
			t.Errorf("score %v, want %v", f.Score, want)
		}
		if f.Severity != p.Severity.Of(f.Score) {
			t.Errorf("severity %v of %v", f.Severity, f.Score)
		}
	}
}

// TestOneFamilyStaysBelowHigh: however many facts of one kind agree.
func TestOneFamilyStaysBelowHigh(t *testing.T) {
	s := newScene()
	p := s.process(`C:\Users\ann\Downloads\invoice.pdf.exe`)
	s.process(system32+"whoami.exe", childOf(p))
	s.link(p, outside)
	found := s.judge(policy.Default()).Findings
	if len(found) != 1 || found[0].Severity != finding.Medium || found[0].Score != 59 || found[0].Arithmetic.CeilingReason == "" {
		t.Errorf("%+v", found)
	}
}

func TestFamiliesOff(t *testing.T) {
	p, err := policy.Load([]byte("families_off: [process, timing]\n"), "off.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := busy().judge(p).Findings
	for _, f := range found {
		for _, x := range f.Facts {
			if x.Family == finding.FamilyProcess || x.Family == finding.FamilyTiming {
				t.Errorf("%s was stated", x.ID)
			}
		}
	}
	if len(found) == 0 {
		t.Error("the other families say nothing")
	}
}

func TestExclusionAndExpiry(t *testing.T) {
	text := `
exclusions:
  - {name: viewer, match: {programs: [viewer.exe], hosts: ["desk*"]}, reason: known, owner: it-ops, expires: 2024-03-04}
  - {name: too old, match: {programs: [viewer.exe]}, reason: known, owner: it-ops, expires: 2024-03-03}
`
	p, err := policy.Load([]byte(text), "mine.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := busy().judge(p)
	for _, f := range r.Findings {
		if f.Process.Name == "viewer.exe" {
			t.Error("excluded program was reported")
		}
	}
	var applied, expired finding.Suppressed
	for _, x := range r.Suppressed {
		if x.Name == "viewer" {
			applied = x
		}
		if x.Name == "too old" {
			expired = x
		}
	}
	if applied.Count != 1 || applied.Expired || applied.Before < 85 || len(applied.IDs) != 1 || applied.Owner != "it-ops" {
		t.Errorf("applied: %+v", applied)
	}
	if expired.Count != 1 || !expired.Expired {
		t.Errorf("expired: %+v", expired)
	}
}

// TestSameTwice: nothing depends on the order of a map.
func TestSameTwice(t *testing.T) {
	want := busy().judge(policy.Default())
	for range 10 {
		got := busy().judge(policy.Default())
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("findings differ:\n%+v\n%+v", want, got)
		}
	}
}

func TestGrouping(t *testing.T) {
	s := newScene()
	p := s.process(ordinary)
	s.link(p, "203.0.113.7:443", asked("a.shop.example"))
	s.link(p, "203.0.113.8:443", asked("b.shop.example"))
	s.link(p, "10.1.0.8:443", asked("a.corp.example"))
	s.link(p, "10.1.0.9:443", asked("b.corp.example"))
	s.link(nil, "203.0.113.7:443", asked("a.shop.example"))
	s.link(p, "224.0.0.251:5353", overUDP)
	s.link(p, "127.0.0.1:8080")
	var peers []string
	for _, u := range s.gather(policy.Default()).finish() {
		peers = append(peers, u.Program()+" "+u.Peer)
	}
	want := []string{"client.exe shop.example", "client.exe 10.1.0.8", "client.exe 10.1.0.9", " shop.example"}
	if d := cmp.Diff(want, peers); d != "" {
		t.Error(d)
	}
}

// TestNotMeasuredIsNotZero: a usage with measured and unmeasured connections says how many were measured.
func TestNotMeasuredIsNotZero(t *testing.T) {
	s := newScene()
	p := s.process(`C:\Users\ann\Downloads\viewer.exe`)
	s.link(p, outside)
	s.link(p, outside, seen(700, 300, speaks("tls")))
	found := s.judge(policy.Default()).Findings
	if len(found) != 1 || found[0].Sent != evidence.Measured(700) || found[0].Measured != 1 || found[0].Connections != 2 || len(found[0].Missing) != 1 {
		t.Errorf("%+v", found)
	}
	s = newScene()
	s.link(s.process(`C:\Users\ann\Downloads\viewer.exe`), outside)
	if found = s.judge(policy.Default()).Findings; len(found) != 1 || found[0].Sent.Known {
		t.Errorf("%+v", found)
	}
}

func TestDetectorsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range All {
		if seen[d.Name] || d.Find == nil || d.Innocent == "" || d.Technique != "" && techniqueNames[d.Technique] == "" || !slices.Contains(finding.Families, d.Family) {
			t.Errorf("detector %+v", d)
		}
		seen[d.Name] = true
	}
	for _, table := range []map[string]string{inside, channel, byProgram} {
		for key, id := range table {
			if techniqueNames[id] == "" {
				t.Errorf("%s: technique %s has no name", key, id)
			}
		}
	}
}

// TestQuotedContentIsBounded: whoever is at the other end chooses it.
func TestQuotedContentIsBounded(t *testing.T) {
	s := newScene()
	long := strings.Repeat("\u202e/\x1b", 5000)
	s.link(s.process(powershell), plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{bare}, URIs: []string{long + ".exe"}, Agents: []string{"Mozilla/5.0 Gecko " + long}})))
	s.link(s.process(powershell), outside, seen(5, 5, hello(evidence.TLS{SNI: long, Names: []string{long}, Subject: long})))
	found := s.judge(policy.Default()).Findings
	for _, f := range found {
		for _, x := range f.Facts {
			if len(x.Text) > 1500 || !utf8.ValidString(x.Text) {
				t.Errorf("%s: %d bytes of text", x.ID, len(x.Text))
			}
		}
	}
}

func TestTunnelFromTheHostsLogAlone(t *testing.T) {
	s := newScene()
	p := s.process(ordinary)
	for i := range 60 {
		s.lookup(p, coded(i), 1)
	}
	found := s.judge(policy.Default()).Findings
	if len(found) != 1 || found[0].Attribution.Basis != finding.BasisLookup || found[0].Sent.Known || len(found[0].Missing) != 1 || found[0].Peer.Domain != "example.com" {
		t.Errorf("%+v", found)
	}
}

// TestNothingPanics: a case may hold whatever damaged evidence says.
func TestNothingPanics(t *testing.T) {
	odd := []func(*correlate.Link){
		func(l *correlate.Link) { l.Remote, l.Local = netip.AddrPort{}, netip.AddrPort{} },
		func(l *correlate.Link) { l.Host, l.Process = nil, nil },
		func(l *correlate.Link) { l.Start, l.End = time.Time{}, time.Time{} },
		func(l *correlate.Link) { l.End = l.Start.Add(-time.Hour) },
		func(l *correlate.Link) { l.Process = &correlate.Process{Host: l.Host, Details: &correlate.Details{}} },
		func(l *correlate.Link) { l.Outbound, l.Transport = evidence.Unknown, "ip/250" },
		func(l *correlate.Link) { l.Names = []string{"", ".", "...", strings.Repeat("a.", 200)} },
		func(l *correlate.Link) { l.Conn = &evidence.Conn{} },
		func(l *correlate.Link) {
			l.Conn = &evidence.Conn{App: evidence.App{Protocol: "dns", Confirmed: true, DNS: &evidence.DNS{Questions: make([]evidence.Question, 100), Total: math.MaxUint64}}}
		},
		func(l *correlate.Link) {
			l.Conn = &evidence.Conn{Orig: l.Local, App: evidence.App{HTTP: &evidence.HTTP{Requests: math.MaxUint64}, TLS: &evidence.TLS{}, SMB: &evidence.SMB{Shares: []string{"", "$"}, Files: []string{""}}, RPC: &evidence.RPC{}}}
			l.Conn.Volume.Payload.Orig = evidence.Measured(math.MaxUint64)
		},
		func(l *correlate.Link) {
			l.Conn = &evidence.Conn{Series: []evidence.Point{{At: l.Start.AddDate(-3000, 0, 0)}, {At: l.Start.AddDate(3000, 0, 0), Orig: math.MaxUint64}}}
		},
	}
	s := newScene()
	for i, a := range odd {
		for _, b := range odd[i:] {
			for range 5 {
				s.link(s.process(powershell), "203.0.113.7:4000", a, b)
			}
		}
	}
	s.lookup(nil, "", 0)
	s.c.Accesses = append(s.c.Accesses, &correlate.Access{})
	found := s.judge(policy.Default()).Findings
	for _, f := range found {
		if f.Score < 0 || f.Score > 100 || math.IsNaN(f.Score) {
			t.Errorf("score %v", f.Score)
		}
	}
}

// A case with more findings than anybody reads lists the worst, and counts all.
func TestTheWorstAreListed(t *testing.T) {
	s := newScene()
	const n = 3*MaxFindings + 7
	for i := range n {
		s.link(nil, fmt.Sprintf("203.0.%d.%d:80", i/250, i%250), seen(uint64(i), 9000, web(evidence.HTTP{Hosts: []string{"203.0.113.7"}, Requests: 1, Methods: []string{"GET"}})))
	}
	p := s.process(system32 + "rundll32.exe")
	s.link(p, "198.51.100.9:4444", seen(5000, 9000, web(evidence.HTTP{Hosts: []string{"198.51.100.9"}, Requests: 1})))
	r := s.judge(policy.Default())
	total := 0
	for _, k := range r.BySeverity {
		total += k
	}
	if len(r.Findings) != MaxFindings || total != n+1 {
		t.Errorf("%d of %d findings, want %d of %d", len(r.Findings), total, MaxFindings, n+1)
	}
	if first := r.Findings[0]; first.Rank != 1 || first.Process.Name != "rundll32.exe" || first.Peer.Port != 4444 {
		t.Errorf("the first is %+v", first.Peer)
	}
}
