package detect

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// questions makes a DNS connection from the host to its resolver, in messages of 40 bytes with answers of 100.
func (s *scene) questions(p *correlate.Process, qs ...evidence.Question) *correlate.Link {
	for i := range qs {
		qs[i].At, qs[i].Ref = s.now, s.ref("wire.pcap")
		qs[i].QueryBytes, qs[i].AnswerBytes = 40, 100
	}
	n := uint64(len(qs))
	return s.link(p, "10.1.0.2:53", overUDP, seen(40*n, 100*n, evidence.App{Protocol: "dns", DNS: &evidence.DNS{Questions: qs, Total: n}}))
}

func question(name string, typ uint16) evidence.Question {
	return evidence.Question{Name: name, Type: typ}
}

// bySensor takes the sizes of the messages away, which sensors do not log.
func bySensor(l *correlate.Link) {
	for i := range l.Conn.DNS.Questions {
		l.Conn.DNS.Questions[i].QueryBytes, l.Conn.DNS.Questions[i].AnswerBytes = 0, 0
	}
}

func TestNames(t *testing.T) {
	const dnscache = system32 + "svchost.exe"
	for _, r := range []struct {
		name  string
		why   string
		scene func(*scene)
		// want has a line for each use: program, domain, queries, different names, characters, bits, types, bytes out, in
		// and of texts, and whether the host's log says who asked.
		want []string
	}{
		// www has one letter: 0 bits. mail has four different ones: 4 * 1/4 * log2(4) = 2 bits. (3+4)/2 and (0+2)/2.
		{"wire", "each different name counts once in the means", func(s *scene) {
			s.questions(s.process(dnscache), question("www.example.com", 1), question("mail.example.com", 28), question("www.example.com", 28))
		}, []string{"svchost.exe example.com 3/2 3.5 1.0 [{28 2} {1 1}] 120 300 0 sent"}},
		// aab: 2/3 * log2(3/2) + 1/3 * log2(3) = 0.39 + 0.53 = 0.92 bits. Dots are no characters: a.ab is the same three.
		{"labels", "all below the registered domain, which the public suffix decides", func(s *scene) {
			s.questions(s.process(dnscache), question("aab.shop.co.uk", 1), question("a.ab.shop.co.uk", 1))
		}, []string{"svchost.exe shop.co.uk 2/2 3.0 0.9 [{1 2}] 80 200 0 sent"}},
		{"domain itself", "nothing stands below it", func(s *scene) {
			s.questions(s.process(dnscache), question("example.com", 15))
		}, []string{"svchost.exe example.com 1/1 0.0 0.0 [{15 1}] 40 100 0 sent"}},
		{"texts", "of TXT and NULL answers", func(s *scene) {
			l := s.questions(s.process(dnscache), question("a.example.com", typeTXT), question("b.example.com", typeNULL))
			l.Conn.DNS.Questions[0].Texts, l.Conn.DNS.Questions[1].Texts = 30, 12
		}, []string{"svchost.exe example.com 2/2 1.0 0.0 [{10 1} {16 1}] 80 200 42 sent"}},
		{"log alone", "not measured is not 0, and Sysmon does not state the type", func(s *scene) {
			s.lookup(s.process(ordinary), "Www.Example.com", 0)
		}, []string{"client.exe example.com 1/1 3.0 0.0 [] - - - logged"}},
		{"one link for two", "each question belongs to who asked for its name", func(s *scene) {
			one, two := s.process(ordinary), s.process(powershell)
			l := s.questions(s.process(dnscache), question("ab.example.com", 1), question("cd.example.com", 1), question("ef.example.com", 1))
			s.lookup(one, "ab.example.com", 1)
			s.lookup(two, "CD.example.com", 1)
			l.Asked = s.c.Lookups
		}, []string{"client.exe example.com 2/2 2.0 1.0 [{1 2}] 80 200 0 logged", "powershell.exe example.com 1/1 2.0 1.0 [{1 1}] 40 100 0 logged"}},
		{"from the cache", "who asked for what the wire shows of another is not left out", func(s *scene) {
			s.questions(s.process(dnscache), question("ab.example.com", 1))
			s.lookup(s.process(ordinary), "ab.example.com", 1)
		}, []string{"client.exe example.com 1/1 2.0 1.0 [{1 1}] - - - logged", "svchost.exe example.com 1/1 2.0 1.0 [{1 1}] 40 100 0 sent"}},
		{"nobody in the log", "a look-up without a process adds nothing to the wire", func(s *scene) {
			s.questions(s.process(dnscache), question("ab.example.com", 1))
			s.lookup(nil, "ab.example.com", 1)
		}, []string{"svchost.exe example.com 1/1 2.0 1.0 [{1 1}] 40 100 0 sent"}},
		{"sensor, one domain", "the payload is the messages", func(s *scene) {
			bySensor(s.questions(nil, question("ab.example.com", 1), question("ab.example.com", 28)))
		}, []string{"- example.com 2/1 2.0 1.0 [{1 1} {28 1}] 80 200 0 sent"}},
		{"sensor, two domains", "the payload cannot be divided", func(s *scene) {
			bySensor(s.questions(nil, question("ab.example.com", 1), question("ab.example.net", 1)))
		}, []string{"- example.com 1/1 2.0 1.0 [{1 1}] - - 0 sent", "- example.net 1/1 2.0 1.0 [{1 1}] - - 0 sent"}},
		{"server", "answers what others ask", func(s *scene) {
			l := s.questions(s.process(dnscache), question("ab.example.com", 1))
			l.Outbound = evidence.No
		}, nil},
		{"no domain", "a server asked directly needs none", func(s *scene) {
			s.questions(nil, question("abcd.q0", 1))
		}, []string{"- - 1/1 6.0 2.6 [{1 1}] 40 100 0 sent"}}, // six different characters: log2(6)
	} {
		t.Run(r.name, func(t *testing.T) {
			s := newScene()
			r.scene(s)
			var got []string
			for _, n := range s.judge(policy.Default()).Names {
				got = append(got, lineOf(&n))
				if n.Host != s.host.Name || len(n.Refs) == 0 || n.RefsTotal != n.Queries || n.First.IsZero() || n.Last.Before(n.First) {
					t.Errorf("use without host, time or citation: %+v", n)
				}
			}
			if !slices.Equal(got, r.want) {
				t.Errorf("%s:\n got %q\nwant %q", r.why, got, r.want)
			}
		})
	}
}

