package service

import (
	"bytes"
	"math"
	"strconv"
	"strings"

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
	buffered := kept > 0
	if buffered {
		b = append(s.buf, b...)
	}
	all := len(b)
	for len(b) > 0 {
		n, more := h.step(s, c, b, kept)
		if b = b[n:]; more {
			break
		}
		kept = 0
	}
	if buffered && len(b) == all {
		s.buf = b // it lies where it lay
		return
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
		n = endOfHead(b[start:])
	}
	if n > 0 {
		h.message(s, c, b[start:start+n])
		return start + n, false
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

// endOfHead is how long the header section at the beginning of b is, 0 when it is not whole.
func endOfHead(b []byte) int {
	for at := 0; ; {
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

// message reads a whole header section.
func (h *httpReader) message(s *httpSide, c Chunk, unit []byte) {
	first, rest, _ := bytes.Cut(unit, []byte("\n"))
	first = bytes.TrimRight(first, "\r ")
	fields := headerFields(rest)
	switch {
	case httpResponse(first, true) == yes:
		h.client, h.known = c.Side.other(), true
		h.response(s, c, first, fields)
	case httpVersion(first) == yes:
		h.client, h.known = c.Side, true
		h.request(s, first, fields)
	default:
		s.lose()
	}
}

func (h *httpReader) request(s *httpSide, first []byte, f fields) {
	words := strings.Fields(string(first))
	if len(words) < 3 {
		s.lose()
		return
	}
	method, uri := words[0], strings.Join(words[1:len(words)-1], " ")
	h.asked(method, uri, f.get("host"), f.get("user-agent"))
	h.logon.header(f.get("authorization"))
	h.logon.header(f.get("proxy-authorization"))
	if method == "CONNECT" {
		h.http.Connect = text([]byte(uri))
		s.part = inDoubt
		h.methods = append(h.methods[:min(len(h.methods), maxPipelined-1)], method)
		return
	}
	if len(h.methods) < maxPipelined {
		h.methods = append(h.methods, method)
	}
	if up := strings.ToLower(f.get("upgrade")); up != "" {
		h.upgrade = up
	}
	h.begin(s, f, false)
}

func (h *httpReader) response(s *httpSide, c Chunk, first []byte, f fields) {
	status, _ := strconv.Atoi(string(first[9:min(12, len(first))]))
	h.logon.header(f.get("www-authenticate"))
	h.logon.header(f.get("proxy-authenticate"))
	method := ""
	if len(h.methods) > 0 {
		method = h.methods[0]
	}
	h.answered(status, f.get("content-type"))
	if status >= 100 && status < 200 && status != 101 {
		return // the final response is still to come
	}
	if len(h.methods) > 0 {
		h.methods = h.methods[1:]
	}
	switch {
	case status == 101 && isHTTP2(h.upgrade):
		h.toHTTP2()
		return
	case status == 101, method == "CONNECT" && status/100 == 2:
		s.part, s.buf = inTunnel, nil
		h.tunnel(status == 101)
		h.resume(c, inTunnel)
		return
	case method == "HEAD", status == 204, status == 304:
	default:
		h.begin(s, f, true)
	}
	if method == "CONNECT" {
		h.resume(c, inHead)
	}
}

// resume goes on with the client where the answer to it says, beginning with what it has sent meanwhile.
func (h *httpReader) resume(c Chunk, part httpPart) {
	s := &h.sides[h.client]
	waiting := s.buf
	s.part, s.buf, c.Side = part, nil, h.client
	if len(waiting) > 0 {
		h.feed(c.with(waiting))
	}
}

// begin sets how long the body of a message is.
func (h *httpReader) begin(s *httpSide, f fields, response bool) {
	s.chunked = strings.HasSuffix(strings.ToLower(f.get("transfer-encoding")), "chunked")
	size, err := strconv.ParseUint(f.get("content-length"), 10, 63)
	switch {
	case s.chunked:
		s.part = inSize
	case err == nil && size > 0:
		s.part, s.left = inBody, size
	case err == nil:
	case response:
		s.part, s.left = inBody, toTheEnd
	}
}

func (s *httpSide) chunkSize(unit []byte) {
	digits, _, _ := strings.Cut(strings.TrimSpace(string(unit)), ";")
	if digits == "" {
		return // the line end after a chunk
	}
	size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 62)
	switch {
	case err != nil:
		s.lose()
	case size == 0:
		s.part = inTrailer
	default:
		s.part, s.left = inBody, size
	}
}

// asked notes a request.
func (h *httpReader) asked(method, uri, host, agent string) {
	h.http.Requests++
	h.list(&h.http.Methods, method)
	h.list(&h.http.URIs, uri)
	h.list(&h.http.Hosts, strings.ToLower(host))
	h.list(&h.http.Agents, agent)
}

// answered notes a response.
func (h *httpReader) answered(status int, content string) {
	h.http.Responses++
	h.http.More = note(&h.http.Statuses, status) || h.http.More
	h.list(&h.http.Types, content)
}

// list notes a value of a header field.
func (h *httpReader) list(to *[]string, v string) {
	if v != "" && note(to, text([]byte(v))) {
		h.http.More = true
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
