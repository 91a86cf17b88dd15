package service

import (
	"encoding/binary"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// STUN: https://www.rfc-editor.org/rfc/rfc8489#section-5; without the magic cookie: https://www.rfc-editor.org/rfc/rfc3489.
// Media and DTLS share its ports: https://www.rfc-editor.org/rfc/rfc7983

const (
	stunHeader = 20
	stunCookie = 0x2112a442
)

func matchSTUN(c Chunk, _ *opening) verdict {
	if stunMessage(c.Data) == yes && stunLength(c.Data) == len(c.Data)+int(c.Cut) {
		return stunAsker(c.Data, c.Side)
	}
	return no
}

// stunAsker: requests and indications come from the client.
func stunAsker(b []byte, side Side) verdict {
	if b[0]&1 != 0 {
		return asks(side.other())
	}
	return asks(side)
}

func stunLength(b []byte) int { return stunHeader + int(b[2])<<8 + int(b[3]) }

// stunMessage recognises a header with the cookie, or a whole message of the old form with known attributes.
func stunMessage(b []byte) verdict {
	switch {
	case b[0]&0xc0 != 0:
		return no
	case len(b) < stunHeader:
		return maybe
	case stunLength(b)%4 != 0:
		return no
	case binary.BigEndian.Uint32(b[4:]) == stunCookie:
		return yes
	}
	return stunClassic(b)
}

func stunClassic(b []byte) verdict {
	kind := int(b[0])<<8 | int(b[1])
	switch kind {
	case 0x0001, 0x0101, 0x0111, 0x0002, 0x0102, 0x0112, 0x0003, 0x0103, 0x0113:
	default:
		return no
	}
	rest := cursor{b: b[stunHeader:]}
	for len(rest.b) > 0 {
		attribute := rest.u16()
		rest.take((rest.u16() + 3) &^ 3)
		if rest.short || attribute == 0 || attribute > 0x200 && attribute < 0x8000 || attribute > 0x8100 {
			return no
		}
	}
	if len(b) == stunHeader && kind != 0x0001 {
		return no
	}
	return yes
}

// stunStream recognises messages with the cookie over TCP, with or without the length of RFC 4571 before them.
func stunStream(o *opening) verdict {
	for side, head := range o.head {
		for _, skip := range []int{0, 2} {
			if len(head) < skip+stunHeader {
				continue
			}
			if b := head[skip:]; b[0]&0xc0 == 0 && stunLength(b)%4 == 0 && binary.BigEndian.Uint32(b[4:]) == stunCookie {
				return stunAsker(b, Side(side))
			}
		}
	}
	return no
}

// stunReader looks at what else uses the same ports.
type stunReader struct{ inner *Session }

func openSTUN(sc scene) analyzer {
	if sc.transport != evidence.UDP {
		return nameOnly{}
	}
	return &stunReader{inner: sc.inside()}
}

func (s *stunReader) feed(c Chunk) {
	if len(c.Data) > 0 && c.Data[0] >= 20 && c.Data[0] <= 63 {
		s.inner.Feed(c)
	}
}

func (s *stunReader) describe(r *Result) { r.within(s.inner) }
func (s *stunReader) done() bool         { return false }
