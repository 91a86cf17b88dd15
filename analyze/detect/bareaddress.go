package detect

import (
	"fmt"
	"net/netip"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// byAddress: services that people use have names.
const byAddress = 25

// bareAddress: HTTP requests name their host by address.
var bareAddress = Detector{
	Name: "content.bare-address", Family: finding.FamilyContent,
	Innocent: "an appliance or an in-house service that is used by address",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, k := range u.said {
			if k.HTTP == nil {
				continue
			}
			for _, h := range k.HTTP.Hosts {
				if isAddress(h) {
					return fact(byAddress, fmt.Sprintf("HTTP requests name the host by its address %s", h), cite(k.Ref))
				}
			}
		}
		return nil
	},
}

func isAddress(host string) bool {
	if _, err := netip.ParseAddrPort(host); err == nil {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}
