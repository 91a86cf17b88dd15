package casefile

import (
	"cmp"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// certificates are what sensors logged of certificates, by the name that the logs of handshakes use.
type certificates struct {
	by    map[uid]*evidence.KeptCertificate
	names map[*evidence.CertificateTexts][]string // of those that were asked for
}

func (cs certificates) add(list []evidence.KeptCertificate) {
	for i := range list {
		k := uid{list[i].Sensor, list[i].ID}
		if cs.by[k] == nil {
			cs.by[k] = &list[i]
		}
	}
}

// complete returns the record with what the certificate states, where the handshake's own log only names it.
func (cs certificates) complete(a *evidence.AppRecord) *evidence.AppRecord {
	if a.TLS == nil || a.TLS.CertID == "" {
		return a
	}
	c := cs.by[uid{a.Sensor, a.TLS.CertID}]
	if c == nil {
		return a
	}
	t, whole := *a.TLS, *a
	t.Subject, t.Issuer = cmp.Or(t.Subject, c.Subject), cmp.Or(t.Issuer, c.Issuer)
	t.CertSHA256 = cmp.Or(t.CertSHA256, c.SHA256)
	if len(t.Names) == 0 {
		t.Names = cs.namesOf(c.CertificateTexts)
	}
	t.NotBefore, t.NotAfter = cmp.Or(t.NotBefore, c.NotBefore), cmp.Or(t.NotAfter, c.NotAfter)
	if t.SelfSigned == evidence.Unknown && t.Subject != "" && t.Issuer != "" {
		t.SelfSigned = evidence.No
		if t.Subject == t.Issuer {
			t.SelfSigned = evidence.Yes
		}
	}
	whole.TLS = &t
	return &whole
}

func (cs certificates) namesOf(c *evidence.CertificateTexts) []string {
	names, known := cs.names[c]
	if !known {
		names = c.Names()
		cs.names[c] = names
	}
	return names
}

// sortLeases puts leases in the order of their times.
func (cf *Casefile) sortLeases() {
	slices.SortFunc(cf.Leases, func(a, b *evidence.Lease) int { return cmp.Or(a.At.Compare(b.At), evidence.CompareRefs(a.Ref, b.Ref)) })
}
