package service

import (
	"strconv"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// isHTTP2 tells whether an Upgrade field names HTTP/2.
func isHTTP2(upgrade string) bool { return strings.Contains(upgrade, "h2c") }

// http2Fields is the part of a frame that holds header fields.
func http2Fields(kind, flags byte, b []byte) []byte {
	c := cursor{b: b}
	if flags&http2Padded != 0 {
		n := c.u8()
		c.b = c.b[:max(0, len(c.b)-n)]
	}
	if kind == http2Headers && flags&http2Priority != 0 {
		c.take(5)
	}
	if kind == http2Promise {
		c.take(4)
	}
	return c.b
}

// fields adds to the header block and reads it at its end. The block must be read even where nobody asks for what it says,
// because later ones refer to it.
func (t *http2Reader) fields(s *http2Side, c Chunk, flags byte, b []byte) {
	if s.table == nil {
		return
	}
	s.block = append(s.block, b...)
	if len(s.block) > maxHead {
		s.table = nil
		return
	}
	if flags&http2EndHeaders == 0 {
		return
	}
	var m http2Message
	s.table.SetEmitFunc(m.field)
	_, err := s.table.Write(s.block)
	if err == nil {
		err = s.table.Close()
	}
	s.block = nil
	if err != nil {
		s.table = nil
		return
	}
	if s.kind == http2Headers {
		t.message(s.of, c.Side, &m)
	}
}

// An http2Message is what the header fields of a message say, or of its trailers: nothing then.
type http2Message struct{ method, path, authority, protocol, status, host, agent, content string }

func (m *http2Message) field(f hpack.HeaderField) {
	switch f.Name {
	case ":method":
		m.method = f.Value
	case ":path":
		m.path = f.Value
	case ":authority":
		m.authority = f.Value
	case ":protocol":
		m.protocol = f.Value
	case ":status":
		m.status = f.Value
	case "host":
		m.host = f.Value
	case "user-agent":
		m.agent = f.Value
	case "content-type":
		m.content = f.Value
	}
}

func (t *http2Reader) message(on uint32, side Side, m *http2Message) {
	h := t.http
	switch {
	case m.method != "" && side == h.client:
		if m.authority == "" {
			m.authority = m.host
		}
		h.asked(m.method, m.path, m.authority, m.agent)
		if m.method == "CONNECT" && h.inner == nil {
			t.tunnel, h.upgrade = on, m.protocol
			h.http.Connect = text([]byte(m.authority))
			h.tunnel(m.protocol != "")
		}
	case m.status != "" && side != h.client:
		status, err := strconv.Atoi(m.status)
		if err != nil || status < 100 || status > 999 {
			return
		}
		h.answered(status, m.content)
	}
}
