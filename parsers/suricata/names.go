package suricata

import (
	"cmp"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// named gives Suricata's protocols the names of our schema. Those that are missing keep their own; an empty name says
// that none was found.
var named = map[string]string{
	"failed": "", "unknown": "", "template": "", "http1": "http", "http2": "http", "http_any": "http", "http-any": "http",
	"dcerpc": "dce_rpc", "krb5": "kerberos", "pgsql": "postgresql", "doh2": "dns", "ikev2": "ike", "bittorrent-dht": "bittorrent",
}

// announced are flows that Suricata names because another one announced them, without looking at the content.
var announced = []string{"ftp-data"}

// dnsPorts are protocols that share the message format of DNS, and that Suricata reads as DNS: the port tells them apart.
var dnsPorts = map[uint16]string{5353: "mdns", 5355: "llmnr", 137: "netbios"}

func protocol(name text, c *evidence.Conn) string {
	s := strings.ToLower(string(name))
	if ours, known := named[s]; known {
		s = ours
	}
	if s == "dns" && c.Transport == evidence.UDP {
		return cmp.Or(dnsPorts[c.Resp.Port()], dnsPorts[c.Orig.Port()], s)
	}
	if s == "tls" && c.Transport == evidence.UDP {
		return "dtls"
	}
	return s
}
