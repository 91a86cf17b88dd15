package service

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

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

// list notes a value, in memory of its own: it may be a small part of a long line.
func (h *httpReader) list(to *[]string, v string) {
	if v != "" && !slices.Contains(*to, v) && note(to, text([]byte(v))) {
		h.http.More = true
	}
}
