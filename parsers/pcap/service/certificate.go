package service

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Certificates are those that a capture has shown: a server shows its own on every connection, and reading one takes longer
// than all else of a handshake. They may be used by one goroutine at a time.
type Certificates struct {
	read map[[sha256.Size]byte]certificate
}

const (
	// maxCertificate bounds a certificate that is parsed.
	maxCertificate = 64 << 10
	// maxCertificates bounds those kept; a capture with more of them begins anew.
	maxCertificates = 1 << 10
	// maxNames bounds the names of one. Large services put a hundred and more in one certificate.
	maxNames = 1 << 9
)

// A certificate is what is told of one; all but its hash is empty where it cannot be parsed.
type certificate struct {
	sha256, subject, issuer string
	names                   []string
	moreNames               bool
	notBefore, notAfter     time.Time
	selfSigned              evidence.Tri
}

// describeChain reads the server's own certificate, the first of its chain.
func (k *Certificates) describeChain(to *evidence.TLS, body []byte) {
	c := cursor{b: body}
	chain := c.vec(3)
	leaf := chain.vec(3)
	if chain.short || leaf.short || len(leaf.b) == 0 || len(leaf.b) > maxCertificate {
		return
	}
	found := k.find(leaf.b)
	to.CertSHA256, to.Subject, to.Issuer, to.SelfSigned = found.sha256, found.subject, found.issuer, found.selfSigned
	to.NotBefore, to.NotAfter = found.notBefore, found.notAfter
	to.Names, to.MoreNames = slices.Clip(found.names), found.moreNames
}

func (k *Certificates) find(der []byte) certificate {
	sum := sha256.Sum256(der)
	found, ok := k.read[sum]
	if ok {
		return found
	}
	found = readCertificate(der, sum)
	if k.read == nil || len(k.read) >= maxCertificates {
		k.read = map[[sha256.Size]byte]certificate{}
	}
	k.read[sum] = found
	return found
}

func readCertificate(der []byte, sum [sha256.Size]byte) certificate {
	c := certificate{sha256: hex.EncodeToString(sum[:])}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return c // the hash still names it
	}
	c.subject, c.issuer = cert.Subject.String(), cert.Issuer.String()
	c.notBefore, c.notAfter = cert.NotBefore.UTC(), cert.NotAfter.UTC()
	c.selfSigned = evidence.No
	if string(cert.RawSubject) == string(cert.RawIssuer) {
		c.selfSigned = evidence.Yes
	}
	for _, name := range cert.DNSNames {
		c.moreNames = noteOf(&c.names, name, maxNames) || c.moreNames
	}
	for _, ip := range cert.IPAddresses {
		c.moreNames = noteOf(&c.names, ip.String(), maxNames) || c.moreNames
	}
	return c
}
