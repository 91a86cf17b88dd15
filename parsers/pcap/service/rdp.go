package service

import (
	"bytes"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// RDP opens with an X.224 connection request in a TPKT:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/18a27ef9-6f9a-4501-b000-94b1fe3c2c10

const (
	tpktHeader = 4
	x224Header = 7
	x224Ask    = 0xe0
	x224Answer = 0xd0
	// rdpNegotiate and rdpSelected are the types of the fields at the end of request and confirmation.
	rdpNegotiate = 1
	rdpSelected  = 2
	rdpCookie    = "Cookie: "
)

func tpktLength(b []byte) int {
	switch {
	case len(b) > 0 && b[0] != 3, len(b) > 1 && b[1] != 0:
		return -1
	case len(b) < tpktHeader:
		return 0
	}
	n := int(b[2])<<8 | int(b[3])
	if n < tpktHeader+3 {
		return -1
	}
	return n
}

// x224 reads a connection request or confirmation: what follows its fixed part. S7 and other users of TPKT put
// parameters there that RDP does not have.
func x224(b []byte, kind byte) (rest []byte, v verdict) {
	size := tpktLength(b)
	switch {
	case size < 0, size > 512, len(b) > 5 && b[5] != kind:
		return nil, no
	case size == 0 || len(b) < size:
		return nil, maybe
	case size < tpktHeader+x224Header || int(b[4]) != size-tpktHeader-1 || b[10] != 0:
		return nil, no
	}
	return b[tpktHeader+x224Header : size], yes
}

func rdpRequest(b []byte, closed bool) verdict {
	rest, v := x224(b, x224Ask)
	if v != yes || len(rest) == 0 || bytes.HasPrefix(rest, []byte(rdpCookie)) || rdpField(rest, rdpNegotiate) != nil {
		return v
	}
	return no
}

func rdpConfirm(b []byte, closed bool) verdict {
	rest, v := x224(b, x224Answer)
	if v != yes || len(rest) == 0 || rdpField(rest, rdpSelected) != nil || rdpField(rest, 3) != nil {
		return v
	}
	return no
}

// rdpField is the negotiation field at the end of b, nil when there is none of that type.
func rdpField(b []byte, kind byte) []byte {
	for at := max(0, len(b)-8-36); at+8 <= len(b); at++ {
		if f := b[at:]; f[0] == kind && f[2] == 8 && f[3] == 0 {
			return f[:8]
		}
	}
	return nil
}

// rdpReader reads the negotiation; what follows it is TLS or RDP's own encryption.
type rdpReader struct {
	sides [2]frames
	rdp   evidence.RDP
	inner *Session
	over  [2]bool
}

func openRDP(sc scene) analyzer {
	side := frames{length: tpktLength, keep: 512, pool: sc.pool}
	return &rdpReader{sides: [2]frames{side, side}, inner: sc.inside()}
}

func (r *rdpReader) feed(c Chunk) {
	if r.over[c.Side] {
		r.inner.Feed(c)
		return
	}
	f := &r.sides[c.Side]
	b := append(f.buf, c.Data...)
	size := tpktLength(b)
	if c.Gap > 0 || size < 0 {
		r.over[c.Side] = true
		r.inner.Feed(c)
		return
	}
	if f.buf = b; size == 0 || len(b) < size {
		return
	}
	r.negotiation(b[:size])
	r.over[c.Side] = true
	if len(b) > size {
		r.inner.Feed(c.with(b[size:]))
	}
	f.drop()
}

func (r *rdpReader) negotiation(b []byte) {
	if rest, v := x224(b, x224Ask); v == yes && bytes.HasPrefix(rest, []byte(rdpCookie)) {
		cookie, _, _ := bytes.Cut(rest[len(rdpCookie):], []byte("\r\n"))
		r.rdp.Cookie = text(cookie)
	}
	if rest, v := x224(b, x224Answer); v == yes {
		f := rdpField(rest, rdpSelected)
		r.rdp.TLS = f != nil && f[4] != 0
	}
}

func (r *rdpReader) describe(to *Result) {
	found := r.rdp
	to.RDP = &found
	to.within(r.inner)
}

func (r *rdpReader) done() bool { return r.inner.Done() }
