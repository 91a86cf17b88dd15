package service

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// maxHandshake bounds one handshake message kept while its fragments arrive.
	maxHandshake = 128 << 10
	maxAlerts    = 8
)

// tlsReader reads what a TLS connection says in clear. Client and server are told apart by their hellos.
type tlsReader struct {
	known     *Certificates
	records   [2]frames
	handshake [2][]byte
	// hidden: this side has changed to encryption, its handshake messages are no longer in clear.
	hidden [2]bool
	data   [2]int
	tls    evidence.TLS
}

func openTLS(sc scene) analyzer {
	t := sc.pool.tls.take()
	t.known = &sc.pool.known
	for i := range t.records {
		t.records[i] = frames{length: tlsUnit, keep: tlsHeader + tlsMaxRecord, pool: sc.pool}
	}
	return t
}

// release gives the memory of the reader back.
func (t *tlsReader) release(p *Pool) {
	for i := range t.records {
		p.buffers.put(t.records[i].buf)
	}
	*t = tlsReader{}
	p.tls.put(t, manySmall)
}

// tlsUnit is the length of a record, or of the one hello in the form of SSL 2.0 that may open a connection.
func tlsUnit(b []byte) int {
	if sslv2Hello(b) == yes {
		return 2 + int(b[0]&0x7f)<<8 + int(b[1])
	}
	if b[0]&0x80 != 0 && len(b) < 11 {
		return 0
	}
	return tlsLength(b)
}

func (t *tlsReader) feed(c Chunk) { t.records[c.Side].feed(c, t.record) }

func (t *tlsReader) record(c Chunk, u []byte, size int) {
	if u[0]&0x80 != 0 {
		t.sslv2(u)
		return
	}
	body := u[tlsHeader:]
	switch u[0] {
	case tlsHandshake:
		t.fragment(c.Side, body)
	case tlsAlert:
		t.alert(c.Side, body, size-tlsHeader)
	case tlsChangeCipher:
		t.hide(c.Side)
	case tlsData:
		t.hide(c.Side)
		t.data[c.Side]++
	}
}

// hide notes that a side's further messages are encrypted: only the headers of its records matter from here on.
func (t *tlsReader) hide(side Side) {
	t.hidden[side] = true
	t.handshake[side] = nil
	t.records[side].keep = tlsHeader + 2
}

func (t *tlsReader) alert(side Side, body []byte, size int) {
	if t.hidden[side] || size != 2 || len(body) < 2 || len(t.tls.Alerts) >= maxAlerts {
		return
	}
	name, known := tlsAlerts[body[1]]
	if !known {
		name = strconv.Itoa(int(body[1]))
	}
	note(&t.tls.Alerts, name)
}

// fragment adds to a side's handshake messages and reads those that are whole.
func (t *tlsReader) fragment(side Side, b []byte) {
	if t.hidden[side] {
		return
	}
	if kept := &t.handshake[side]; len(*kept) > 0 {
		*kept = append(*kept, b...)
		b = *kept
	}
	for len(b) >= 4 {
		size := 4 + (int(b[1])<<16 | int(b[2])<<8 | int(b[3]))
		if size > maxHandshake {
			t.hidden[side], t.handshake[side] = true, nil
			return
		}
		if len(b) < size {
			break
		}
		t.message(b[0], b[4:size])
		b = b[size:]
	}
	t.handshake[side] = append(t.handshake[side][:0], b...)
}

func (t *tlsReader) message(kind byte, body []byte) {
	switch kind {
	case clientHello:
		t.clientHello(body)
	case serverHello:
		describeServer(&t.tls, body)
	case tlsCertificate:
		// A client's certificate, if any, comes after the server's.
		if t.tls.CertSHA256 == "" {
			t.known.describeChain(&t.tls, body)
		}
	}
}

// clientHello reads the first client hello; the one after a retry request repeats it.
func (t *tlsReader) clientHello(body []byte) {
	if h, ok := parseHello(body, false); ok && t.tls.JA3 == "" {
		h.describe(&t.tls, 't')
	}
}

func (t *tlsReader) sslv2(u []byte) {
	version := int(u[3])<<8 | int(u[4])
	t.tls.Offered = tlsVersion(version)
}

func (t *tlsReader) describe(r *Result) {
	found := t.tls
	found.Established = t.established()
	r.TLS = &found
}

// established needs data from both sides. Version 1.3 sends the end of its handshake in records of the same kind: one
// such record of a side may still be that.
func (t *tlsReader) established() bool {
	least := 1
	if t.tls.Version == "TLSv13" {
		least = 2
	}
	return t.data[Orig] >= least && t.data[Resp] >= least
}

func (t *tlsReader) done() bool { return t.established() }

// describeServer reads a server hello, unless it only asks the client to try again.
func describeServer(to *evidence.TLS, body []byte) {
	c := cursor{b: body}
	legacy := c.u16()
	random := c.take(32)
	id := c.vec(1)
	suite := c.u16()
	c.take(1)
	if c.short || id.short || string(random) == retryRandom {
		return
	}
	version, exts := legacy, make([]uint16, 0, ordinaryExts)
	rest := c.vec(2)
	for len(rest.b) >= 4 {
		kind := rest.u16()
		body := rest.vec(2)
		if rest.short {
			break
		}
		exts = append(exts, uint16(kind))
		switch kind {
		case extVersions:
			version = body.u16()
		case extALPN:
			list := body.vec(2)
			name := list.vec(1)
			to.Chosen = text(name.b)
		}
	}
	to.Version = tlsVersion(version)
	to.Cipher = cipherName(uint16(suite))
	ja3s := append(decimal(make([]byte, 0, helloRoom), uint16(legacy)), ',')
	ja3s = append(decimal(ja3s, uint16(suite)), ',')
	to.JA3S = md5hex(appendList(ja3s, exts, '-', decimal))
}

// cipherName names a suite, and writes the number of one that crypto/tls does not know.
func cipherName(id uint16) string {
	if name, ok := cipherNames()[id]; ok {
		return name
	}
	return fmt.Sprintf("0x%04X", id)
}

// cipherNames are the names that tls.CipherSuiteName finds by listing all suites anew each time.
var cipherNames = sync.OnceValue(func() map[uint16]string {
	names := map[uint16]string{}
	for _, c := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		names[c.ID] = c.Name
	}
	return names
})
