package detect

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A sum is what connections add up to.
type sum struct {
	Connections int
	// Sent and Received are payload bytes of the Measured connections, seen from the host.
	Sent, Received evidence.Count
	Measured       int
	locals         []netip.Addr // the host's ends, distinct
	surest         finding.Attribution
	cited          citations
	noted          *evidence.Naming // what a capture file calls a peer that nothing else names
	inner          []string         // distinct
	// captured counts those that a capture or sensor shows, midway those of them that it shows from their middle;
	// dissected tells that content was looked at here and not by a sensor.
	captured, midway int
	dissectedHere    bool
	content          bool // content was seen
	protocols        []votes
	// uploads counts those that sent more than they received, uploaded the bytes they sent.
	uploads  int
	uploaded uint64
}

func (s *sum) add(l *correlate.Link) {
	if s.Connections == 0 || l.Attribution.Confidence > s.surest.Confidence {
		s.surest = l.Attribution
	}
	s.Connections++
	s.locals = include(s.locals, l.Local.Addr())
	s.cited.link(l)
	s.noted = cmp.Or(s.noted, l.Noted)
	s.count(l)
	if l.Conn != nil {
		s.observe(l.Conn)
	}
}

// count adds the bytes of a connection that was measured.
func (s *sum) count(l *correlate.Link) {
	sent, received := l.Sent()
	if sent.Known && received.Known && sent.N > received.N {
		s.uploads, s.uploaded = s.uploads+1, s.uploaded+sent.N
	}
	if !sent.Known && !received.Known {
		return
	}
	s.Measured++
	s.Sent, s.Received = plus(s.Sent, sent), plus(s.Received, received)
}

// plus adds what is known: a link that was not measured does not take away what others measured, since Measured says
// how many were.
func plus(sum, c evidence.Count) evidence.Count {
	if !c.Known {
		return sum
	}
	return evidence.Measured(sum.N + c.N)
}

// observe adds what a capture or sensor saw of the content.
func (s *sum) observe(c *evidence.Conn) {
	s.captured++
	if c.MidStream {
		s.midway++
	}
	s.dissectedHere = s.dissectedHere || c.UID == "" && c.Content
	s.content = s.content || c.Content
	if c.Confirmed && c.Protocol != "" {
		s.vote(c.Protocol, 1)
		s.content = true
	}
	for _, n := range c.Inner {
		if !slices.Contains(s.inner, n) {
			s.inner = append(s.inner, n)
		}
	}
}

// votes are the connections on which content confirmed a protocol. Most usages know one, and there are many usages: a map
// for each would be most of what they take.
type votes struct {
	protocol string
	n        int
}

// maxProtocols bounds them; services whose port is shared by several know a handful.
const maxProtocols = 64

func (s *sum) vote(protocol string, n int) {
	for i := range s.protocols {
		if s.protocols[i].protocol == protocol {
			s.protocols[i].n += n
			return
		}
	}
	if len(s.protocols) < maxProtocols {
		s.protocols = append(s.protocols, votes{protocol, n})
	}
}

// elected is the protocol that content confirmed on most connections, "" for none.
func (s *sum) elected() string {
	var best votes
	for _, v := range s.protocols {
		if v.n > best.n || v.n == best.n && v.protocol < best.protocol {
			best = v
		}
	}
	return best.protocol
}

// join adds other connections behind these.
func (s *sum) join(o *sum) {
	if s.Connections == 0 || o.surest.Confidence > s.surest.Confidence {
		s.surest = o.surest
	}
	s.Connections += o.Connections
	s.locals = include(s.locals, o.locals...)
	s.Sent, s.Received, s.Measured = plus(s.Sent, o.Sent), plus(s.Received, o.Received), s.Measured+o.Measured
	s.cited.join(o.cited)
	s.noted = cmp.Or(s.noted, o.noted)
	for _, n := range o.inner {
		if !slices.Contains(s.inner, n) {
			s.inner = append(s.inner, n)
		}
	}
	s.captured, s.midway = s.captured+o.captured, s.midway+o.midway
	s.dissectedHere, s.content = s.dissectedHere || o.dissectedHere, s.content || o.content
	for _, v := range o.protocols {
		s.vote(v.protocol, v.n)
	}
	s.uploads, s.uploaded = s.uploads+o.uploads, s.uploaded+o.uploaded
}

// midStream tells whether captures saw connections and none from its beginning, so that first bytes are not known.
func (s *sum) midStream() bool { return s.captured > 0 && s.midway == s.captured }

// include adds addresses that a list does not hold yet, up to maxAddrs.
func include(list []netip.Addr, more ...netip.Addr) []netip.Addr {
	for _, a := range more {
		if len(list) < maxAddrs && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// maxAddrs bounds the addresses that a usage lists; a large service answers with a few dozen.
const maxAddrs = 64
