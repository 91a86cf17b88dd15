package detect

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// crowd is a day of a network: a beacon among browsing, polling over HTTP, a scan, and names that carry data.
func crowd() *scene {
	s := newScene()
	begin := s.now
	implant, browser := s.process(`C:\Users\u\AppData\Local\Temp\up.exe`), s.process(`C:\Program Files\Browser\chrome.exe`)
	for i := range 1440 {
		s.now = begin.Add(time.Duration(i)*time.Minute + time.Duration(i%7)*time.Second)
		l := s.link(implant, "198.51.100.7:8443", seen(700, 300, hello(evidence.TLS{JA4: "t12i", SelfSigned: evidence.Yes})))
		for k := range 5 {
			l.Conn.Series = append(l.Conn.Series, evidence.Point{At: s.now.Add(time.Duration(k) * 300 * time.Millisecond), Orig: 140, Resp: 60})
		}
		s.link(browser, fmt.Sprintf("203.0.113.%d:443", i%200), asked(fmt.Sprintf("www%d.example.com", i%50)), seen(900, 40000, hello(evidence.TLS{SNI: "www.example.com", JA4: "t13d"})))
		s.link(nil, "203.0.113.250:80", seen(200, 500, web(evidence.HTTP{Hosts: []string{"203.0.113.250"}, Methods: []string{"GET"}, URIs: []string{"/status"}, Requests: 1, Responses: 1})))
		s.link(nil, fmt.Sprintf("10.1.%d.%d:%d", i%5, i%251, 1000+i), seen(0, 0, evidence.App{}))
		s.link(nil, "10.1.0.2:53", overUDP, seen(60, 200, evidence.App{Protocol: "dns", Confirmed: true, Content: true, DNS: &evidence.DNS{Total: 1, Questions: []evidence.Question{
			{At: s.now, Ref: s.ref("wire.pcap"), Name: fmt.Sprintf("%032x.t.example.net", i*7919), Type: typeTXT, QueryBytes: 60, AnswerBytes: 200, Texts: 150}}}}))
	}
	return s
}

