package detect

import (
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// ownCertificate: nobody vouches for the server.
	ownCertificate = 30
	// otherName: the certificate is for other names than the one asked for.
	otherName = 30
)

// tlsCertificate: the server's certificate is self-signed or does not cover the name in the greeting.
var tlsCertificate = Detector{
	Name: "content.certificate", Family: finding.FamilyContent,
	Innocent: "an appliance or an in-house service with a certificate of its own",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, k := range u.said {
			t := k.TLS
			switch {
			case t == nil || k.RDP != nil || u.Port == 3389:
			case t.SelfSigned == evidence.Yes:
				return fact(ownCertificate, fmt.Sprintf("the certificate %q is self-signed", clip(t.Subject)), cite(k.Ref))
			case t.SNI != "" && len(t.Names) > 0 && !t.MoreNames && !covered(t.Names, t.SNI):
				return fact(otherName, fmt.Sprintf("the certificate is for %s, the greeting asked for %s", clip(listed(t.Names, 3)), clip(t.SNI)), cite(k.Ref))
			}
		}
		return nil
	},
}

// covered tells whether one of the names of a certificate fits, wildcards for one label included (RFC 6125).
func covered(names []string, sni string) bool {
	sni = strings.ToLower(sni)
	_, parent, _ := strings.Cut(sni, ".")
	for _, n := range names {
		n = strings.ToLower(n)
		if n == sni || n == "*."+parent {
			return true
		}
	}
	return false
}
