package correlate

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A scene is a small case: one workstation, one capture, and connections that both saw.
type scene struct {
	batch evidence.Batch
	n     uint64
}

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ws   = netip.MustParseAddr("10.1.0.7")
	peer = netip.MustParseAddr("203.0.113.7")
)

const (
	sysmonProvider   = "Microsoft-Windows-Sysmon"
	securityProvider = "Microsoft-Windows-Security-Auditing"
)

func (s *scene) ref(unit string) evidence.Ref {
	s.n++
	return evidence.Ref{File: "f", Unit: unit, N: s.n}
}

// header stamps a record with its own UTC and the system's time.
func (s *scene) header(provider string, id uint32, own, system time.Time) evidence.Header {
	h := evidence.Header{Ref: s.ref("record"), Computer: "WS-07.example.test", Provider: provider, EventID: id}
	h.Digest = s.n
	h.Stamps[0] = evidence.Stamp{Time: system, Field: "TimeCreated", Resolution: time.Millisecond}
	if provider == sysmonProvider {
		h.Stamps[1] = h.Stamps[0]
		h.Stamps[0] = evidence.Stamp{Time: own, Field: "UtcTime", Resolution: time.Millisecond}
	}
	s.batch.Record(h)
	return h
}

func (s *scene) conn(port uint16, at time.Time, last time.Duration) {
	s.batch.Conns = append(s.batch.Conns, evidence.Conn{Ref: s.ref("frame"), Sensor: "cap", Transport: evidence.TCP, Orig: netip.AddrPortFrom(ws, port),
		Resp: netip.AddrPortFrom(peer, 443), OrigKnown: true, Start: at, End: at.Add(last)})
}

func (s *scene) socket(provider string, port uint16, own, system time.Time, p evidence.Program) {
	id := uint32(3)
	if provider == securityProvider {
		id = 5156
	}
	s.batch.Socket(evidence.Socket{Header: s.header(provider, id, own, system), Program: p, Kind: evidence.Connect, Transport: evidence.TCP,
		Src: netip.AddrPortFrom(ws, port), Dst: netip.AddrPortFrom(peer, 443), Initiated: evidence.Yes})
}

func (s *scene) run(stated ...Stated) *Case {
	return Run(casefile.Gather([]casefile.Source{{File: finding.File{Name: "f"}, Batch: &s.batch}}), stated)
}

func program(pid uint32, image string) evidence.Program {
	return evidence.Program{PID: pid, Image: image}
}

// owners lists who owns the connections of the capture, in order.
func owners(c *Case) (out []string) {
	for l := range c.Links {
		if l.Conn == nil {
			continue
		}
		if l.Process == nil {
			out = append(out, "nobody")
			continue
		}
		out = append(out, fmt.Sprintf("%s %s", l.Process.Label(), l.Attribution.Basis))
	}
	return out
}

