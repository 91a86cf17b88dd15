package service

import "bytes"

// LDAP: https://www.rfc-editor.org/rfc/rfc4511#section-4.1.1. After a SASL bind with a security layer the messages are
// wrapped behind a length of four bytes: https://www.rfc-editor.org/rfc/rfc4422#section-3.7.

// ldapOperations are the tags of requests (true) and responses, and the tag their first field must have, 0 for any.
var ldapOperations = map[byte]struct {
	request bool
	first   byte
}{
	0x60: {true, 0x02}, 0x61: {false, 0x0a}, 0x42: {true, 0}, 0x63: {true, 0x04}, 0x64: {false, 0x04}, 0x65: {false, 0x0a},
	0x66: {true, 0x04}, 0x67: {false, 0x0a}, 0x68: {true, 0x04}, 0x69: {false, 0x0a}, 0x4a: {true, 0}, 0x6b: {false, 0x0a},
	0x6c: {true, 0x04}, 0x6d: {false, 0x0a}, 0x6e: {true, 0x04}, 0x6f: {false, 0x0a}, 0x50: {true, 0}, 0x73: {false, 0x04},
	0x77: {true, 0x80}, 0x78: {false, 0x0a}, 0x79: {false, 0},
}

const (
	ldapBind        = 0x60
	ldapBound       = 0x61
	ldapUnbind      = 0x42
	ldapExtended    = 0x77
	ldapExtendedEnd = 0x78
	ldapStartTLS    = "1.3.6.1.4.1.1466.20037"
)

// ldapMessage reads the operation of a message. The second result is maybe while b is too short.
func ldapMessage(b []byte) (op byte, body []byte, v verdict) {
	head, size := berHead(b)
	switch {
	case len(b) > 0 && b[0] != 0x30, head < 0, head > 0 && size < 5:
		return 0, nil, no
	case head == 0 || len(b) < min(head+size, head+16):
		return 0, nil, maybe
	}
	inside := b[head:min(head+size, len(b))]
	tag, id, rest, ok := berNext(inside)
	if !ok || tag != 2 || len(id) == 0 || len(id) > 4 || len(rest) == 0 {
		return 0, nil, no
	}
	op, body, _, ok = berNext(rest)
	kind, known := ldapOperations[op]
	if !ok || !known || kind.first != 0 && (len(body) == 0 || body[0] != kind.first) || op == ldapUnbind && len(body) > 0 {
		return 0, nil, no
	}
	return op, body, yes
}

// matchLDAP recognises messages of either side, and wrapped ones, which do not say who sent them.
func matchLDAP(o *opening) verdict {
	v := sides(ldapSays(true), ldapSays(false))(o)
	for side := range o.head {
		v = max(v, o.ask(wrapped, Side(side)))
	}
	return v
}

func ldapSays(request bool) half {
	return func(b []byte, closed bool) verdict {
		op, _, v := ldapMessage(b)
		if v == yes && ldapOperations[op].request != request {
			return no
		}
		return v
	}
}

func matchLDAPDatagram(c Chunk, _ *opening) verdict {
	op, _, v := ldapMessage(c.Data)
	if v != yes || berLength(c.Data) > len(c.Data)+int(c.Cut) {
		return no
	}
	if ldapOperations[op].request {
		return asks(c.Side)
	}
	return asks(c.Side.other())
}

// wrapped recognises GSS-API messages behind SASL lengths, in the middle of a connection. Directory traffic is what is
// protected in this way; mail protocols could do it and do not.
func wrapped(b []byte, closed bool) verdict {
	switch {
	case b[0] != 0 || len(b) > 1 && b[1] != 0:
		return no
	case len(b) < 8:
		return maybe
	case b[4] == 5 && b[5] == 4 && b[6] < 8 && b[7] == 0xff && ldapLength(b) > 20:
		return yes
	}
	return no
}

// ldapLength is the length of a message or of a wrapped one.
func ldapLength(b []byte) int {
	if len(b) > 0 && b[0] == 0x30 {
		return berLength(b)
	}
	if len(b) > 1 && (b[0] != 0 || b[1] > 0x0f) {
		return -1
	}
	if len(b) < 4 {
		return 0
	}
	return 4 + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
}

// ldapKeep is how much of a message is looked at: all of a bind, which may hold a ticket.
const ldapKeep = 16 << 10

// ldapReader follows a connection to see whether it changes to TLS.
type ldapReader struct {
	scene scene
	sides [2]frames
	asked bool
	logon logon
	inner *Session
}

func openLDAP(sc scene) analyzer {
	side := frames{length: ldapLength, keep: ldapKeep, pool: sc.pool}
	return &ldapReader{scene: sc, sides: [2]frames{side, side}}
}

func (l *ldapReader) feed(c Chunk) {
	if l.inner != nil {
		l.inner.Feed(c)
		return
	}
	l.sides[c.Side].feed(c, l.message)
}

func (l *ldapReader) message(_ Chunk, u []byte, size int) {
	op, body, v := ldapMessage(u)
	switch {
	case v != yes:
	case op == ldapBind || op == ldapBound:
		l.logon.token(body)
	case op == ldapExtended:
		l.asked = bytes.Contains(body, []byte(ldapStartTLS))
	case op == ldapExtendedEnd && l.asked && bytes.HasPrefix(body, []byte{0x0a, 1, 0}):
		l.inner = l.scene.inside()
	}
}

func (l *ldapReader) describe(r *Result) {
	l.logon.describe(r)
	r.within(l.inner)
}

func (l *ldapReader) done() bool { return l.inner != nil && l.inner.Done() }
