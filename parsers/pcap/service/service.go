// Package service tells application protocols from content. It sees payload only, never ports: a port suggests, content
// confirms.
//
// A Session keeps the beginning of both directions until a line of the list (list.go) recognises it, then hands
// everything to that protocol's analyzer. What runs inside a tunnel or after an upgrade is a Session of its own, fed by
// the analyzer around it.
package service

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Side is a direction of a connection.
type Side uint8

// The directions.
const (
	Orig Side = iota
	Resp
)

// other is the opposite direction.
func (s Side) other() Side { return 1 - s }

// A Chunk is the next contiguous payload of one side of a TCP connection in sequence order, or one UDP datagram.
type Chunk struct {
	At    time.Time
	Frame uint64
	Side  Side
	// Data is valid during the call only.
	Data []byte
	// Gap is how many bytes the capture missed or cut off directly before Data; Data may be empty then.
	Gap uint64
	// Cut is how many bytes at the end of a UDP datagram the snaplen cut off.
	Cut uint32
}

// with is the chunk with other data that directly follows what came before.
func (c Chunk) with(data []byte) Chunk {
	c.Data, c.Gap = data, 0
	return c
}

// A Result is what a Session knows so far.
type Result struct {
	evidence.App
	// Client tells which side of the chunks spoke as the client, when the content settled it; ClientKnown says so. It
	// tells who opened connections that began before the capture.
	Client      Side
	ClientKnown bool
	// DHCP holds the requests and grants of addresses, in order.
	DHCP []DHCPMessage
}

// A Session follows the content of one connection.
//
// Whoever listens to the connection calls Feed with the chunks of both sides, TCP in sequence order per side, and may stop
// once Done says that nothing more is wanted.
type Session struct {
	scene   scene
	opening *opening // nil when nothing is kept
	copied  bool     // the opening is another session's
	found   *protocol
	verdict verdict
	reader  analyzer
	content bool
	tries   int // windows that ended without a match
	// waiting: a window ended without a match; the next one begins when another than last speaks.
	waiting bool
	last    Side
	over    bool
}

// A scene is what an analyzer may know of the connection it reads.
type scene struct {
	pool      *Pool
	transport evidence.Transport
	ends      [2]netip.Addr
	client    Side
	depth     int
}

// An analyzer reads a connection whose protocol is known.
type analyzer interface {
	// feed takes what Session.Feed takes, from the first byte on.
	feed(c Chunk)
	// describe adds what was learned; it changes nothing and may be called at any time.
	describe(r *Result)
	// done tells that further content cannot change the description.
	done() bool
}

// maxDepth bounds how many protocols may lie inside one another.
const maxDepth = 5

// inside starts a session for what the connection carries, as a stream.
func (sc scene) inside() *Session {
	sc.depth++
	return &Session{scene: sc, over: sc.depth > maxDepth}
}

// insideStream does the same where a connection over UDP carries a stream.
func (sc scene) insideStream() *Session {
	return sc.inside().scene.as(evidence.TCP)
}

// as starts a session for the same content over another transport.
func (sc scene) as(t evidence.Transport) *Session {
	sc.transport = t
	return &Session{scene: sc}
}

// SetEnds tells the addresses of both sides, in any order, before the first chunk. They are used for one thing only: mDNS
// and LLMNR are DNS messages sent to multicast groups of their own, and some of their questions are the same bytes as a
// DNS question. Ports are not asked for.
func (s *Session) SetEnds(a, b netip.Addr) { s.scene.ends = [2]netip.Addr{a, b} }

// Feed takes the next chunk. It keeps no reference to c.Data.
func (s *Session) Feed(c Chunk) {
	s.content = s.content || len(c.Data) > 0
	switch {
	case s.over:
	case s.reader != nil:
		s.reader.feed(c)
	case s.scene.transport == evidence.UDP:
		s.datagram(c)
	default:
		s.stream(c)
	}
}

// Done tells that further content cannot change the result.
func (s *Session) Done() bool { return s.over || s.reader != nil && s.reader.done() }

// Held is about how many bytes of memory the connection takes because its protocol is not known yet.
func (s *Session) Held() int {
	if s.opening == nil {
		return 0
	}
	return s.opening.held()
}

// Result returns what is known; it may be called at any time, and finishes open messages when the connection is over.
func (s *Session) Result() (r Result) {
	s.tell(&r)
	return r
}

// tell fills an empty result.
func (s *Session) tell(r *Result) {
	end := s
	if s.opening != nil && s.scene.transport != evidence.UDP {
		end = s.ended()
	}
	r.Content = s.content
	if end.reader == nil {
		return
	}
	r.Protocol, r.Confirmed = end.found.name, true
	r.Client, r.ClientKnown = end.verdict.client()
	end.reader.describe(r)
}

// read hands the connection, from its beginning, to the analyzer of the protocol found.
func (s *Session) read(p *protocol, v verdict) {
	s.found, s.verdict = p, v
	s.scene.client, _ = v.client()
	s.reader = nameOnly{}
	if p.open != nil {
		s.reader = p.open(s.scene)
	}
	for i := range s.opening.pieces {
		s.reader.feed(s.opening.chunk(i))
	}
	s.letGo()
}

// within adds what runs inside to the description of the protocol around it. Details are taken where the outer
// protocol has none of that kind.
func (r *Result) within(s *Session) {
	if s == nil {
		return
	}
	in := s.Result()
	if in.Protocol == "" {
		return
	}
	r.Inner = append(append(r.Inner, in.Protocol), in.Inner...)
	r.borrow(&in.App)
}

func (r *Result) borrow(in *evidence.App) {
	take(&r.HTTP, in.HTTP)
	take(&r.TLS, in.TLS)
	take(&r.DNS, in.DNS)
	take(&r.SMB, in.SMB)
	take(&r.RDP, in.RDP)
	take(&r.SSH, in.SSH)
	take(&r.RPC, in.RPC)
	take(&r.Kerberos, in.Kerberos)
	take(&r.NTLM, in.NTLM)
}

func take[T any](to **T, from *T) {
	if *to == nil {
		*to = from
	}
}
