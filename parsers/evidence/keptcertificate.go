package evidence

import (
	"slices"
	"time"
)

// A KeptCertificate is a Certificate as a Batch keeps it. A sensor may state one again for every connection that showed it, so
// what it says stands once.
type KeptCertificate struct {
	ID string // as in Certificate
	n  uint64
	*CertificateTexts
}

// CertificateTexts are what statements of one certificate have in common. They must not be changed.
type CertificateTexts struct {
	Sensor, Subject, Issuer, SHA256 string
	NotBefore, NotAfter             time.Time
	names                           string // packed
	file, unit                      string
}

// Names are those of Certificate, made anew each time.
func (t *CertificateTexts) Names() []string { return slices.Collect(unpack(t.names)) }

// Certificate returns what was kept.
func (k *KeptCertificate) Certificate() Certificate {
	return Certificate{Ref: Ref{k.file, k.unit, k.n}, Sensor: k.Sensor, ID: k.ID, Subject: k.Subject, Issuer: k.Issuer,
		Names: k.Names(), NotBefore: k.NotBefore, NotAfter: k.NotAfter, SHA256: k.SHA256}
}
