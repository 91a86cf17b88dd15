package detect

import (
	"net/netip"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A scene is a small case built by hand: one host of a local network and what it did. Every step is one second after
// the one before unless it says otherwise.
type scene struct {
	host  *correlate.Host
	c     *correlate.Case
	links []*correlate.Link
	now   time.Time
	n     uint64
}

func newScene() *scene {
	h := &correlate.Host{Name: "desk01.corp.example", Logged: true, Addrs: []netip.Addr{netip.MustParseAddr("10.1.0.5")}}
	s := &scene{host: h, now: time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)}
	s.c = &correlate.Case{Hosts: []*correlate.Host{h}, Local: func(a netip.Addr) bool { return a.IsPrivate() || a.IsLinkLocalUnicast() }}
	return s
}

func (s *scene) ref(file string) evidence.Ref {
	s.n++
	return evidence.Ref{File: file, Unit: "record", N: s.n}
}

// process starts a process an hour before the scene, unless changed.
func (s *scene) process(image string, change ...func(*correlate.Process)) *correlate.Process {
	s.n++
	p := &correlate.Process{Host: s.host, PID: uint32(1000 + s.n), Start: evidence.InstantOf(s.now.Add(-time.Hour)), Details: &correlate.Details{Image: image,
		Company: "Maker", Product: "Product", Description: "Program", CommandLine: `"` + image + `" /work`, Hashes: "SHA256=00"}}
	p.Cite(s.ref("sysmon.evtx").Place())
	for _, f := range change {
		f(p)
	}
	s.host.Processes = append(s.host.Processes, p)
	return p
}

// link connects from the host; p may be nil.
func (s *scene) link(p *correlate.Process, remote string, change ...func(*correlate.Link)) *correlate.Link {
	s.now = s.now.Add(time.Second)
	s.n++
	l := &correlate.Link{Host: s.host, Process: p, Transport: evidence.TCP, Local: netip.AddrPortFrom(s.host.Addrs[0], uint16(50000+s.n)),
		Remote: netip.MustParseAddrPort(remote), Outbound: evidence.Yes, Start: s.now, End: s.now, Attribution: finding.Attribution{Basis: finding.BasisNone, Reason: "no endpoint log"}}
	if p != nil {
		var log evidence.Batch
		log.Socket(evidence.Socket{Header: evidence.Header{Ref: s.ref("sysmon.evtx")}})
		stated := log.Sockets.At(0)
		l.Sockets = []*evidence.KeptSocket{&stated}
		l.Attribution = finding.Attribution{Basis: finding.BasisHostLog, Confidence: 1}
	}
	for _, f := range change {
		f(l)
	}
	s.links = append(s.links, l)
	return l
}

// seen adds what a capture saw of the link: payload both ways and the content.
func seen(sent, received uint64, app evidence.App) func(*correlate.Link) {
	return func(l *correlate.Link) {
		l.Conn = &evidence.Conn{Ref: evidence.Ref{File: "wire.pcap", Unit: "frame", N: uint64(l.Local.Port())}, Transport: l.Transport, Orig: l.Local, Resp: l.Remote,
			Start: l.Start, End: l.End, App: app}
		l.Conn.Volume.Payload = evidence.Pair{Orig: evidence.Measured(sent), Resp: evidence.Measured(received)}
		if app.Protocol != "" {
			l.Conn.Confirmed, l.Conn.Content = true, true
		}
	}
}

func asked(name string) func(*correlate.Link) {
	return func(l *correlate.Link) { l.Names = []string{name} }
}

func inbound(port uint16) func(*correlate.Link) {
	return func(l *correlate.Link) {
		l.Outbound, l.Local = evidence.No, netip.AddrPortFrom(l.Local.Addr(), port)
	}
}

func (s *scene) lookup(p *correlate.Process, name string, typ uint16) {
	s.now = s.now.Add(time.Second)
	var log evidence.Batch
	log.Lookup(evidence.Lookup{Header: evidence.Header{Ref: s.ref("sysmon.evtx")}, Name: name, Type: typ})
	s.c.Lookups = append(s.c.Lookups, &correlate.Lookup{KeptLookup: log.Lookups[0], Host: s.host, Process: p, At: evidence.InstantOf(s.now)})
}

// gather adds up the connections of the scene.
func (s *scene) gather(p *policy.Policy) *Gathering {
	g := Gather(s.c, p)
	for _, l := range s.links {
		g.Add(l)
	}
	return g
}

// judge is what the scene says under a policy.
func (s *scene) judge(p *policy.Policy) Result { return s.gather(p).Judge() }

func wholeContext(g *Gathering) *Context { return newContext(g, g.finish()) }

// say asks one detector about every usage and returns its facts by peer and port.
func (s *scene) say(d Detector, p *policy.Policy) []finding.Fact {
	c := wholeContext(s.gather(p))
	var out []finding.Fact
	for _, u := range c.Usages {
		out = append(out, d.Find(u, c)...)
	}
	return out
}

// A row is one line of a detector's table.
type row struct {
	name   string
	why    string
	scene  func(*scene)
	points float64 // of the first fact; 0: silent
}

func rows(t *testing.T, d Detector, table []row) {
	t.Helper()
	silent := false
	for _, r := range table {
		t.Run(r.name, func(t *testing.T) {
			s := newScene()
			r.scene(s)
			facts := s.say(d, policy.Default())
			switch {
			case r.points == 0 && len(facts) > 0:
				t.Errorf("%s: says %q, must stay silent", r.why, facts[0].Text)
			case r.points > 0 && len(facts) == 0:
				t.Errorf("%s: silent", r.why)
			case r.points > 0 && facts[0].Points != r.points:
				t.Errorf("%s: %v points, want %v: %s", r.why, facts[0].Points, r.points, facts[0].Text)
			}
			for _, f := range facts {
				if f.Text == "" || f.RefsTotal == 0 || len(f.Refs) == 0 {
					t.Errorf("fact without text or citation: %+v", f)
				}
			}
		})
		silent = silent || r.points == 0
	}
	if !silent {
		t.Error("no row in which the detector must stay silent")
	}
}
