package zeek

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// named gives Zeek's analyzers the names of our schema. Those that are missing keep their own; an empty name is a
// wrapping that is not a protocol of its own.
var named = map[string]string{
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
func (p *parser) services(r row, c *evidence.Conn) evidence.App {
	var removed, found []string
	for _, s := range r.list("service") {
		for s := range strings.SplitSeq(strings.ToLower(s), ",") {
			if name, gone := strings.CutPrefix(s, "-"); gone {
				removed = append(removed, name)
			} else if s != "" {
				found = append(found, s)
			}
		}
	}
	found = slices.DeleteFunc(found, func(s string) bool { return slices.Contains(removed, s) })
	app := evidence.App{Content: strings.ContainsAny(c.History, "Dd") || c.History == "" && len(found) > 0}
	app.Protocol, app.Inner = p.layers(found, c)
	app.Confirmed = app.Protocol != "" && !slices.Contains(expected, app.Protocol)
	return app
}

// layers maps and orders the names of one connection.
func (p *parser) layers(found []string, c *evidence.Conn) (outer string, inner []string) {
	var all []string
	for _, s := range found {
		name, isKnown := named[s]
		if !isKnown {
			name = s
		}
		if name = special(name, c); name != "" && !slices.Contains(all, name) {
			all = append(all, p.word(name))
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(depth[a], depth[b]) })
	switch len(all) {
	case 0:
		return "", nil
	case 1:
		return all[0], nil
	}
	return all[0], all[1:]
}

// special renames what one analyzer reads for several protocols.
func special(name string, c *evidence.Conn) string {
	switch {
	case name == "dns" && c.Transport == evidence.UDP:
		return cmp.Or(dnsPorts[c.Resp.Port()], dnsPorts[c.Orig.Port()], name)
	case name == "tls" && c.Transport == evidence.UDP:
		return "dtls"
	}
	return name
}
