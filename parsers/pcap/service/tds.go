package service

// TDS wraps the handshake of TLS in its own packets, after which records stand alone:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868

const (
	tdsHeader   = 8
	tdsPrelogin = 0x12
	tdsLogin    = 0x10
)

// tdsClient recognises the message before the login.
func tdsClient(b []byte, closed bool) verdict {
	if v := prefix(b, "\x12\x01\x00"); v != yes || len(b) < 9 {
		return min(maybe, v)
	}
	return since(b[4] == 0 && b[5] == 0 && b[7] == 0 && b[8] == 0)
}

// tdsLength is the length of a packet, or of a record of TLS.
func tdsLength(b []byte) int {
	if len(b) > 1 && b[0] >= tlsChangeCipher && b[0] <= tlsData && b[1] == 3 {
		return tlsLength(b)
	}
	if len(b) < 4 {
		return 0
	}
	if n := int(b[2])<<8 | int(b[3]); n >= tdsHeader {
		return n
	}
	return -1
}

type tdsReader struct {
	sides [2]frames
	inner *Session
	over  bool // a login in clear has begun
}

func openTDS(sc scene) analyzer {
	side := frames{length: tdsLength, keep: tlsHeader + tlsMaxRecord, pool: sc.pool}
	return &tdsReader{sides: [2]frames{side, side}, inner: sc.inside()}
}

func (t *tdsReader) feed(c Chunk) { t.sides[c.Side].feed(c, t.packet) }

func (t *tdsReader) packet(c Chunk, u []byte, size int) {
	switch {
	case t.over || len(u) < size:
	case u[0] >= tlsChangeCipher && u[1] == 3:
		t.inner.Feed(c.with(u))
	case u[0] == tdsPrelogin && len(u) > tdsHeader && (u[tdsHeader] >= tlsChangeCipher || t.inner.content):
		t.inner.Feed(c.with(u[tdsHeader:]))
	case u[0] == tdsLogin:
		t.over = true
	}
}

func (t *tdsReader) describe(r *Result) { r.within(t.inner) }
func (t *tdsReader) done() bool         { return t.over || t.inner.Done() }