func TestJoinFollowsTheClock(t *testing.T) {
	const agent = `C:\Program Files\Agent\agent.exe`
	for _, tt := range []struct {
		name string
		why  string
		make func(s *scene)
		want []string
	}{
		{"same clock", "the ordinary case", func(s *scene) {
			s.conn(50001, noon, time.Second)
			s.socket(sysmonProvider, 50001, noon, noon, program(7, agent))
		}, []string{"agent.exe (7) tuple"}},
		{"days off", "a driver clock can be days off and still be right about order", func(s *scene) {
			for i := range 5 {
				at := noon.Add(time.Duration(i) * 17 * time.Second)
				s.conn(50001+uint16(i), at, time.Second)
				s.socket(sysmonProvider, 50001+uint16(i), at.Add(-132*time.Hour), at.Add(-132*time.Hour), program(7, agent))
			}
		}, slices.Repeat([]string{"agent.exe (7) tuple"}, 5)},
		{"one vote, odd offset", "one coincidence of ports is no proof of one run", func(s *scene) {
			s.conn(50001, noon, time.Second)
			s.socket(sysmonProvider, 50001, noon.Add(11*time.Hour+11*time.Minute), noon.Add(11*time.Hour+11*time.Minute), program(7, agent))
		}, []string{"nobody"}},
		{"one vote, a time zone", "a local time is off by whole quarters of an hour", func(s *scene) {
			s.conn(50001, noon, time.Second)
			s.socket(securityProvider, 50001, noon.Add(-5*time.Hour), noon.Add(-5*time.Hour), program(7, agent))
		}, []string{"agent.exe (7) tuple"}},
		{"logged twice, six hours apart", "the same tuples under another program belong to another time", func(s *scene) {
			s.batch.Process(evidence.Process{Header: s.header(sysmonProvider, 1, noon, noon), Program: program(7, agent)})
			for i := range 5 {
				at := noon.Add(time.Duration(i) * 17 * time.Second)
				s.conn(50001+uint16(i), at, time.Second)
				s.socket(sysmonProvider, 50001+uint16(i), at, at, program(7, agent))
				s.socket(sysmonProvider, 50001+uint16(i), at.Add(-6*time.Hour), at.Add(-6*time.Hour), program(9, `C:\other.exe`))
			}
		}, slices.Repeat([]string{"agent.exe (7) tuple"}, 5)},
		{"a step", "a clock that is set during the recording has two offsets", func(s *scene) {
			for i := range 8 {
				at := noon.Add(time.Duration(i) * 60 * time.Second)
				own := at.Add(-time.Hour - 7*time.Minute)
				if i >= 4 {
					own = at.Add(33 * time.Minute)
				}
				s.conn(50001+uint16(i), at, time.Second)
				s.socket(sysmonProvider, 50001+uint16(i), own, own, program(7, agent))
			}
		}, slices.Repeat([]string{"agent.exe (7) tuple"}, 8)},
		{"unknown process", "the filtering platform knows what Sysmon does not", func(s *scene) {
			s.conn(50001, noon, time.Second)
			s.socket(sysmonProvider, 50001, noon, noon, evidence.Program{PID: 7})
			s.socket(securityProvider, 50001, noon, noon, program(7, `\device\harddiskvolume2\program files\agent\agent.exe`))
		}, []string{"agent.exe (7) tuple"}},
		{"port reused", "two programs on one tuple at one time are rivals", func(s *scene) {
			s.conn(50001, noon, time.Second)
			s.socket(sysmonProvider, 50001, noon, noon, program(7, agent))
			s.socket(sysmonProvider, 50001, noon.Add(time.Second), noon.Add(time.Second), program(9, `C:\other.exe`))
		}, []string{"agent.exe (7) tuple, ambiguous"}},
		{"port used again later", "each connection belongs to the event next to it", func(s *scene) {
			s.conn(50001, noon, time.Second)
			s.conn(50001, noon.Add(40*time.Second), time.Second)
			s.socket(sysmonProvider, 50001, noon, noon, program(7, agent))
			s.socket(sysmonProvider, 50001, noon.Add(40*time.Second), noon.Add(40*time.Second), program(9, `C:\other.exe`))
		}, []string{"agent.exe (7) tuple", "other.exe (9) tuple"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &scene{}
			tt.make(s)
			if got := owners(s.run()); !slices.Equal(got, tt.want) {
				t.Errorf("%s: owners %q, want %q", tt.why, got, tt.want)
			}
		})
	}
}

func TestStatedOffsetNeedsNoVotes(t *testing.T) {
	s := &scene{}
	s.conn(50001, noon, time.Second)
	odd := 11*time.Hour + 11*time.Minute
	s.socket(sysmonProvider, 50001, noon.Add(odd), noon.Add(odd), program(7, `C:\agent.exe`))
	c := s.run(Stated{Host: "ws-07", Offset: odd})
	if got := owners(c); !slices.Equal(got, []string{"agent.exe (7) tuple"}) {
		t.Errorf("owners %q", got)
	}
}

func TestFixedPortsDoNotVote(t *testing.T) {
	s := &scene{}
	fixed := netip.AddrPortFrom(ws, 137)
	s.batch.Conns = append(s.batch.Conns, evidence.Conn{Ref: s.ref("frame"), Sensor: "cap", Transport: evidence.UDP, Orig: fixed,
		Resp: netip.AddrPortFrom(netip.MustParseAddr("10.1.0.9"), 137), Start: noon, End: noon.Add(time.Minute)})
	s.batch.Socket(evidence.Socket{Header: s.header(sysmonProvider, 3, noon, noon), Program: program(4, "System"), Kind: evidence.Connect, Transport: evidence.UDP,
		Src: fixed, Dst: netip.AddrPortFrom(netip.MustParseAddr("10.1.0.9"), 137), Initiated: evidence.Yes})
	if got := owners(s.run()); !slices.Equal(got, []string{"nobody"}) {
		t.Errorf("owners %q: two recordings of the same hosts share this tuple", got)
	}
}

