package zeek

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// zeekNames gives Zeek's analyzers the names of our schema. Those that are missing keep their own; an empty name is a
// wrapping that is not a protocol of its own.
var zeekNames = map[string]string{
	"ssl": "tls", "krb": "kerberos", "krb_tcp": "kerberos", "krb_udp": "kerberos", "ldap_tcp": "ldap", "ldap_udp": "ldap",
	"rdpeudp": "rdp", "netbios_ssn": "netbios", "netbios-ssn": "netbios", "gssapi": "", "ntlm": "", "spnego": "",
}

// depth orders protocols that Zeek found in one connection, outermost first; what is not here carries the others.
var depth = map[string]int{"http": 1, "tls": 2, "dce_rpc": 3, "kerberos": 4}

// expected are connections that Zeek named because another one announced them, without looking at the content.
var expected = []string{"ftp-data", "gridftp-data", "irc-dcc-data"}

// dnsPorts are protocols that share the message format of DNS: Zeek has one analyzer for all, and there the port is
// what tells them apart.
var dnsPorts = map[uint16]string{5353: "mdns", 5355: "llmnr", 137: "netbios"}

// services reads the protocols of a connection. A name with a minus was taken back by Zeek after its analyzer failed.
func (p *parser) services(r row, c *evidence.Conn, seen letters) evidence.App {
	p.found, p.removed = p.found[:0], p.removed[:0]
	for _, s := range r.list(fService) {
		s = lower(s)
		for more := true; more; {
			var name []byte
			name, s, more = bytes.Cut(s, comma)
			if gone, isGone := bytes.CutPrefix(name, minus); isGone {
				p.removed = append(p.removed, p.word(gone))
			} else if len(name) > 0 {
				p.found = append(p.found, p.word(name))
			}
		}
	}
	if len(p.removed) > 0 {
		p.found = slices.DeleteFunc(p.found, func(s string) bool { return slices.Contains(p.removed, s) })
	}
	app := evidence.App{Content: seen.any(data) || c.History == "" && len(p.found) > 0}
	app.Protocol, app.Inner = p.layers(c)
	app.Confirmed = app.Protocol != "" && !slices.Contains(expected, app.Protocol)
	return app
}

var comma, minus = []byte(","), []byte("-")

// layers maps and orders the names that were found of one connection.
func (p *parser) layers(c *evidence.Conn) (outer string, inner []string) {
	all := p.ordered[:0]
	for _, s := range p.found {
		name, isKnown := zeekNames[s]
		if !isKnown {
			name = s
		}
		if name = special(name, c.Transport, c.Orig, c.Resp); name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	p.ordered = all
	switch len(all) {
	case 0:
		return "", nil
	case 1:
		return all[0], nil
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(depth[a], depth[b]) })
	return all[0], slices.Clone(all[1:])
}

// special renames what one analyzer reads for several protocols.
func special(name string, over evidence.Transport, orig, resp netip.AddrPort) string {
	switch {
	case name == "dns" && over == evidence.UDP:
		return cmp.Or(dnsPorts[resp.Port()], dnsPorts[orig.Port()], name)
	case name == "tls" && over == evidence.UDP:
		return "dtls"
	}
	return name
}
