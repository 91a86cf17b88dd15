package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	bare       = "203.0.113.7"
	oldAgent   = "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"
	shellAgent = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1"
	windowsGet = "Microsoft-Delivery-Optimization/10.0"
)

func web(h evidence.HTTP) evidence.App {
	if h.Requests == 0 {
		h.Requests = 1
	}
	return evidence.App{Protocol: "http", HTTP: &h}
}

func hello(t evidence.TLS) evidence.App { return evidence.App{Protocol: "tls", TLS: &t} }

const plain = "203.0.113.7:80"

func TestBareAddress(t *testing.T) {
	rows(t, bareAddress, []row{
		{"address", "services that people use have names", func(s *scene) { s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{bare}}))) }, 25},
		{"address and port", "the same", func(s *scene) { s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{bare + ":80"}}))) }, 25},
		{"name", "ordinary", func(s *scene) { s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{"www.example"}}))) }, 0},
	})
}

func TestNoName(t *testing.T) {
	rows(t, noName, []row{
		{"nobody asked", "the log shows what was asked for, and not this", func(s *scene) { s.lookup(nil, "www.example", 1); s.link(s.process(ordinary), outside) }, 25},
		{"asked", "ordinary", func(s *scene) {
			s.lookup(nil, "www.example", 1)
			s.link(s.process(ordinary), outside, asked("www.example"))
		}, 0},
		{"asks without end", "not all names are known", func(s *scene) {
			s.link(nil, "10.1.0.2:53", overUDP, seen(60, 200, evidence.App{Protocol: "dns", Confirmed: true, Content: true, DNS: &evidence.DNS{Total: evidence.MaxQuestions + 1}}))
			s.link(s.process(ordinary), outside)
		}, 0},
		{"look-ups not logged", "cannot be told", func(s *scene) { s.link(s.process(ordinary), outside) }, 0},
		{"domain service", "found through the directory", func(s *scene) {
			s.lookup(nil, "www.example", 1)
			s.link(s.process(system32+"lsass.exe"), "10.1.0.2:88")
		}, 0},
		{"began before the capture", "may have been asked for before it", func(s *scene) {
			s.lookup(nil, "www.example", 1)
			s.link(nil, outside, seen(5, 5, speaks("tls")), midStream)
		}, 0},
	})
}

func TestUnrecognised(t *testing.T) {
	rows(t, unrecognised, []row{
		{"both talk", "most products speak HTTP or TLS", func(s *scene) { s.link(nil, "203.0.113.7:6001", seen(500, 500, evidence.App{}), unknownContent) }, 25},
		{"one talks", "a dead service", func(s *scene) { s.link(nil, "203.0.113.7:6001", seen(500, 0, evidence.App{}), unknownContent) }, 0},
		{"database", "a known service whose protocol is not dissected", func(s *scene) { s.link(nil, "203.0.113.7:1521", seen(500, 500, evidence.App{}), unknownContent) }, 0},
		{"no content", "a sensor's log without services", func(s *scene) { s.link(nil, "203.0.113.7:6001", seen(500, 500, evidence.App{})) }, 0},
	})
}

func TestTLSHello(t *testing.T) {
	greet := func(s *scene, p *correlate.Process, peer, ja4 string) {
		s.link(p, peer, seen(5, 5, hello(evidence.TLS{SNI: "www.example", JA4: ja4})))
	}
	rows(t, tlsHello, []row{
		{"no name", "libraries fill it in", func(s *scene) { s.link(nil, outside, seen(5, 5, hello(evidence.TLS{JA4: "t13i"}))) }, 25},
		{"another library", "the same program greets otherwise elsewhere", func(s *scene) {
			p := s.process(ordinary)
			greet(s, p, outside, "t12d_b")
			for i := range 3 {
				greet(s, p, fmt.Sprintf("198.51.100.%d:443", i+1), "t13d_a")
			}
		}, 25},
		{"named", "ordinary", func(s *scene) { greet(s, nil, outside, "t13d_a") }, 0},
		{"greeting not seen", "a missing name was not looked for", func(s *scene) { s.link(nil, outside, seen(5, 5, hello(evidence.TLS{}))) }, 0},
	})
}

func TestTLSCertificate(t *testing.T) {
	rows(t, tlsCertificate, []row{
		{"self-signed", "nobody vouches", func(s *scene) {
			s.link(nil, outside, seen(5, 5, hello(evidence.TLS{SelfSigned: evidence.Yes, Subject: "CN=x"})))
		}, 30},
		{"other name", "not the one asked for", func(s *scene) {
			s.link(nil, outside, seen(5, 5, hello(evidence.TLS{SNI: "www.example", Names: []string{"other.example"}})))
		}, 30},
		{"wildcard", "covers one label", func(s *scene) {
			s.link(nil, outside, seen(5, 5, hello(evidence.TLS{SNI: "www.shop.example", Names: []string{"*.shop.example"}})))
		}, 0},
		{"one of very many", "it may be among those that are not kept", func(s *scene) {
			s.link(nil, outside, seen(5, 5, hello(evidence.TLS{SNI: "www.shop.example", Names: []string{"other.example"}, MoreNames: true})))
		}, 0},
		{"not in clear", "TLS 1.3 encrypts it", func(s *scene) { s.link(nil, outside, seen(5, 5, hello(evidence.TLS{SNI: "www.example"}))) }, 0},
		{"remote desktop", "signs its own by default", func(s *scene) {
			s.link(nil, "10.1.0.9:3389", seen(5, 5, hello(evidence.TLS{SelfSigned: evidence.Yes})))
		}, 0},
	})
}

