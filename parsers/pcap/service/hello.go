package service

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The client hello: https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2

const (
	extSNI        = 0
	extGroups     = 10
	extPoints     = 11
	extSignatures = 13
	extALPN       = 16
	extVersions   = 43
	extECH        = 0xfe0d
	extESNI       = 0xffce
)

// retryRandom marks a server hello as a HelloRetryRequest.
const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// maxItems bounds every list of a hello.
const maxItems = 1024

// A hello is a client hello as sent, without GREASE values.
type hello struct {
	legacy                             uint16
	ciphers, exts, groups, points, sig []uint16
	versions                           []uint16
	alpn                               [][]byte // in the message
	sni                                string
	ech                                bool
	short                              bool     // the extensions end before they should
	lists                              []uint16 // one behind the other
}

// ordinaryExts is room for the extensions of most hellos.
const ordinaryExts = 32

// parseHello reads the body of a client hello; DTLS has a cookie in it.
func parseHello(body []byte, dtls bool) (h hello, ok bool) {
	c := cursor{b: body}
	h.legacy = uint16(c.u16())
	c.take(32)
	c.vec(1)
	if dtls {
		c.vec(1)
	}
	h.lists = make([]uint16, 0, len(c.b)/2)
	h.ciphers = h.list(c.vec(2))
	c.vec(1)
	if c.short || len(h.ciphers) == 0 {
		return h, false
	}
	if len(c.b) == 0 {
		return h, true // none, as before TLS 1.2
	}
	h.exts = make([]uint16, 0, ordinaryExts)
	rest := c.vec(2)
	for len(rest.b) >= 4 && len(h.exts) < maxItems {
		kind := uint16(rest.u16())
		body := rest.vec(2)
		if rest.short {
			break
		}
		h.extension(kind, body)
	}
	h.short = rest.short
	return h, true
}

func (h *hello) extension(kind uint16, body cursor) {
	if grease(kind) {
		return
	}
	h.exts = append(h.exts, kind)
	switch kind {
	case extSNI:
		h.sni = serverName(body)
	case extGroups:
		h.groups = h.list(body.vec(2))
	case extSignatures:
		h.sig = h.list(body.vec(2))
	case extPoints:
		for _, p := range body.vec(1).b {
			h.points = append(h.points, uint16(p))
		}
	case extVersions:
		h.versions = h.list(body.vec(1))
	case extALPN:
		h.alpn = protocolNames(body)
	case extECH, extESNI:
		h.ech = true
	}
}

func serverName(c cursor) string {
	list := c.vec(2)
	if list.u8() != 0 {
		return ""
	}
	name := list.vec(2)
	return strings.ToLower(text(name.b))
}

func protocolNames(c cursor) (names [][]byte) {
	list := c.vec(2)
	for len(list.b) > 0 && len(names) < maxValues {
		name := list.vec(1)
		if list.short {
			break
		}
		names = append(names, name.b)
	}
	return names
}

// list reads a list of 16-bit numbers, without GREASE values.
func (h *hello) list(c cursor) []uint16 {
	from := len(h.lists)
	for len(c.b) >= 2 && len(h.lists) < from+maxItems {
		if v := uint16(c.u16()); !grease(v) {
			h.lists = append(h.lists, v)
		}
	}
	return h.lists[from:]
}

// grease tells the values reserved by https://www.rfc-editor.org/rfc/rfc8701.
func grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// describe fills in what the client says of itself. carrier is JA4's letter for what the hello travelled in.
func (h *hello) describe(to *evidence.TLS, carrier byte) {
	to.SNI, to.ECH = h.sni, h.ech
	to.ALPN = slices.Grow(to.ALPN, len(h.alpn))
	for _, name := range h.alpn {
		to.ALPN = append(to.ALPN, alpnName(name))
	}
	to.Offered = tlsVersion(int(h.highest()))
	if h.short {
		return // a fingerprint of a part would be another client's
	}
	ja3 := h.ja3(make([]byte, 0, helloRoom))
	to.JA3String, to.JA3 = string(ja3), md5hex(ja3)
	to.JA4 = h.ja4(carrier)
}

// highest is the newest version offered. DTLS counts downwards.
func (h *hello) highest() uint16 {
	if len(h.versions) == 0 {
		return h.legacy
	}
	if h.legacy >= 0xfe00 {
		return slices.Min(h.versions)
	}
	return slices.Max(h.versions)
}

// alpnName is a protocol's name, in no memory of its own where nearly everybody offers it.
func alpnName(b []byte) string {
	for _, known := range [...]string{"h2", "http/1.1", "h3"} {
		if string(b) == known {
			return known
		}
	}
	return text(b)
}

// tlsVersion names a version as the schema does, "" when it is none.
func tlsVersion(v int) string {
	switch v {
	case 0x0304:
		return "TLSv13"
	case 0x0303:
		return "TLSv12"
	case 0x0302:
		return "TLSv11"
	case 0x0301:
		return "TLSv10"
	case 0x0300:
		return "SSLv3"
	case 0x0002:
		return "SSLv2"
	case 0xfeff:
		return "DTLSv10"
	case 0xfefd:
		return "DTLSv12"
	case 0xfefc:
		return "DTLSv13"
	}
	if v>>8 == 0x7f { // drafts of 1.3
		return "TLSv13"
	}
	return ""
}

// maxText bounds a string kept from the wire.
const maxText = 512

// text keeps a string from the wire, bounded and valid UTF-8.
func text(b []byte) string {
	b = b[:min(len(b), maxText)]
	if utf8.Valid(b) {
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// appendText appends it.
func appendText(out, b []byte) []byte {
	if len(b) <= maxText && utf8.Valid(b) {
		return append(out, b...)
	}
	return append(out, text(b)...)
}
