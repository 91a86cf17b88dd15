package service

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// maxQUICOpen bounds the packets on which decryption is tried.
	maxQUICOpen = 64
	// maxCrypto and maxPieces bound the handshake bytes kept while they arrive out of order.
	maxCrypto = 64 << 10
	maxPieces = 512
	// ordinaryPieces is room for those of most handshakes.
	ordinaryPieces = 16
	// ordinaryHandshake is what one side of most handshakes takes.
	ordinaryHandshake = 2 << 10
)

// matchQUIC recognises long headers of the versions in use, and the headers of Google's versions before them.
func matchQUIC(c Chunk, _ *opening) verdict {
	b := c.Data
	if v := oldQUIC(b); v != "" {
		return asks(c.Side)
	}
	if p, _, ok := parseLong(b); ok || p.version.known && c.Cut > 0 {
		return yes
	}
	return quicNegotiation(b, c.Side)
}

// oldQUIC is the version of a packet as Google's QUIC sent them up to Q043: flags, connection id, version.
func oldQUIC(b []byte) string {
	if len(b) < 20 || b[0]&0x80 != 0 || b[0]&0x09 != 0x09 || b[9] != 'Q' || b[10] != '0' || b[11] < '0' || b[11] > '9' || b[12] < '0' || b[12] > '9' {
		return ""
	}
	return string(b[9:13])
}

// quicNegotiation recognises a server's list of versions.
func quicNegotiation(b []byte, side Side) verdict {
	if len(b) < 11 || b[0]&0x80 == 0 || binary.BigEndian.Uint32(b[1:]) != 0 {
		return no
	}
	c := cursor{b: b[5:]}
	c.take(c.u8())
	c.take(c.u8())
	for len(c.b) >= 4 && len(c.b)%4 == 0 {
		if quicVersionOf(uint32(c.uint(4))).known {
			return asks(side.other())
		}
	}
	return no
}

// quicReader opens the first packets and reads the hellos in them.
type quicReader struct {
	pool           *Pool
	tries          int
	client         Side
	clientKnown    bool
	toServer, back *quicKeys
	secret         *[sha256.Size]byte // that back is made of
	version        quicVersion
	crypto         [2]cryptoStream
	short          [2]bool
	tls            evidence.TLS
	hello, answer  bool
}

func openQUIC(sc scene) analyzer {
	q := sc.pool.quic.take()
	q.pool = sc.pool
	return q
}

// release gives the memory of the reader back, unless its handshake was a long one.
func (q *quicReader) release(p *Pool) {
	crypto := q.crypto
	for i := range crypto {
		if cap(crypto[i].data) > ordinaryHandshake || cap(crypto[i].pieces) > ordinaryPieces {
			return
		}
		crypto[i] = cryptoStream{crypto[i].pieces[:0], crypto[i].data[:0]}
	}
	*q = quicReader{crypto: crypto}
	p.quic.put(q, manySmall)
}

func (q *quicReader) feed(c Chunk) {
	b := c.Data
	if !q.hello {
		if i := bytes.Index(b, []byte("CHLO")); i >= 0 {
			q.googleHello(c.Side, b[i:])
		}
	}
	for len(b) > 0 {
		if b[0]&0x80 == 0 {
			q.short[c.Side] = true
			return
		}
		p, rest, ok := parseLong(b)
		if !ok {
			return
		}
		if p.kind == quicInitial && q.tries < maxQUICOpen && !(q.hello && q.answer) {
			q.initial(c.Side, p)
		}
		b = rest
	}
}

// initial tries the keys at hand, then those that the packet's own connection id gives: a client that was told to
// retry starts again with another one.
func (q *quicReader) initial(side Side, p quicPacket) {
	q.tries++
	if q.clientKnown && side != q.client {
		if plain, ok := q.serverKeys().open(q.pool, p); ok {
			q.frames(side, p.version, plain)
		}
		return
	}
	plain, ok := q.toServer.open(q.pool, p)
	if !ok && p.version.salt != "" {
		secret := p.version.secret(p.dcid)
		toServer := p.version.initialKeys(secret, quicClient)
		if plain, ok = toServer.open(q.pool, p); ok {
			q.toServer, q.back, q.secret, q.version = toServer, nil, secret, p.version
		}
	}
	if !ok {
		return
	}
	q.client, q.clientKnown = side, true
	q.frames(side, p.version, plain)
}

// serverKeys are made when the server has answered.
func (q *quicReader) serverKeys() *quicKeys {
	if q.back == nil && q.secret != nil {
		q.back = q.version.initialKeys(q.secret, quicServer)
	}
	return q.back
}