// verdict is what the findings come down to. The score is left out: a rhythm is worth the more, the more calls are told apart.
func verdict(r Result) (out []string) {
	for _, f := range r.Findings {
		line := fmt.Sprintf("%s %s %v %d %d %d", f.Process.Name, f.ID, f.Severity, f.Connections, f.Sent.N, f.RefsTotal)
		for _, x := range f.Facts {
			line += " " + x.ID
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// A case that does not fit is made smaller on the way, and says the same in the end.
func TestLittleRoomSaysTheSame(t *testing.T) {
	s := crowd()
	want := verdict(s.judge(policy.Default()))
	if len(want) < 4 {
		t.Fatalf("only %d findings: %q", len(want), want)
	}
	for _, little := range []struct {
		why  string
		held held
	}{
		{"moments", held{moments: 1 << 11, said: math.MaxInt, usages: math.MaxInt, most: math.MaxInt, names: math.MaxInt}},
		{"content", held{moments: math.MaxInt, said: 50, usages: math.MaxInt, most: math.MaxInt, names: math.MaxInt}},
		{"usages", held{moments: math.MaxInt, said: math.MaxInt, usages: 100, most: math.MaxInt, names: math.MaxInt}},
		{"everything", held{moments: 1 << 11, said: 50, usages: 100, most: math.MaxInt, names: math.MaxInt}},
	} {
		g := Gather(s.c, policy.Default())
		g.held = little.held
		for _, l := range s.links {
			g.Add(l)
		}
		if g.held.moments == 1<<11 && g.held.nowMoments+g.names.moments > 1<<11 {
			t.Errorf("%s: %d moments held", little.why, g.held.nowMoments+g.names.moments)
		}
		if got := verdict(g.Judge()); !slices.Equal(got, want) {
			t.Errorf("little room for %s:\n got %q\nwant %q", little.why, got, want)
		}
	}
}

// A rhythm survives being shrunk, however many moments lie between the calls.
func TestShrunkTimelineKeepsItsCalls(t *testing.T) {
	gap := 4 * time.Second
	whole, small := timeline{}, timeline{}
	at := time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)
	for i := range 400 {
		s := newScene()
		s.now = at.Add(time.Duration(i) * time.Minute)
		l := s.link(nil, outside, seen(500, 500, evidence.App{}))
		for k := range 20 { // a chain that goes on for ten seconds
			l.Conn.Series = append(l.Conn.Series, evidence.Point{At: s.now.Add(time.Duration(k) * 500 * time.Millisecond), Orig: 25, Resp: uint64(25 * (k % 2))})
		}
		whole.add(l, room{moments: math.MaxInt, gap: gap})
		small.add(l, room{moments: 2048, gap: gap})
	}
	if small.amount >= 2048 || whole.amount != 400*21 {
		t.Fatalf("%d moments held, %d in all", small.amount, whole.amount)
	}
	got, all := small.calls(gap)
	if want, _ := whole.calls(gap); !all || !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("%d calls instead of %d", len(got), len(want))
	}
	var sent, received uint64
	for _, l := range small.lines() {
		sent, received = sent+l.Sent, received+l.Recv
	}
	if sent != 400*500 || received != 400*250 {
		t.Errorf("%d bytes sent and %d received are left", sent, received)
	}
}

// A timeline that knows of nothing to join is left alone by shrinking only while it would stay what it is.
func TestTightTimelineStaysAsItIs(t *testing.T) {
	knows, asks := timeline{}, timeline{}
	at := int64(0)
	for i := range 2000 {
		at += int64(i*i%7) * int64(time.Second)
		m := moment{at: at, sent: uint64(i % 3), events: 1, speaks: i%3 > 0}
		knows.packed.add(m)
		asks.packed.add(m)
		if i%5 == 0 {
			for _, most := range []int{1 << 10, 1 << 9, 1 << 9, 1 << 9} {
				asks.tight = 0
				asks.shrink(room{moments: most, gap: 2 * time.Second})
				knows.shrink(room{moments: most, gap: 2 * time.Second})
			}
		}
		if !bytes.Equal(knows.bytes, asks.bytes) || knows.amount != asks.amount || !knows.blurred.Equal(asks.blurred) {
			t.Fatalf("after %d moments: %d and %d are left", i+1, knows.amount, asks.amount)
		}
	}
	if knows.blurred.IsZero() {
		t.Error("never too many")
	}
}

// Where even the calls are too many, the first ones keep their rhythm, and it is said that there are more.
func TestBlurredTimelineSaysSo(t *testing.T) {
	s := newScene()
	g := Gather(s.c, policy.Default())
	g.room.moments = leastMoments
	for range 5000 {
		l := s.link(nil, outside, seen(100, 900, evidence.App{}))
		s.now = s.now.Add(59 * time.Second)
		g.Add(l)
	}
	r := g.Judge()
	if len(r.Findings) != 1 || g.usages[0].amount > leastMoments {
		t.Fatalf("%d findings, %d moments held", len(r.Findings), g.usages[0].amount)
	}
	f := r.Findings[0]
	i := slices.IndexFunc(f.Facts, func(x finding.Fact) bool { return x.ID == regular.Name })
	if i < 0 || f.Facts[i].Numbers[1].Value != 60 || !strings.HasPrefix(f.Facts[i].Text, "the first 32 calls") {
		t.Errorf("facts %+v", f.Facts)
	}
	var sent uint64
	events := 0
	for _, l := range f.Series {
		sent, events = sent+l.Sent, events+l.Events
	}
	if sent != 5000*100 || events != 5000 || f.Connections != 5000 {
		t.Errorf("%d bytes, %d connections in the series, %d in all", sent, events, f.Connections)
	}
}

// Content that finds no room although it says something new is counted, and the finding says so.
func TestContentLeftOutIsSaid(t *testing.T) {
	s := newScene()
	const n = maxNews + 300
	for i := range n {
		s.link(nil, "203.0.113.7:80", seen(100, 900, web(evidence.HTTP{Hosts: []string{"203.0.113.7"}, Agents: []string{fmt.Sprint("agent ", i)}, Requests: 1})))
	}
	r := s.judge(policy.Default())
	want := fmt.Sprintf("the content of %d connections was not looked at", n-maxNews)
	if len(r.Findings) != 1 || !slices.ContainsFunc(r.Findings[0].Missing, func(m string) bool { return strings.HasPrefix(m, want) }) {
		t.Errorf("%d findings, missing %q, want %q", len(r.Findings), r.Findings[0].Missing, want)
	}
}

// A session that names more files than are known by name may hold what nobody looked for: the finding says so.
func TestFilesLeftOutAreSaid(t *testing.T) {
	s := newScene()
	s.link(nil, "203.0.113.7:445", seen(9000, 900, evidence.App{Protocol: "smb", Confirmed: true, Content: true,
		SMB: &evidence.SMB{Files: []string{`plans\new.exe`}, Written: evidence.Measured(9000), More: true}}))
	r := s.judge(policy.Default())
	const want = "connections that named more files and shares over SMB than are looked at: 1"
	if len(r.Findings) != 1 || !slices.Contains(r.Findings[0].Missing, want) {
		t.Errorf("not said in any of %d findings: %+v", len(r.Findings), r.Findings)
	}
}

// Where the peers of unknown programs are too many, the ones that are quiet are judged early: what they did is found all the
// same, and so is what a program that the log names did. What one of them does later has an identity of its own.
func TestTooManyPeersAreJudgedEarly(t *testing.T) {
	s := newScene()
	implant := s.process(`C:\Users\u\AppData\Local\Temp\up.exe`)
	for range 2 {
		for range 20 {
			s.now = s.now.Add(time.Minute)
			s.link(nil, "198.51.100.7:8443", seen(700, 300, hello(evidence.TLS{JA4: "t12i", SelfSigned: evidence.Yes})))
			s.link(implant, "198.51.100.8:8443", seen(700, 300, hello(evidence.TLS{JA4: "t12i", SelfSigned: evidence.Yes})))
		}
		for i := range 1000 {
			s.link(nil, fmt.Sprintf("203.0.%d.%d:443", i/250, 1+i%250), seen(900, 40000, hello(evidence.TLS{SNI: "www.example.com", JA4: "t13d"})))
		}
	}
	g := Gather(s.c, policy.Default())
	g.held.most = 200
	for _, l := range s.links {
		if g.Add(l); len(g.usages) > 200 || len(g.byKey) > 200 {
			t.Fatalf("%d usages held, %d of them by key", len(g.usages), len(g.byKey))
		}
	}
	r := g.Judge()
	ids, unknown, known := map[string]bool{}, 0, 0
	for _, f := range r.Findings {
		if ids[f.ID] {
			t.Errorf("%s is the identity of two findings", f.ID)
		}
		ids[f.ID] = true
		if f.Peer.IPs[0].String() == "198.51.100.7" {
			unknown += f.Connections
		}
		if f.Process.Name == "up.exe" {
			known += f.Connections
		}
	}
	if unknown != 40 || known != 40 || r.Early == 0 {
		t.Errorf("%d of 40 connections of the unknown program and %d of 40 of the known one are in findings; %d judged early", unknown, known, r.Early)
	}
}

// Names that carry data stay, however many others there are.
func TestTooManyNamesAreForgotten(t *testing.T) {
	s := newScene()
	s.host.Logged = false
	ask := func(name string) {
		s.link(nil, "10.1.0.2:53", overUDP, seen(60, 200, evidence.App{Protocol: "dns", Confirmed: true, Content: true, DNS: &evidence.DNS{Total: 1, Questions: []evidence.Question{
			{At: s.now, Ref: s.ref("wire.pcap"), Name: name, Type: typeTXT, QueryBytes: 60, AnswerBytes: 200, Texts: 150}}}}))
	}
	for i := range 2000 {
		ask(fmt.Sprintf("%032x.t.example.net", i*7919))
		ask(fmt.Sprintf("www.example%d.com", i))
	}
	g := Gather(s.c, policy.Default())
	g.held.names = 100
	for _, l := range s.links {
		if g.Add(l); len(g.names.uses) > 100 || len(g.names.byKey) > 100 {
			t.Fatalf("%d uses held", len(g.names.uses))
		}
	}
	r := g.Judge()
	if r.Names[0].Domain != "example.net" || r.Names[0].UniqueNames != 2000 || len(r.Names)+r.NamesLeftOut != 2001 {
		t.Errorf("%d names of %s, %d and %d uses", r.Names[0].UniqueNames, r.Names[0].Domain, len(r.Names), r.NamesLeftOut)
	}
	if !slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Peer.Domain == "example.net" }) {
		t.Error("no finding about the names that carry data")
	}
}

// Clocks may be off by centuries: what a timeline holds is shown all the same, also once it was shrunk.
func TestTimesFarApart(t *testing.T) {
	for _, most := range []int{math.MaxInt, 16} {
		var line timeline
		for i := range 60 {
			at := time.Unix(int64(i%3-1)*9_100_000_000+int64(i), 0).UTC() // 1681, 1970 and 2258
			line.put(finding.Line{At: at, Sent: 7, Events: 1}, room{moments: most, gap: time.Second})
		}
		sent := uint64(0)
		for _, l := range line.lines() {
			sent += l.Sent
		}
		calls, _ := line.calls(time.Second)
		if sent != 60*7 || len(calls) == 0 {
			t.Errorf("%d bytes sent are left, %d calls", sent, len(calls))
		}
	}
}