func TestUserAgent(t *testing.T) {
	as := func(agent string) evidence.App {
		return web(evidence.HTTP{Hosts: []string{"www.example"}, Agents: []string{agent}})
	}
	rows(t, userAgent, []row{
		{"interpreter as a browser", "it is none", func(s *scene) { s.link(s.process(powershell), plain, seen(5, 5, as(oldAgent))) }, 35},
		{"unknown, years old", "a browser of this age is unlikely", func(s *scene) { s.link(nil, plain, seen(5, 5, as(oldAgent))) }, 20},
		{"none", "libraries fill it in", func(s *scene) { s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{"www.example"}}))) }, 15},
		{"PowerShell as itself", "begins like a browser and says what it is", func(s *scene) { s.link(s.process(powershell), plain, seen(5, 5, as(shellAgent))) }, 0},
		{"browser", "may say so", func(s *scene) {
			s.link(s.process(`C:\Program Files\Mozilla Firefox\firefox.exe`), plain, seen(5, 5, as(oldAgent)))
		}, 0},
		{"service", "says what it is", func(s *scene) { s.link(s.process(system32+"svchost.exe"), plain, seen(5, 5, as(windowsGet))) }, 0},
	})
}

func TestPolling(t *testing.T) {
	rows(t, polling, []row{
		{"the same three", "over and over", func(s *scene) {
			s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Requests: 60, URIs: []string{"/a", "/b", "/c"}})))
		}, 30},
		{"browsing", "something new each time", func(s *scene) {
			s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Requests: 12, URIs: []string{"/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8"}})))
		}, 0},
		{"more than was kept", "how many different ones is not known", func(s *scene) {
			s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Requests: 900, URIs: []string{"/1"}, More: true})))
		}, 0},
	})
}

func TestFetchesCode(t *testing.T) {
	rows(t, fetchesCode, []row{
		{"program from an address", "programs come from sites with names", func(s *scene) {
			s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{bare}, URIs: []string{"/get/tool.exe?x=1"}})))
		}, 35},
		{"script by a program", "not a browser", func(s *scene) {
			s.link(s.process(powershell), plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{"files.example"}, URIs: []string{"/run.ps1"}})))
		}, 25},
		{"by type", "whatever it is called", func(s *scene) {
			s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{bare}, URIs: []string{"/logo.png"}, Types: []string{"application/x-msdownload; v=1"}})))
		}, 35},
		{"browser", "people download programs", func(s *scene) {
			s.link(s.process(`C:\Program Files\Mozilla Firefox\firefox.exe`), plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{"files.example"}, URIs: []string{"/setup.exe"}})))
		}, 0},
		{"page", "no code", func(s *scene) {
			s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Hosts: []string{bare}, URIs: []string{"/index.html"}})))
		}, 0},
	})
}

func TestHTTPUpload(t *testing.T) {
	bodies := func(up, down uint64) evidence.App {
		return web(evidence.HTTP{Methods: []string{"POST"}, ReqBody: evidence.Measured(up), RespBody: evidence.Measured(down)})
	}
	rows(t, httpUpload, []row{
		{"PUT", "puts a file there", func(s *scene) { s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Methods: []string{"GET", "PUT"}}))) }, 25},
		{"bodies up", "the requests carry the data", func(s *scene) { s.link(nil, plain, seen(5, 5, bodies(mebi, 2000))) }, 25},
		{"form", "small", func(s *scene) { s.link(nil, plain, seen(5, 5, bodies(900, 100))) }, 0},
		{"not measured", "is not 0", func(s *scene) { s.link(nil, plain, seen(5, 5, web(evidence.HTTP{Methods: []string{"POST"}}))) }, 0},
	})
}

// asking makes a DNS connection to the resolver with n names under a domain.
func asking(n int, typ uint16, name func(i int) string) func(*scene) {
	return func(s *scene) {
		d := &evidence.DNS{Total: uint64(n)}
		for i := range n {
			d.Questions = append(d.Questions, evidence.Question{At: s.now, Ref: s.ref("wire.pcap"), Name: name(i), Type: typ, QueryBytes: 90, AnswerBytes: 200})
		}
		s.link(s.process(system32+"svchost.exe"), "10.1.0.2:53", overUDP, seen(uint64(90*n), uint64(200*n), evidence.App{Protocol: "dns", DNS: d}))
	}
}

func coded(i int) string {
	return fmt.Sprintf("%016x%016x.t.example.com", uint64(i)*0x9e3779b97f4a7c15, uint64(i)*0xc2b2ae3d27d4eb4f)
}

