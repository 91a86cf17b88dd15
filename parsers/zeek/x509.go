package zeek

import (
	"errors"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// x509 reads a certificate. Until version 4 it is known by the file it came in, since then by its hash, and ssl names it
// in the same way.
func (p *parser) x509(r row) error {
	c := evidence.Certificate{Ref: p.ref(), Sensor: p.sensor, ID: r.text("fingerprint"), Subject: r.text("certificate_subject"), Issuer: r.text("certificate_issuer")}
	if len(c.ID) == 64 { // SHA-1 may be configured
		c.SHA256 = c.ID
	}
	if c.ID == "" {
		c.ID = r.text("id")
	}
	if c.ID == "" {
		return errors.New("a certificate that no connection can name")
	}
	c.NotBefore, _ = instant(r.text("certificate_not_valid_before"))
	c.NotAfter, _ = instant(r.text("certificate_not_valid_after"))
	c.Names = append(r.list("san_dns"), r.list("san_ip")...)
	at, ok := instant(r.text("ts"))
	if !ok {
		p.doubt(badTime)
	}
	p.span(at, at)
	p.out.Certificate(c)
	return nil
}

// leafID is the name under which x509 has the server's own certificate.
func leafID(r row) string {
	for _, field := range []string{"cert_chain_fps", "cert_chain_fuids"} {
		if chain := r.list(field); len(chain) > 0 {
			return chain[0]
		}
	}
	return ""
}
