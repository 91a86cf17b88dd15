package detect

import (
	"fmt"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func speaks(name string) evidence.App { return evidence.App{Protocol: name} }

// unknownContent is payload that nothing recognised.
func unknownContent(l *correlate.Link) { l.Conn.Content = true }

func midStream(l *correlate.Link) { l.Conn.MidStream = true }

func overUDP(l *correlate.Link) { l.Transport = evidence.UDP }

func TestElsewhere(t *testing.T) {
	rows(t, elsewhere, []row{
		{"TLS on a free port", "not its own", func(s *scene) { s.link(nil, "203.0.113.7:6001", seen(500, 500, speaks("tls"))) }, 35},
		{"HTTP where TLS belongs", "passes for HTTPS", func(s *scene) { s.link(nil, outside, seen(500, 500, speaks("http"))) }, 45},
		{"nothing known on the port of HTTPS", "TLS is known by its first bytes", func(s *scene) { s.link(nil, outside, seen(500, 500, evidence.App{}), unknownContent) }, 35},
		{"its own port", "ordinary", func(s *scene) { s.link(nil, outside, seen(500, 500, speaks("tls"))) }, 0},
		{"began before the capture", "the first bytes are not known", func(s *scene) {
			s.link(nil, outside, seen(500, 500, evidence.App{}), unknownContent, midStream)
		}, 0},
		{"calls in the dynamic range", "RPC servers listen there", func(s *scene) { s.link(nil, "10.1.0.9:49670", seen(500, 500, speaks("dce_rpc"))) }, 0},
		{"no content", "a port alone says nothing here", func(s *scene) { s.link(s.process(ordinary), "203.0.113.7:6001") }, 0},
	})
}

func TestUncommonPort(t *testing.T) {
	rows(t, uncommonPort, []row{
		{"free port", "no ordinary client uses it", func(s *scene) { s.link(s.process(ordinary), "203.0.113.7:6001") }, 35},
		{"alternative port", "few products use it", func(s *scene) { s.link(s.process(ordinary), "203.0.113.7:8443") }, 25},
		{"RPC inside", "domain services listen in the dynamic range", func(s *scene) { s.link(s.process(ordinary), "10.1.0.9:49670") }, 0},
		{"said already", "port.protocol-elsewhere speaks of confirmed protocols", func(s *scene) { s.link(nil, "203.0.113.7:6001", seen(5, 5, speaks("tls"))) }, 0},
		{"never answered", "nothing was carried", func(s *scene) { s.link(nil, "203.0.113.7:6001", seen(0, 0, evidence.App{})) }, 0},
		{"HTTPS", "ordinary", func(s *scene) { s.link(s.process(ordinary), outside) }, 0},
	})
}

func TestForeignService(t *testing.T) {
	rows(t, foreignService, []row{
		{"Kerberos", "Windows leaves it to lsass.exe", func(s *scene) { s.link(s.process(ordinary), "10.1.0.2:88") }, 45},
		{"directory", "queried by a script", func(s *scene) { s.link(s.process(powershell), "10.1.0.2:389") }, 35},
		{"RPC by the dynamic range", "after the endpoint mapper", func(s *scene) { s.link(s.process(ordinary), "10.1.0.2:49670") }, 35},
		{"right name, wrong folder", "a copy in Downloads is not lsass.exe", func(s *scene) { s.link(s.process(`C:\Users\ann\Downloads\lsass.exe`), "10.1.0.2:88") }, 45},
		{"lsass itself", "its work", func(s *scene) { s.link(s.process(system32+"lsass.exe"), "10.1.0.2:88") }, 0},
		{"HTTPS", "any program may", func(s *scene) { s.link(s.process(ordinary), outside) }, 0},
		{"unknown process", "cannot be told", func(s *scene) { s.link(nil, "10.1.0.2:88") }, 0},
	})
}

func TestLeavesLocal(t *testing.T) {
	rows(t, leavesLocal, []row{
		{"SMB to the internet", "carries credentials out", func(s *scene) { s.link(s.process("System"), "203.0.113.7:445") }, 50},
		{"confirmed on another port", "the content decides", func(s *scene) { s.link(nil, "203.0.113.7:8445", seen(5, 5, speaks("smb"))) }, 50},
		{"SMB inside", "file servers", func(s *scene) { s.link(s.process("System"), "10.1.0.9:445") }, 0},
		{"HTTPS to the internet", "ordinary", func(s *scene) { s.link(s.process(ordinary), outside) }, 0},
	})
}

func TestManages(t *testing.T) {
	directory := func(s *scene) { s.link(s.process(system32+"lsass.exe"), "10.1.0.2:88") }
	rows(t, manages, []row{
		{"workstation to workstation", "they do not manage each other", func(s *scene) { s.link(s.process(ordinary), "10.1.0.9:5985") }, 30},
		{"a server", "servers are managed every day", func(s *scene) { directory(s); s.link(s.process(ordinary), "10.1.0.2:5985") }, 20},
		{"event forwarding", "svchost.exe speaks WinRM by itself", func(s *scene) { s.link(s.process(system32+"svchost.exe"), "10.1.0.9:5985") }, 0},
		{"files from a server", "not known who, and everybody does", func(s *scene) { directory(s); s.link(nil, "10.1.0.2:445") }, 0},
	})
}

func TestListener(t *testing.T) {
	rows(t, listener, []row{
		{"editor that answers", "has no server function", func(s *scene) { s.link(s.process(system32+"notepad.exe"), "10.1.0.9:51000", inbound(4000)) }, 40},
		{"service", "there to be connected to", func(s *scene) { s.link(s.process(system32+"svchost.exe"), "10.1.0.9:51000", inbound(135)) }, 0},
		{"calls out", "not a listener", func(s *scene) { s.link(s.process(system32+"notepad.exe"), outside) }, 0},
	})
}

func TestSweep(t *testing.T) {
	rows(t, sweep, []row{
		{"ports of one machine", "ordinary programs know where they want to go", func(s *scene) {
			for port := range 40 {
				s.link(nil, fmt.Sprintf("10.1.0.9:%d", 1000+port), seen(0, 0, evidence.App{}))
			}
		}, 45},
		{"a server that is gone", "one service tried again and again", func(s *scene) {
			for range 40 {
				s.link(nil, "10.1.0.9:8080", seen(0, 0, evidence.App{}))
			}
		}, 0},
		{"not measured", "a host's log does not tell whether anybody answered", func(s *scene) {
			p := s.process(ordinary)
			for port := range 40 {
				s.link(p, fmt.Sprintf("10.1.0.9:%d", 1000+port))
			}
		}, 0},
	})
}

func TestSweepIsOneFinding(t *testing.T) {
	s := newScene()
	for port := range 300 {
		s.link(nil, fmt.Sprintf("10.1.0.%d:%d", 10+port%3, 1000+port), seen(0, 0, evidence.App{}))
	}
	us := s.gather(policy.Default()).finish()
	if len(us) != 1 || *us[0].Sweep != (sweepUse{peers: 3, ports: 300, tries: 300}) || us[0].Port != 0 || us[0].Peer != "3 machines" {
		t.Errorf("%d usages, first %+v", len(us), us[0])
	}
}

func TestRelay(t *testing.T) {
	rows(t, relay, []row{
		{"remote desktop through a program", "a foot inside and one outside", func(s *scene) {
			p := s.process(ordinary)
			s.link(p, "127.0.0.1:3389")
			s.link(p, outside)
		}, 45},
		{"web server of its own", "many products talk to themselves", func(s *scene) {
			p := s.process(ordinary)
			s.link(p, "127.0.0.1:8080")
			s.link(p, outside)
		}, 0},
		{"remote desktop client", "its work", func(s *scene) {
			p := s.process(system32 + "mstsc.exe")
			s.link(p, "127.0.0.2:3389")
			s.link(p, outside)
		}, 0},
		{"another process", "not the one that goes outside", func(s *scene) {
			s.link(s.process(ordinary), "127.0.0.1:3389")
			s.link(s.process(ordinary), outside)
		}, 0},
	})
}