// A keep-alive connection from before the capture has no event of its own.
func TestPeerHoldsOnlyWhatLivedThen(t *testing.T) {
	for _, tt := range []struct {
		name    string
		started time.Time
		want    string
	}{
		{"was running", noon.Add(-time.Hour), "agent.exe (7) peer"},
		{"came later", noon.Add(30 * time.Second), "nobody"},
	} {
		s := &scene{}
		s.batch.Process(evidence.Process{Header: s.header(sysmonProvider, 1, tt.started, tt.started), Program: program(7, `C:\agent.exe`)})
		s.conn(50001, noon, 2*time.Minute)
		s.batch.Conns[0].MidStream, s.batch.Conns[0].OrigKnown = true, false
		s.conn(50002, noon.Add(time.Minute), time.Second)
		s.socket(sysmonProvider, 50002, noon.Add(time.Minute), noon.Add(time.Minute), program(7, `C:\agent.exe`))
		if got := owners(s.run())[0]; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPIDNeedsALifetime(t *testing.T) {
	s := &scene{}
	s.batch.Process(evidence.Process{Header: s.header(securityProvider, 4688, noon, noon), Program: program(7, `C:\first.exe`)})
	s.batch.Exit(evidence.Exit{Header: s.header(securityProvider, 4689, noon, noon.Add(time.Minute)), Program: program(7, `C:\first.exe`)})
	s.batch.Process(evidence.Process{Header: s.header(securityProvider, 4688, noon, noon.Add(2*time.Minute)), Program: program(7, `C:\second.exe`)})
	s.socket(securityProvider, 50001, noon, noon.Add(30*time.Second), evidence.Program{PID: 7})
	s.socket(securityProvider, 50002, noon, noon.Add(3*time.Minute), evidence.Program{PID: 7})
	c := s.run()
	var got []string
	for l := range c.Links {
		got = append(got, l.Process.Label())
	}
	if want := []string{"first.exe (7)", "second.exe (7)"}; !slices.Equal(got, want) {
		t.Errorf("owners %q, want %q", got, want)
	}
}

func TestEndsByTheHostsAddresses(t *testing.T) {
	for _, tt := range []struct{ name, src, dst, local string }{
		{"answered, own end first", "10.1.0.7:445", "10.1.0.9:50000", "10.1.0.7:445"},
		{"answered, own end last", "10.1.0.9:50000", "10.1.0.7:445", "10.1.0.7:445"},
	} {
		s := &scene{}
		s.socket(sysmonProvider, 50001, noon, noon, program(7, `C:\agent.exe`))
		s.batch.Socket(evidence.Socket{Header: s.header(sysmonProvider, 3, noon, noon), Program: program(4, "System"), Kind: evidence.Connect, Transport: evidence.TCP,
			Src: netip.MustParseAddrPort(tt.src), Dst: netip.MustParseAddrPort(tt.dst), Initiated: evidence.No})
		c := s.run()
		links := slices.Collect(c.Links)
		i := slices.IndexFunc(links, func(l *Link) bool { return l.Process.PID == 4 })
		if got := links[i].Local.String(); got != tt.local {
			t.Errorf("%s: local end %s, want %s", tt.name, got, tt.local)
		}
	}
}

func TestOnePathWrittenTwice(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{`C:\Windows\System32\svchost.exe`, `\device\harddiskvolume2\windows\system32\svchost.exe`, true},
		{`C:\Windows\System32\svchost.exe`, `C:\Users\Public\svchost.exe`, false},
		{`svchost.exe`, `C:\Windows\System32\svchost.exe`, true},
		{``, `C:\a.exe`, true},
	} {
		if got := sameImage(tt.a, tt.b); got != tt.same {
			t.Errorf("sameImage(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

func TestGUIDHoldsTheStart(t *testing.T) {
	id, _ := evidence.ParseGUID("01020304-2255-5f69-0100-000000000900")
	got := startOf(id)
	if want := time.Date(2020, 9, 21, 21, 59, 49, 0, time.UTC); !got.Time().Equal(want) {
		t.Errorf("start %v, want %v", got, want)
	}
	if !startOf(evidence.GUID{}).IsZero() {
		t.Error("an empty GUID has no start")
	}
}

// The same evidence under other names of the sources and in another order joins alike.
func TestOrderOfSourcesDoesNotMatter(t *testing.T) {
	make := func() (a, b casefile.Source) {
		x, y := &scene{}, &scene{n: 100}
		for i := range 5 {
			at := noon.Add(time.Duration(i) * time.Minute)
			x.conn(50001+uint16(i), at, time.Second)
			y.socket(sysmonProvider, 50001+uint16(i), at.Add(3*time.Hour), at, program(uint32(7+i%2), `C:\agent.exe`))
		}
		return casefile.Source{File: finding.File{Name: "a"}, Batch: &x.batch}, casefile.Source{File: finding.File{Name: "b"}, Batch: &y.batch}
	}
	a, b := make()
	one := owners(Run(casefile.Gather([]casefile.Source{a, b}), nil))
	a, b = make()
	two := owners(Run(casefile.Gather([]casefile.Source{b, a}), nil))
	if !slices.Equal(one, two) {
		t.Errorf("%q and %q", one, two)
	}
}

// The kernel sends SMB for everybody; whose command line names the share is a candidate.
func TestKernelSendsOnBehalf(t *testing.T) {
	s := &scene{}
	line := func(pid uint32, text string) {
		s.batch.Process(evidence.Process{Header: s.header(sysmonProvider, 1, noon, noon), Program: program(pid, `C:\Windows\System32\robocopy.exe`), CommandLine: text})
	}
	line(21, `robocopy C:\data \\203.0.113.7\drop /e`)
	line(22, `robocopy C:\data \\203.0.113.77\drop /e`)
	s.conn(50001, noon, time.Second)
	s.socket(sysmonProvider, 50001, noon, noon, program(4, "System"))
	if got := slices.Collect(s.run().Links)[0].Attribution.Behalf; !slices.Equal(got, []string{"robocopy.exe (21)"}) {
		t.Errorf("on behalf of %q", got)
	}
}

// What a command line names behind two slashes ends where it may, also behind a port and within an address of IPv6.
func TestMachinesNamed(t *testing.T) {
	for line, want := range map[string][]string{
		`net use \\FILES\share`:                    {"files"},
		`copy "\\files@SSL\DavWWWRoot\a" //b`:      {"b", "files"},
		`curl http://files:8080/x`:                 {"files", "files:8080"},
		`dir \\fe80::7\c$`:                         {"fe80", "fe80:", "fe80::7"},
		`x \\ /// a\b`:                             nil,
		strings.Repeat(`\\a`, 9) + `\\fe80::7:445`: {"a", "fe80", "fe80:", "fe80::7", "fe80::7:445"},
	} {
		if got := slices.Sorted(maps.Keys(namedIn(line))); !slices.Equal(got, want) {
			t.Errorf("%s names %q, want %q", line, got, want)
		}
	}
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, `\\%d:`, i)
	}
	if n := len(namedIn(many.String())); n > maxNamed+1 {
		t.Errorf("%d names of one command line", n)
	}
}

// What lies in unused space of a log is of an earlier state of it, and says less.
func TestLeftoversAreLessSure(t *testing.T) {
	s := &scene{}
	s.socket(sysmonProvider, 50001, noon, noon, program(7, `C:\agent.exe`))
	s.socket(sysmonProvider, 50002, noon, noon, program(7, `C:\agent.exe`))
	first, second := s.batch.Sockets.At(0), s.batch.Sockets.At(1)
	leftover := second.Socket()
	leftover.Recovered = evidence.Leftover
	s.batch.Sockets = evidence.Sockets{}
	s.batch.Sockets.Add(first)
	s.batch.Socket(leftover)
	links := slices.Collect(s.run().Links)
	if sure, less := links[0].Attribution.Confidence, links[1].Attribution.Confidence; sure != 1 || less >= surePeer {
		t.Errorf("confidence %v of an ordinary record, %v of a leftover", sure, less)
	}
}

// DHCP tells which host had an address: one whose log is here, or one known from the capture only.
func TestLeasesNameHosts(t *testing.T) {
	s := &scene{}
	other := netip.MustParseAddr("10.1.0.99")
	s.socket(sysmonProvider, 50001, noon, noon, program(7, `C:\agent.exe`))
	for _, c := range []struct{ orig string }{{"10.1.0.50:50001"}, {"10.1.0.99:50002"}} {
		s.batch.Conns = append(s.batch.Conns, evidence.Conn{Ref: s.ref("frame"), Sensor: "cap", Transport: evidence.TCP, OrigKnown: true,
			Orig: netip.MustParseAddrPort(c.orig), Resp: netip.AddrPortFrom(peer, 80), Start: noon, End: noon})
	}
	s.batch.Lease(evidence.Lease{Client: netip.MustParseAddr("10.1.0.50"), HostName: "ws-07", At: noon})
	s.batch.Lease(evidence.Lease{Client: other, HostName: "PRINTER", At: noon})
	var got []string
	for l := range s.run().Links {
		if l.Conn != nil {
			got = append(got, l.Host.Name)
		}
	}
	if want := []string{"WS-07.example.test", "PRINTER"}; !slices.Equal(got, want) {
		t.Errorf("hosts %q, want %q", got, want)
	}
}

// TestCapturesNoteNames: what a capture file calls an address is a name only where nobody asked for one and no content
// says one, and its own capture's word comes before another's.
func TestCapturesNoteNames(t *testing.T) {
	var s scene
	s.conn(40000, noon, time.Second)
	s.batch.Naming(evidence.Naming{Ref: evidence.Ref{File: "a", Unit: "offset", N: 28}, Sensor: "another", Addr: peer, Names: []string{"there.example.test"}})
	s.batch.Naming(evidence.Naming{Ref: evidence.Ref{File: "f", Unit: "offset", N: 64}, Sensor: "cap", Addr: peer, Names: []string{"here.example.test"}})
	l := slices.Collect(s.run().Links)[0]
	if len(l.Names) != 0 || l.Noted == nil || l.Noted.Names[0] != "here.example.test" || l.Noted.Ref.N != 64 {
		t.Errorf("names %q, noted %+v", l.Names, l.Noted)
	}
	s.batch.Conns[0].TLS = &evidence.TLS{SNI: "said.example.test"}
	if l := slices.Collect(s.run().Links)[0]; !slices.Equal(l.Names, []string{"said.example.test"}) || l.Noted != nil {
		t.Errorf("names %q, noted %+v although the hello names it", l.Names, l.Noted)
	}
}

// A client that is leased one address after the other, and many that nobody else knows, cost no more for each.
func TestManyLeases(t *testing.T) {
	const many = 50_000
	s := &scene{}
	s.socket(sysmonProvider, 50001, noon, noon, program(7, `C:\agent.exe`))
	for i := range uint32(many) {
		own, other := netip.AddrFrom4([4]byte{10, 2, byte(i >> 8), byte(i)}), netip.AddrFrom4([4]byte{10, 3, byte(i >> 8), byte(i)})
		s.batch.Lease(evidence.Lease{Ref: s.ref("frame"), Client: own, HostName: "ws-07"})
		s.batch.Lease(evidence.Lease{Ref: s.ref("frame"), Client: other, HostName: fmt.Sprintf("printer%d", i)})
		s.conn(uint16(i), noon.Add(time.Duration(i)*time.Second), time.Second)
		s.batch.Conns[i].Orig = netip.AddrPortFrom(other, 50000)
	}
	began := time.Now()
	c := s.run()
	last := ""
	for l := range c.Links {
		last = l.Host.Name
	}
	if took := time.Since(began); took > 20*time.Second || last != fmt.Sprintf("printer%d", many-1) || len(c.Hosts[0].Addrs) != many+1 {
		t.Errorf("after %v the last host is %q, the first has %d addresses", took, last, len(c.Hosts[0].Addrs))
	}
}