func lineOf(n *finding.NameUse) string {
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	bytes := func(c evidence.Count) string {
		if !c.Known {
			return "-"
		}
		return fmt.Sprint(c.N)
	}
	by := "sent"
	if n.Logged {
		by = "logged"
	}
	return fmt.Sprintf("%s %s %d/%d %.1f %.1f %v %s %s %s %s", dash(n.Process.Name), dash(n.Domain), n.Queries, n.UniqueNames, n.LabelLength, n.Entropy, n.Types,
		bytes(n.Sent), bytes(n.Received), bytes(n.Texts), by)
}

// TestNamesAreBounded: what is not listed is counted.
func TestNamesAreBounded(t *testing.T) {
	s := newScene()
	l := s.questions(nil, question("", 2), question("10.0.0.1", 1), question("www.example.com", 1))
	l.Conn.DNS.Total += 7 // that were not kept
	s.questions(nil, question("www.example.com", 1)).Remote = netip.MustParseAddrPort("127.0.0.53:53")
	for i := range maxNameUses + 4 {
		s.lookup(nil, fmt.Sprintf("www.site%03d.example", i), uint16(i+1))
	}
	for i := range maxTypes + 3 {
		s.lookup(nil, fmt.Sprintf("n%d.example.org", i), uint16(i+1))
	}
	r := s.judge(policy.Default())
	if len(r.Names) != maxNameUses || r.NamesLeftOut != 6 || r.QueriesUnlisted != 10 {
		t.Errorf("%d uses, %d left out, %d queries unlisted", len(r.Names), r.NamesLeftOut, r.QueriesUnlisted)
	}
	first, last := r.Names[0], r.Names[len(r.Names)-1]
	if first.Domain != "example.org" || len(first.Types) != maxTypes || first.OtherTypes != 3 || len(first.Refs) != maxNameRefs || first.RefsTotal != maxTypes+3 {
		t.Errorf("first is %+v", first)
	}
	if last.Domain != "site197.example" {
		t.Errorf("last is %s", last.Domain)
	}
}

// TestNamesOfStrangers: machines that are no hosts of the case are told apart by their addresses.
func TestNamesOfStrangers(t *testing.T) {
	s := newScene()
	for _, client := range []string{"198.51.100.8", "198.51.100.7"} {
		l := s.questions(nil, question("www.example.com", 1))
		l.Host, l.Local = nil, netip.AddrPortFrom(netip.MustParseAddr(client), 50000)
		l.Conn.Orig = l.Local
	}
	names := s.judge(policy.Default()).Names
	if len(names) != 2 || names[0].HostAddrs[0].String() != "198.51.100.7" || names[1].HostAddrs[0].String() != "198.51.100.8" {
		t.Errorf("%+v", names)
	}
}
