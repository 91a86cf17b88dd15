package service

import (
	"bytes"
	"math"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// HTTP/1: https://www.rfc-editor.org/rfc/rfc9112

const (
	// maxHead bounds the header section of a message.
	maxHead = 64 << 10
	// maxPipelined bounds the requests whose responses are awaited.
	maxPipelined = 256
	toTheEnd     = math.MaxUint64 // the length of a body that ends with the connection
)

// httpPart says what a side is in the middle of.
type httpPart uint8

const (
	inHead    httpPart = iota // the start line and the header fields
	inBody                    // a body, or a chunk of one, of known length
	inSize                    // the line before a chunk
	inTrailer                 // the lines after the last chunk
	inDoubt                   // what a client sends behind CONNECT before it is answered
	inTunnel                  // whatever was agreed on: CONNECT, WebSocket
	inMystery                 // lost: a gap swallowed the place where the next message begins
	inHTTP2                   // the frames of HTTP/2
)

// An httpSide reads the messages of one direction.
type httpSide struct {
	part    httpPart
	buf     []byte
	left    uint64 // of the body or chunk
	scanned int    // how far the search for the next message has come
	chunked bool
	body    evidence.Count
}

type httpReader struct {
	scene   scene
	sides   [2]httpSide
	client  Side
	known   bool // which side is the client
	methods []string
	http    evidence.HTTP
	logon   logon
	two     *http2Reader // once the connection has changed to HTTP/2
	upgrade string
	// inner reads a tunnel, ws unpacks WebSocket messages into it.
	inner *Session
	ws    [2]*webSocket
}

func openHTTP(sc scene) analyzer {
	h := &httpReader{scene: sc, client: sc.client}
	for i := range h.sides {
		h.sides[i].body = evidence.Measured(0)
	}
	return h
}

func (h *httpReader) feed(c Chunk) {
	s := &h.sides[c.Side]
	if c.Gap > 0 {
		h.gap(s, c)
	}
	b, kept := c.Data, len(s.buf)
	if kept > 0 {
		b = append(s.buf, b...)
		s.buf = b // the array may have grown: it is kept, whatever is left in it
	}
	for len(b) > 0 {
		n, more := h.step(s, c, b, kept)
		if b = b[n:]; more {
			break
		}
		kept = 0
	}
	if len(b) == len(s.buf) {
		return // it lies where it lay
	}
	s.buf = append(s.buf[:0], b...)
}

// step takes the next bytes of a side; more tells that the rest is not enough to go on. The first kept bytes of b were
// there before.
func (h *httpReader) step(s *httpSide, c Chunk, b []byte, kept int) (n int, more bool) {
	switch s.part {
	case inBody:
		n := min(s.left, uint64(len(b)))
		s.body.N += n
		s.pass(n)
		return int(n), false
	case inTunnel:
		h.tunnelled(c.with(b))
		return len(b), false
	case inHead:
		return h.head(s, c, b, kept)
	case inSize, inTrailer:
		return h.line(s, b)
	case inMystery:
		return s.search(b)
	case inHTTP2:
		h.two.feed(c.with(b))
	case inDoubt:
		if len(b) <= maxHead {
			return 0, true
		}
		s.lose()
	}
	return len(b), false
}

// gap moves over missed bytes. A body of known length says how many of them were its own.
func (h *httpReader) gap(s *httpSide, c Chunk) {
	switch {
	case s.part == inTunnel:
		c.Data = nil
		h.tunnelled(c)
	case s.part == inBody && c.Gap <= s.left:
		s.body.N += c.Gap
		s.pass(c.Gap)
	case s.part == inHTTP2:
		h.two.gap(c)
	default:
		s.lose()
	}
}

// lose gives up following this side until a message is found to begin.
func (s *httpSide) lose() {
	s.part, s.chunked, s.buf, s.body, s.scanned = inMystery, false, nil, evidence.Count{}, 0
}

// pass moves on in a body.
func (s *httpSide) pass(n uint64) {
	if s.left != toTheEnd {
		s.left -= n
	}
	if s.left > 0 {
		return
	}
	s.part = inHead
	if s.chunked {
		s.part = inSize
	}
}

// search looks for the beginning of a message.
func (s *httpSide) search(b []byte) (n int, more bool) {
	at, scanned := startOfHTTP(b, s.scanned)
	if at < 0 {
		past := max(0, len(b)-maxLine)
		s.scanned = max(0, scanned-past)
		return past, true
	}
	s.part, s.scanned = inHead, 0
	return at, false
}

// head reads a header section, if one begins here.
func (h *httpReader) head(s *httpSide, c Chunk, b []byte, kept int) (n int, more bool) {
	start := len(b) - len(bytes.TrimLeft(b, "\r\n"))
	switch {
	case start == len(b):
		return start, false
	case bytes.IndexByte(b[start:max(start, kept)], '\n') < 0 && httpRequest(b[start:], false) == no && httpResponse(b[start:], false) == no:
		s.lose()
		return start, false
	case bytes.IndexByte(b[min(kept, len(b)):], '\n') >= 0:
		n = endOfHead(b, max(start, kept-len("\n\r")))
	}
	if n > 0 {
		h.message(s, c, b[start:n])
		return n, false
	}
	if len(b) > maxHead {
		s.lose()
		return len(b), false
	}
	return 0, true
}

// line reads the line before a chunk or one after the last chunk.
func (h *httpReader) line(s *httpSide, b []byte) (n int, more bool) {
	n = bytes.IndexByte(b, '\n') + 1
	switch {
	case n == 0 && len(b) > maxLine:
		s.lose()
		return len(b), false
	case n == 0:
		return 0, true
	case s.part == inSize:
		s.chunkSize(b[:n])
	case len(bytes.TrimSpace(b[:n])) == 0:
		s.part, s.chunked = inHead, false
	}
	return n, false
}

// endOfHead is where the header section ends that b begins with, 0 when it is not whole. It does not end before from.
func endOfHead(b []byte, from int) int {
	for at := from; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return 0
		}
		at += i + 1
		if bytes.HasPrefix(b[at:], []byte("\r\n")) {
			return at + 2
		}
		if bytes.HasPrefix(b[at:], []byte("\n")) {
			return at + 1
		}
	}
}

func (h *httpReader) done() bool {
	return h.two == nil && h.inner != nil && h.inner.Done()
}

func (h *httpReader) describe(r *Result) {
	found := h.http
	found.ReqBody, found.RespBody = h.sides[h.client].body, h.sides[h.client.other()].body
	r.HTTP = &found
	h.logon.describe(r)
	if h.known {
		r.Client, r.ClientKnown = h.client, true
	}
	if h.ws[Orig] != nil {
		r.Inner = append(r.Inner, "websocket")
	}
	r.within(h.inner)
}