// frames reads the frames that may stand in the first packets.
func (q *quicReader) frames(side Side, v quicVersion, plain []byte) {
	if v.google == 'Q' {
		if i := bytes.Index(plain, []byte("CHLO")); i >= 0 {
			q.googleHello(side, plain[i:])
		}
		return
	}
	c := cursor{b: plain}
	for len(c.b) > 0 && !c.short {
		c.b = bytes.TrimLeft(c.b, "\x00") // padding
		switch kind := c.u8(); {
		case kind <= 1: // ping
		case kind == 2 || kind == 3:
			skipAck(&c, kind == 3)
		case kind == 6 || kind == 8 && v.google != 0:
			at := c.varint()
			q.crypto[side].add(at, c.take(c.varint()))
		default:
			c.b = nil
		}
	}
	q.handshake(side)
}

func skipAck(c *cursor, ecn bool) {
	c.varint()
	c.varint()
	ranges := c.varint()
	c.varint()
	for range min(ranges, len(c.b)) {
		c.varint()
		c.varint()
	}
	for range 3 {
		if ecn {
			c.varint()
		}
	}
}

// handshake reads the messages of a side that are whole: a server that asks to try again sends two hellos.
func (q *quicReader) handshake(side Side) {
	b := q.crypto[side].begin()
	for len(b) >= 4 {
		size := 4 + (int(b[1])<<16 | int(b[2])<<8 | int(b[3]))
		if len(b) < size {
			return
		}
		q.message(b[0], b[4:size])
		b = b[size:]
	}
}

func (q *quicReader) message(kind byte, body []byte) {
	switch {
	case kind == clientHello && !q.hello:
		h, ok := parseHello(body, false)
		if ok {
			h.describe(&q.tls, 'q')
			q.hello = true
		}
	case kind == serverHello && !q.answer:
		describeServer(&q.tls, body)
		q.answer = q.tls.JA3S != ""
	}
}

// googleHello reads the server name from the hello of QUIC Crypto: tags with the end offsets of their values.
func (q *quicReader) googleHello(side Side, b []byte) {
	const head = 8
	n := le16(b, 4)
	if n == 0 || n > 128 || len(b) < head+8*n {
		return
	}
	values, at := b[head+8*n:], 0
	for i := range n {
		end := le32(b, head+8*i+4)
		if string(b[head+8*i:head+8*i+4]) == "SNI\x00" {
			q.tls.SNI = strings.ToLower(text(span(values, at, end-at)))
			q.hello, q.client, q.clientKnown = true, side, true
			return
		}
		at = end
	}
}

func (q *quicReader) describe(r *Result) {
	if q.clientKnown {
		r.Client, r.ClientKnown = q.client, true
	}
	if !q.hello && !q.answer {
		return
	}
	found := q.tls
	found.Established = q.answer && q.short[Orig] && q.short[Resp]
	r.TLS = &found
}

func (q *quicReader) done() bool {
	return q.hello && q.answer && q.short[Orig] && q.short[Resp]
}

// A cryptoStream puts the pieces of a side's handshake in order.
type cryptoStream struct {
	pieces []cryptoPiece // by place, those of one place as they came
	data   []byte        // of all of them, as they came
}

// A cryptoPiece is a part of the data.
type cryptoPiece struct{ at, from, to int }

func (s *cryptoStream) add(at int, data []byte) {
	if len(data) == 0 || at+len(data) > maxCrypto || len(s.data)+len(data) > 2*maxCrypto || len(s.pieces) >= maxPieces {
		return
	}
	if s.pieces == nil {
		s.pieces = make([]cryptoPiece, 0, ordinaryPieces)
	}
	i := len(s.pieces)
	for i > 0 && s.pieces[i-1].at > at {
		i--
	}
	s.pieces = slices.Insert(s.pieces, i, cryptoPiece{at, len(s.data), len(s.data) + len(data)})
	s.data = append(s.data, data...)
}

// begin is what is there without a hole. It is valid until more is added.
func (s *cryptoStream) begin() (out []byte) {
	if len(s.pieces) == 0 || s.pieces[0].at > 0 {
		return nil
	}
	if len(s.pieces) == 1 {
		return s.data
	}
	out = make([]byte, 0, len(s.data))
	for _, p := range s.pieces {
		if p.at > len(out) {
			break
		}
		if end := p.at + p.to - p.from; end > len(out) {
			out = append(out, s.data[p.from+len(out)-p.at:p.to]...)
		}
	}
	return out
}
