package zeek

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// kerberos reads one exchange with a key distribution centre. A line that names nobody is a ticket shown inside another
// protocol, whose own log says which.
func (p *parser) kerberos(r row, a *evidence.AppRecord) {
	k := &evidence.Kerberos{Clients: principal(string(r.text(fClient))), Services: p.one(r.text(fService)), Errors: p.one(r.text(fErrorMsg))}
	if len(k.Clients)+len(k.Services)+len(k.Errors) == 0 && len(r.text(fRequestType)) == 0 {
		a.Inner, a.Confirmed = []string{"kerberos"}, false
		return
	}
	a.Protocol, a.Kerberos = "kerberos", k
}

// principal writes name and realm as Kerberos does: Zeek puts a slash between them, which names may hold too.
func principal(s string) []string {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[:i] + "@" + s[i+1:]
	}
	if strings.HasPrefix(s, "@") {
		return nil // no name was given
	}
	if s = strings.TrimSuffix(s, "@"); s == "" {
		return nil
	}
	return []string{s}
}

// ntlm reads who logged on. In which protocol it happened is for the connection's own log to say.
func (p *parser) ntlm(r row, a *evidence.AppRecord) {
	a.Confirmed = false
	a.NTLM = &evidence.NTLM{User: p.word(r.text(fUsername)), Domain: p.word(r.text(fDomainName)), Host: p.word(r.text(fHostname)), Server: p.word(r.text(fServerDNSName))}
	if a.NTLM.Server == "" {
		a.NTLM.Server = p.word(r.text(fServerNBName))
	}
}

// rdp reads the connection request. Every security protocol but RDP's own runs over TLS.
func rdp(r row, a *evidence.AppRecord) {
	security := strings.ToUpper(string(r.text(fSecurityProtocol)))
	a.Protocol = "rdp"
	a.RDP = &evidence.RDP{Cookie: string(r.text(fCookie)), ClientName: string(r.text(fClientName)), TLS: security != "" && security != "RDP"}
}

func (p *parser) ssh(r row, a *evidence.AppRecord) {
	a.Protocol, a.SSH = "ssh", &evidence.SSH{Client: p.word(r.text(fClient)), Server: p.word(r.text(fServer))}
}

// lease reads what DHCP gave to whom. An address that was only offered is none.
func (p *parser) lease(r row) {
	l := evidence.Lease{
		Ref: p.ref(), Sensor: p.sensor, MAC: string(lower(r.text(fMAC))), HostName: string(r.text(fHostName)), Domain: p.word(r.text(fDomain)),
	}
	if l.HostName == "" {
		l.HostName = string(r.text(fClientFQDN))
	}
	var ok bool
	if l.At, ok = instant(r.text(fTS)); !ok {
		p.doubt(badTime)
	}
	p.span(l.At, l.At)
	l.Client = given(r)
	if l.Client.IsValid() {
		l.Span, _ = span(r.text(fLeaseTime))
	}
	if l.Client.IsValid() || l.HostName != "" {
		p.out.Lease(l)
	}
}

// given is the address that a client has: the one it was given (assigned_ip in old logs, which state nothing else), or
// the one it asked with.
func given(r row) netip.Addr {
	fields := []field{fAssignedIP, fAssignedAddr, fClientAddr}
	if messages := r.list(fMsgTypes); len(messages) > 0 && !slices.ContainsFunc(messages, func(m []byte) bool { return string(m) == "ACK" }) {
		fields = fields[2:]
	}
	for _, f := range fields {
		if a, ok := parsers.Address(r.text(f)); ok && !a.IsUnspecified() {
			return a
		}
	}
	return netip.Addr{}
}
