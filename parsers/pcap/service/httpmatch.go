package service

import (
	"bytes"
	"slices"
)

var httpMethods = []string{
	"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE",
	"LOCK", "UNLOCK", "SEARCH", "REPORT", "BITS_POST", "CCM_POST", "RPC_IN_DATA", "RPC_OUT_DATA", "MERGE", "CHECKOUT", "MKACTIVITY",
	"SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "BPROPFIND", "BPROPPATCH", "POLL",
}

// matchHTTP recognises a start line of either side.
func matchHTTP(o *opening) verdict { return sides(httpRequest, httpResponse)(o) }

// httpRequest recognises a request line.
func httpRequest(b []byte, closed bool) verdict {
	method, rest, ok := bytes.Cut(b[:min(len(b), maxLine)], []byte(" "))
	if !ok {
		if len(method) > 20 || !token(method) || closed {
			return no
		}
		return maybe
	}
	if !token(method) || len(method) > 20 {
		return no
	}
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		return httpVersion(rest[:i])
	}
	known := slices.Contains(httpMethods, string(method))
	switch {
	case len(b) >= maxLine && known && bytes.HasPrefix(rest, []byte("/")):
		return yes // a request line longer than any other protocol's
	case len(b) >= maxLine || !printable(bytes.TrimSuffix(rest, []byte("\r"))):
		return no
	case closed && known && len(rest) > 0 && rest[0] == '/':
		return yes
	}
	return maybe
}

// httpVersion tells whether a request line ends as one of HTTP/1.
func httpVersion(line []byte) verdict {
	line = bytes.TrimRight(line, "\r ")
	at := bytes.LastIndexByte(line, ' ')
	if at < 1 || len(line)-at != len(" HTTP/1.1") || string(line[at:at+8]) != " HTTP/1." {
		return no
	}
	return yes
}

// httpResponse recognises a status line.
func httpResponse(b []byte, closed bool) verdict {
	for _, start := range []string{"HTTP/1.0 ", "HTTP/1.1 ", "HTTP/0.9 "} {
		switch v := prefix(b, start); {
		case v == no:
		case v == maybe, len(b) < 12:
			return maybe
		default:
			return digits(b[9:12])
		}
	}
	return no
}

func digits(b []byte) verdict {
	for _, c := range b {
		if c < '0' || c > '9' {
			return no
		}
	}
	return yes
}

// token tells whether b may be a method: upper-case letters, '_' and '-'.
func token(b []byte) bool {
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return false
		}
	}
	return len(b) > 0
}

// startOfHTTP finds where a message begins in b, after a gap or in a capture that began in the middle of a body; -1 when
// none does. Places before from have been looked at; scanned is where to go on when more bytes have come.
func startOfHTTP(b []byte, from int) (at, scanned int) {
	const version, enough = "HTTP/1.", len("HTTP/1.1 200")
	for {
		i := bytes.Index(b[from:], []byte(version))
		if i < 0 {
			return -1, max(from, len(b)-len(version)+1)
		}
		i += from
		if len(b) < i+enough {
			return -1, i
		}
		if httpResponse(b[i:], false) == yes {
			return i, i
		}
		if begin := requestAround(b, i); begin >= 0 {
			return begin, begin
		}
		from = i + 1
	}
}

// requestAround is where the request line begins that ends with the version at i, -1 when there is none.
func requestAround(b []byte, i int) int {
	rest := b[i+len("HTTP/1.1"):]
	if rest[0] != '\n' && (rest[0] != '\r' || rest[1] != '\n') {
		return -1
	}
	begin := 1 + lastBody(b[:i])
	if httpRequest(b[begin:i+len("HTTP/1.1\r\n")], false) != yes {
		return -1
	}
	return begin
}

// lastBody is where something that cannot stand in a request line ends.
func lastBody(b []byte) int {
	for i := len(b) - 1; i >= 0 && i > len(b)-maxLine; i-- {
		if b[i] < ' ' || b[i] >= 0x7f {
			return i
		}
	}
	return -1
}
