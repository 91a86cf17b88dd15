package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// notItsPort: a confirmed protocol on a port that is nobody's.
	notItsPort = 35
	// anothersPort: on a port that belongs to another protocol, where it passes for that.
	anothersPort = 45
	// nothingKnown: on the port of a protocol that is always recognised by its first bytes, something else.
	nothingKnown = 35
)

// elsewhere: what the content says does not agree with the port.
var elsewhere = Detector{
	Name: "port.protocol-elsewhere", Family: finding.FamilyPort, Technique: "T1571",
	Innocent: "a product that is configured to another port",
	Find: func(u *Usage, c *Context) []finding.Fact {
		name, seen := u.Protocol()
		port := finding.Number{Name: "port", Value: float64(u.Port), Unit: "port"}
		owner, owned := c.owner(u.Port, u.Transport)
		if name == "" {
			if !seen || !owned || u.midStream() || !u.dissected(owner.Name) {
				return nil
			}
			return fact(nothingKnown, fmt.Sprintf("the content on port %d is not %s and not recognised", u.Port, owner.Name), u.refs(), port)
		}
		p, judged := c.protocol(name)
		if !judged || p.Owns(u.Port) || assigned(name, u.Port) {
			return nil
		}
		if owned {
			return fact(anothersPort, fmt.Sprintf("%s was confirmed by content on port %d, which is %s's", name, u.Port, owner.Name), u.refs(), port)
		}
		return fact(notItsPort, fmt.Sprintf("%s was confirmed by content on port %d, which is not its own", name, u.Port), u.refs(), port)
	},
}

// owner is the first protocol of the policy that a port belongs to. HTTP and TLS run over TCP, QUIC over UDP.
func (c *Context) owner(port uint16, transport evidence.Transport) (policy.Protocol, bool) {
	for i := range c.Policy.ProtocolList {
		p := &c.Policy.ProtocolList[i]
		overUDP, overTCP := p.Name == "quic", p.Name == "http" || p.Name == "tls" || p.Name == "winrm"
		if p.Owns(port) && !(overUDP && transport == evidence.TCP) && !(overTCP && transport == evidence.UDP) {
			return *p, true
		}
	}
	return policy.Protocol{}, false
}

func (c *Context) protocol(name string) (policy.Protocol, bool) {
	for i := range c.Policy.ProtocolList {
		if p := &c.Policy.ProtocolList[i]; p.Name == name {
			return *p, true
		}
	}
	return policy.Protocol{}, false
}

// assigned tells whether the protocol is one whose servers listen on ports that the endpoint mapper hands out: the
// dynamic range, 1025 and above before Windows Vista, or one that an administrator fixed.
func assigned(name string, port uint16) bool { return name == "dce_rpc" && port >= 1025 }

// dissected tells whether not being recognised means something: a capture was dissected here, or every sensor knows the
// protocol.
func (u *Usage) dissected(name string) bool {
	return name == "http" || name == "tls" || name == "dns" || u.dissectedHere
}
