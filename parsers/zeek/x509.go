package zeek

import (
	"errors"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// x509 reads a certificate. Until version 4 it is known by the file it came in, since then by its hash, and ssl names it
// in the same way.
func (p *parser) x509(r row) error {
	c := evidence.Certificate{Ref: p.ref(), Sensor: p.sensor, ID: string(r.text(fFingerprint)), Subject: p.word(r.text(fCertSubject)), Issuer: p.word(r.text(fCertIssuer))}
	if len(c.ID) == 64 { // SHA-1 may be configured
		c.SHA256 = c.ID
	}
	if c.ID == "" {
		c.ID = string(r.text(fID))
	}
	if c.ID == "" {
		return errors.New("a certificate that no connection can name")
	}
	c.NotBefore, _ = instant(r.text(fCertNotBefore))
	c.NotAfter, _ = instant(r.text(fCertNotAfter))
	c.Names = append(p.words(r.list(fSANDNS)), p.words(r.list(fSANIP))...)
	at, ok := instant(r.text(fTS))
	if !ok {
		p.doubt(badTime)
	}
	p.span(at, at)
	p.out.Certificate(c)
	return nil
}

// leafID is the name under which x509 has the server's own certificate.
func (p *parser) leafID(r row) string {
	for _, field := range []field{fCertChainFPs, fCertChainFUIDs} {
		if chain := r.list(field); len(chain) > 0 {
			return p.word(chain[0])
		}
	}
	return ""
}
