package world

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
)

// A Conn is a connection that a process opens.
type Conn struct {
	At time.Time
	To netip.AddrPort
	// Name is what the process asked for to get the address, "" when it did not.
	Name string
	Talk transcript.Conversation
	// LocalPort is the port it is sent from, 0 for any.
	LocalPort uint16
	// Pause is how long the client waits before it speaks for the n-th time.
	Pause func(n int) time.Duration
}

// Connect opens a connection, says what is to be said and returns when it was over.
func (p *Process) Connect(c Conn) time.Time {
	h := p.host
	local := h.bind(c)
	h.logConnect(p, c, local)
	return h.w.flow(h, c, local)
}

func (h *Host) bind(c Conn) netip.AddrPort {
	addr, port := h.Addr, c.LocalPort
	if c.To.Addr().Is6() {
		addr = h.Addr6
	}
	if port == 0 {
		port = h.nextPort()
	}
	return netip.AddrPortFrom(addr, port)
}

// Visit looks a name up and opens a connection to it.
func (p *Process) Visit(at time.Time, name string, port uint16, talk transcript.Conversation) time.Time {
	addr, at := p.Lookup(at, name)
	return p.Connect(Conn{At: at, To: netip.AddrPortFrom(addr, port), Name: name, Talk: talk})
}

// Lookup asks for the address of a name and returns it and when it was known.
func (p *Process) Lookup(at time.Time, name string) (netip.Addr, time.Time) {
	return p.lookup(at, name+" A")
}

// Lookup6 asks for the IPv6 address of a name.
func (p *Process) Lookup6(at time.Time, name string) (netip.Addr, time.Time) {
	return p.lookup(at, name+" AAAA")
}

func (p *Process) lookup(at time.Time, question string) (netip.Addr, time.Time) {
	talk, ok := p.host.w.names[question]
	if !ok {
		panic(fmt.Sprintf("no recorded answer for %s: add it to record/names.txt", question))
	}
	answer, at := p.Ask(at, talk)
	return answer.addr(), at
}

// Ask puts a recorded question to the office's name server. The process asks; Dnscache sends it, unless it still knows
// the answer.
func (p *Process) Ask(at time.Time, talk transcript.Conversation) (Answer, time.Time) {
	h := p.host
	answer := readAnswer(talk)
	done := at.Add(time.Millisecond)
	if question := fmt.Sprint(answer.Name, answer.Type); !at.Before(h.cached[question]) {
		done = h.DNSCache.Connect(Conn{At: at, To: netip.AddrPortFrom(DC, 53), Talk: talk}).Add(2 * time.Millisecond)
		h.cached[question] = done.Add(answer.TTL)
	}
	h.logLookup(p, answer, at, done)
	return answer, done
}

// An Answer is what the name server said.
type Answer struct {
	Name  string // without the final dot
	Type  dnsmessage.Type
	Addrs []netip.Addr
	TTL   time.Duration
}

func (a Answer) addr() netip.Addr {
	if len(a.Addrs) == 0 {
		panic(a.Name + ": the recorded answer has no address")
	}
	return a.Addrs[0]
}

// results is the answer as Sysmon and the DNS client write it. Of records without an address they only give the type.
func (a Answer) results() string {
	if len(a.Addrs) == 0 {
		return fmt.Sprintf("type:  %d ;", a.Type)
	}
	var b strings.Builder
	for _, addr := range a.Addrs {
		fmt.Fprintf(&b, "%s;", netip.AddrFrom16(addr.As16()))
	}
	return b.String()
}

// readAnswer takes question and answer from the recorded messages.
func readAnswer(talk transcript.Conversation) Answer {
	var m dnsmessage.Message
	last := talk.Turns[len(talk.Turns)-1]
	if err := m.Unpack(last.Data); err != nil {
		panic(err)
	}
	q := m.Questions[0]
	name := q.Name.String()
	a := Answer{Name: name[:len(name)-1], Type: q.Type}
	for _, r := range m.Answers {
		a.TTL = time.Duration(r.Header.TTL) * time.Second
		switch body := r.Body.(type) {
		case *dnsmessage.AResource:
			a.Addrs = append(a.Addrs, netip.AddrFrom4(body.A))
		case *dnsmessage.AAAAResource:
			a.Addrs = append(a.Addrs, netip.AddrFrom16(body.AAAA))
		}
	}
	return a
}
