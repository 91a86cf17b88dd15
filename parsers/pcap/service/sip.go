package service

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

var sipMethods = []string{"INVITE ", "ACK ", "BYE ", "CANCEL ", "OPTIONS ", "REGISTER ", "PRACK ", "SUBSCRIBE ", "NOTIFY ", "PUBLISH ", "INFO ", "REFER ", "MESSAGE ", "UPDATE "}

// sipRequest recognises a request line: https://www.rfc-editor.org/rfc/rfc3261#section-7
func sipRequest(b []byte, closed bool) verdict {
	if v := prefixes(b, sipMethods...); v != yes {
		return v
	}
	said, v := line(b, closed)
	if v == yes && !bytes.HasSuffix(said, []byte(" SIP/2.0")) {
		return no
	}
	return v
}

func matchSIPDatagram(c Chunk, _ *opening) verdict {
	if sipRequest(c.Data, true) == yes {
		return asks(c.Side)
	}
	if prefix(c.Data, "SIP/2.0 ") == yes {
		return asks(c.Side.other())
	}
	return no
}

// sipReader looks for the descriptions of media, which name where RTP will be awaited: https://www.rfc-editor.org/rfc/rfc8866,
// https://www.rfc-editor.org/rfc/rfc3605
type sipReader struct {
	lineReader
	own      netip.Addr // of the description as a whole
	media    media      // the one that is being described
	expected []Expectation
}

// A media is one line of a description that names a port, with what follows it.
type media struct {
	side    Side
	at      netip.AddrPort
	control netip.AddrPort
	shared  bool // control messages come to the same port
}

func openSIP(sc scene) analyzer {
	s := &sipReader{lineReader: lineReader{scene: sc}}
	s.heard = s.describes
	return s
}

// describes takes a line of a description.
func (s *sipReader) describes(side Side, line []byte) {
	if len(line) < 2 || line[1] != '=' {
		return
	}
	switch kind, value := line[0], string(line[2:]); {
	case kind == 'v':
		s.flush()
		s.own = netip.Addr{}
	case kind == 'm':
		s.flush()
		s.media = media{side: side, at: netip.AddrPortFrom(s.own, rtpPort(value))}
	case kind == 'c' && s.media.at.Port() == 0:
		s.own = connectionAddress(value)
	case kind == 'c':
		s.media.at = netip.AddrPortFrom(connectionAddress(value), s.media.at.Port())
	case kind == 'a' && value == "rtcp-mux":
		s.media.shared = true
	case kind == 'a' && strings.HasPrefix(value, "rtcp:"):
		port, where, _ := strings.Cut(strings.TrimPrefix(value, "rtcp:"), " ")
		n, _ := strconv.ParseUint(port, 10, 16)
		s.media.control = netip.AddrPortFrom(connectionAddress(where), uint16(n))
	}
}

// rtpPort is the port of a line like "audio 49170 RTP/AVP 0", 0 where it is refused or not for RTP over UDP.
func rtpPort(value string) uint16 {
	words := strings.Fields(value)
	if len(words) < 3 || !strings.Contains(words[2], "RTP/") || strings.HasPrefix(words[2], "TCP/") {
		return 0
	}
	port, _, _ := strings.Cut(words[1], "/")
	n, _ := strconv.ParseUint(port, 10, 16)
	return uint16(n)
}

// connectionAddress reads "IN IP4 192.0.2.1"; the zero address where a name stands.
func connectionAddress(value string) netip.Addr {
	words := strings.Fields(value)
	if len(words) != 3 {
		return netip.Addr{}
	}
	text, _, _ := strings.Cut(words[2], "/")
	addr, _ := netip.ParseAddr(text)
	return addr
}

// flush announces the media described. Control messages go to the next port unless another is named.
func (s *sipReader) flush() {
	m := s.media
	s.media = media{}
	if m.at.Port() == 0 || m.at.Addr().IsValid() && m.at.Addr().IsUnspecified() {
		return
	}
	s.expect(m.side, m.at)
	switch {
	case m.shared:
	case m.control.Port() != 0 && !m.control.Addr().IsValid():
		s.expect(m.side, netip.AddrPortFrom(m.at.Addr(), m.control.Port()))
	case m.control.Port() != 0:
		s.expect(m.side, m.control)
	case m.at.Port() != 65535:
		s.expect(m.side, netip.AddrPortFrom(m.at.Addr(), m.at.Port()+1))
	}
}

// maxExpected bounds what one piece of a conversation announces.
const maxExpected = 32

func (s *sipReader) expect(side Side, at netip.AddrPort) {
	if len(s.expected) < maxExpected {
		s.expected = append(s.expected, Expectation{Protocol: "rtp", Transport: evidence.UDP, Side: side, At: at, Unless: true})
	}
}

func (s *sipReader) expects() []Expectation {
	s.flush()
	all := s.expected
	s.expected = nil
	return all
}
