package zeek

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// kerberos reads one exchange with a key distribution centre. A line that names nobody is a ticket shown inside another
// protocol, whose own log says which.
func kerberos(r row, a *evidence.AppRecord) {
	k := &evidence.Kerberos{Clients: principal(r.text("client")), Services: strs(r.text("service")), Errors: strs(r.text("error_msg"))}
	if len(k.Clients)+len(k.Services)+len(k.Errors) == 0 && r.text("request_type") == "" {
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
	return strs(strings.TrimSuffix(s, "@"))
}

// ntlm reads who logged on. In which protocol it happened is for the connection's own log to say.
func ntlm(r row, a *evidence.AppRecord) {
	a.Confirmed = false
	a.NTLM = &evidence.NTLM{User: r.text("username"), Domain: r.text("domainname"), Host: r.text("hostname"), Server: r.text("server_dns_computer_name")}
	if a.NTLM.Server == "" {
		a.NTLM.Server = r.text("server_nb_computer_name")
	}
}

// rdp reads the connection request. Every security protocol but RDP's own runs over TLS.
func rdp(r row, a *evidence.AppRecord) {
	security := strings.ToUpper(r.text("security_protocol"))
	a.Protocol = "rdp"
	a.RDP = &evidence.RDP{Cookie: r.text("cookie"), ClientName: r.text("client_name"), TLS: security != "" && security != "RDP"}
}

func ssh(r row, a *evidence.AppRecord) {
	a.Protocol, a.SSH = "ssh", &evidence.SSH{Client: r.text("client"), Server: r.text("server")}
}

// lease reads what DHCP gave to whom. An address that was only offered is none.
func (p *parser) lease(r row) {
	l := evidence.Lease{
		Ref: p.ref(), Sensor: p.sensor, MAC: strings.ToLower(r.text("mac")), HostName: r.text("host_name"), Domain: r.text("domain"),
	}
	if l.HostName == "" {
		l.HostName = r.text("client_fqdn")
	}
	var ok bool
	if l.At, ok = instant(r.text("ts")); !ok {
		p.doubt(badTime)
	}
	p.span(l.At, l.At)
	l.Client = given(r)
	if l.Client.IsValid() {
		l.Span, _ = span(r.text("lease_time"))
	}
	if l.Client.IsValid() || l.HostName != "" {
		p.out.Lease(l)
	}
}

// given is the address that a client has: the one it was given (assigned_ip in old logs, which state nothing else), or
// the one it asked with.
func given(r row) netip.Addr {
	fields := []string{"assigned_ip", "assigned_addr", "client_addr"}
	if messages := r.list("msg_types"); len(messages) > 0 && !slices.Contains(messages, "ACK") {
		fields = fields[2:]
	}
	for _, f := range fields {
		if a, err := netip.ParseAddr(r.text(f)); err == nil && !a.IsUnspecified() {
			return a.Unmap()
		}
	}
	return netip.Addr{}
}