func TestDNSTunnel(t *testing.T) {
	rows(t, dnsTunnel, []row{
		{"coded names", "many, long and without words", asking(60, 1, coded), 60},
		{"coded names for text", "and answers that carry data", asking(60, typeTXT, coded), 70},
		{"to a server asked directly", "no domain is needed then", asking(60, 1, func(i int) string { return strings.TrimSuffix(coded(i), ".t.example.com") }), 60},
		{"answers that carry the data", "short names, all text, and much of it", func(s *scene) {
			asking(60, typeTXT, func(i int) string { return fmt.Sprintf("l.%d.example.com", i) })(s)
			for i := range s.links[0].Conn.DNS.Questions {
				s.links[0].Conn.DNS.Questions[i].Texts = 200
			}
		}, 60},
		{"internal domain", "top-level labels of a company's own are not odd", asking(60, 1, func(i int) string { return fmt.Sprintf("ws%d.corp", i) }), 0},
		{"from the host's log", "no capture is needed", func(s *scene) {
			p := s.process(ordinary)
			for i := range 60 {
				s.lookup(p, coded(i), 1)
			}
		}, 60},
		{"many short names", "a large service", asking(60, 1, func(i int) string { return fmt.Sprintf("node%d.example.com", i) }), 0},
		{"few coded names", "content networks use a few", asking(10, 1, coded), 0},
		{"one name often", "polling", asking(200, 1, func(int) string { return "www.example.com" }), 0},
	})
}

// TestTunnelBelongsToWhoAsked: Dnscache sends the questions, the host's log names the asker.
func TestTunnelBelongsToWhoAsked(t *testing.T) {
	s := newScene()
	asking(60, 1, coded)(s)
	p := s.process(ordinary)
	s.lookup(p, coded(1), 1)
	s.links[0].Asked = s.c.Lookups
	found := s.judge(policy.Default()).Findings
	for _, f := range found {
		if f.Peer.Domain == "example.com" {
			if f.Process.Executable != ordinary || f.Sent.N != 60*90 || f.Hypothesis != "tunnel" {
				t.Errorf("tunnel of %q, %d bytes, %s", f.Process.Executable, f.Sent.N, f.Hypothesis)
			}
			return
		}
	}
	t.Errorf("no finding for the domain among %d", len(found))
}

func TestDNSOverHTTPS(t *testing.T) {
	rows(t, dnsOverHTTPS, []row{
		{"program", "has no cause to", func(s *scene) { s.link(s.process(ordinary), outside, asked("dns.google")) }, 35},
		{"browser", "does so by default", func(s *scene) {
			s.link(s.process(`C:\Program Files\Mozilla Firefox\firefox.exe`), outside, asked("dns.google"))
		}, 0},
		{"other name", "no resolver", func(s *scene) { s.link(s.process(ordinary), outside, asked("www.example")) }, 0},
	})
}

func TestRemoteControl(t *testing.T) {
	calls := func(names ...string) evidence.App {
		return evidence.App{Protocol: "dce_rpc", RPC: &evidence.RPC{Endpoints: names}}
	}
	rows(t, remoteControl, []row{
		{"service control", "starts programs elsewhere", func(s *scene) { s.link(nil, "10.1.0.9:49670", seen(5, 5, calls("epmapper", "svcctl"))) }, 40},
		{"name service", "every domain member asks it", func(s *scene) { s.link(nil, "10.1.0.2:49670", seen(5, 5, calls("netlogon"))) }, 0},
		{"lsass", "replicates and looks names up for Windows", func(s *scene) {
			s.link(s.process(system32+"lsass.exe"), "10.1.0.2:49670", seen(5, 5, calls("drsuapi")))
		}, 0},
		{"as a server", "the other side controls", func(s *scene) {
			s.link(s.process(system32+"services.exe"), "10.1.0.9:51000", inbound(49670), seen(5, 5, calls("svcctl")))
		}, 0},
	})
}

func TestAdminShare(t *testing.T) {
	files := func(x evidence.SMB) evidence.App { return evidence.App{Protocol: "smb", SMB: &x} }
	rows(t, adminShare, []row{
		{"program written", "put on another machine", func(s *scene) {
			s.link(nil, "10.1.0.9:445", seen(5, 5, files(evidence.SMB{Files: []string{`tools\run.exe`}, Written: evidence.Measured(9000)})))
		}, 40},
		{"drive share", "administrators only", func(s *scene) {
			s.link(nil, "10.1.0.9:445", seen(5, 5, files(evidence.SMB{Shares: []string{`\\desk02\C$`}})))
		}, 30},
		{"program read", "run from a file server", func(s *scene) {
			s.link(nil, "10.1.0.9:445", seen(5, 5, files(evidence.SMB{Files: []string{`tools\run.exe`}})))
		}, 0},
		{"IPC", "every use of a server begins there", func(s *scene) {
			s.link(nil, "10.1.0.9:445", seen(5, 5, files(evidence.SMB{Shares: []string{`\\desk02\IPC$`}})))
		}, 0},
	})
}
