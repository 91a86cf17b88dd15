package service

import "github.com/wirewitness/wirewitness/parsers/evidence"

// DTLS: https://www.rfc-editor.org/rfc/rfc6347#section-4

const (
	dtlsHeader    = 13
	dtlsFragment  = 12
	maxDTLSParts  = 16
	dtlsOldCisco  = 0x0100
	maxDTLSRecord = 64
)

// matchDTLS recognises a datagram that is a chain of records.
func matchDTLS(c Chunk, _ *opening) verdict {
	b, v := c.Data, yes
	for n := 0; len(b) > 0; n++ {
		size := dtlsLength(b)
		if size <= 0 || size > len(b)+int(c.Cut) {
			return no
		}
		if b[0] == tlsHandshake && len(b) > dtlsHeader+dtlsFragment && b[3] == 0 && b[4] == 0 {
			switch b[dtlsHeader] {
			case clientHello:
				v = asks(c.Side)
			case serverHello, 3: // HelloVerifyRequest
				v = asks(c.Side.other())
			}
		}
		b = b[min(size, len(b)):]
	}
	return v
}

func dtlsLength(b []byte) int {
	if len(b) < dtlsHeader || b[0] < tlsChangeCipher || b[0] > 25 {
		return -1
	}
	switch version := int(b[1])<<8 | int(b[2]); version {
	case 0xfeff, 0xfefd, dtlsOldCisco:
	default:
		return -1
	}
	n := int(b[11])<<8 | int(b[12])
	if n == 0 || n > tlsMaxRecord {
		return -1
	}
	return dtlsHeader + n
}

// dtlsReader reads the handshake, whose messages may be cut into fragments that arrive in any order.
type dtlsReader struct {
	known *Certificates
	parts map[dtlsPart]*cryptoStream
	data  [2]bool
	tls   evidence.TLS
}

type dtlsPart struct {
	side Side
	kind byte
	seq  int
}

func openDTLS(sc scene) analyzer {
	return &dtlsReader{known: &sc.pool.known, parts: map[dtlsPart]*cryptoStream{}}
}

func (d *dtlsReader) feed(c Chunk) {
	b := c.Data
	for range maxDTLSRecord {
		size := dtlsLength(b)
		if size < 0 || size > len(b) {
			return
		}
		if b[0] == tlsHandshake && b[3] == 0 && b[4] == 0 {
			d.fragments(c.Side, b[dtlsHeader:size])
		}
		d.data[c.Side] = d.data[c.Side] || b[0] == tlsData
		b = b[size:]
	}
}

func (d *dtlsReader) fragments(side Side, b []byte) {
	for len(b) >= dtlsFragment {
		c := cursor{b: b}
		kind, size, seq, at := byte(c.u8()), c.u24(), c.u16(), c.u24()
		part := c.vec(3)
		if part.short || size > maxCrypto {
			return
		}
		if whole := d.add(dtlsPart{side, kind, seq}, at, part.b, size); whole != nil {
			d.message(kind, whole)
		}
		b = c.b
	}
}

// add returns the message once its last fragment has come.
func (d *dtlsReader) add(key dtlsPart, at int, b []byte, size int) []byte {
	if at == 0 && len(b) == size {
		return b
	}
	s := d.parts[key]
	if s == nil {
		if len(d.parts) >= maxDTLSParts {
			return nil
		}
		s = &cryptoStream{}
		d.parts[key] = s
	}
	s.add(at, b)
	whole := s.begin()
	if len(whole) < size {
		return nil
	}
	delete(d.parts, key)
	return whole[:size]
}

func (d *dtlsReader) message(kind byte, body []byte) {
	switch {
	case kind == clientHello && d.tls.JA3 == "":
		if h, ok := parseHello(body, true); ok {
			h.describe(&d.tls, 'd')
		}
	case kind == serverHello:
		describeServer(&d.tls, body)
	case kind == tlsCertificate && d.tls.CertSHA256 == "":
		d.known.describeChain(&d.tls, body)
	}
}

func (d *dtlsReader) describe(r *Result) {
	found := d.tls
	found.Established = d.data[Orig] && d.data[Resp]
	r.TLS = &found
}

func (d *dtlsReader) done() bool { return d.data[Orig] && d.data[Resp] }
