package service

// A protocol is one line of the list.
type protocol struct {
	name string
	// mid tells that messages in the middle of a connection are unmistakable too.
	mid bool
	// late tells that nothing less than a whole message is worth waiting for: the first bytes say no.
	late bool
	// tcp recognises the beginning of a connection; udp a datagram, which is the last chunk of o.
	tcp func(o *opening) verdict
	udp func(c Chunk, o *opening) verdict
	// open starts the analyzer, nil when the name is all there is to say.
	open func(sc scene) analyzer
}

// protocols is the list, the most telling first: a line waits for those above it that need more bytes.
var protocols = []protocol{
	{name: "tls", mid: true, tcp: matchTLS, open: openTLS},
	{name: "http", tcp: sides(http2Client, http2Server), open: openHTTP2},
	{name: "http", mid: true, tcp: matchHTTP, open: openHTTP},
	{name: "smb", mid: true, tcp: matchSMB, open: openSMB},
	{name: "dce_rpc", mid: true, tcp: sides(rpcSays(true), rpcSays(false)), open: openRPC},
	{name: "kerberos", mid: true, tcp: sides(kerberosStream(true), kerberosStream(false)), udp: matchKerberosDatagram, open: openKerberos},
	{name: "ldap", mid: true, tcp: matchLDAP, udp: matchLDAPDatagram, open: openLDAP},
	{name: "rdp", tcp: sides(rdpRequest, rdpConfirm), open: openRDP},
	{name: "ssh", tcp: matchSSH, open: openSSH},
	{name: "sip", tcp: sides(sipRequest, begins("SIP/2.0 ")), udp: matchSIPDatagram, open: openSIP},
	{name: "stun", late: true, tcp: stunStream, udp: matchSTUN, open: openSTUN},
	{name: "dtls", udp: matchDTLS, open: openDTLS},
	{name: "capwap", udp: matchCAPWAP, open: openCAPWAP},
	{name: "ssdp", udp: matchSSDP},
	{name: "snmp", udp: matchSNMP},
	{name: "dhcp", udp: matchDHCP, open: openDHCP},
	{name: "dce_rpc", udp: matchRPCDatagram, open: openRPCDatagrams},
	{name: "rdp", udp: matchRDPUDP, open: openRDPUDP},
	{name: "wireguard", udp: matchWireGuard},
	{name: "bittorrent", tcp: sides(begins("\x13BitTorrent protocol"), nil), udp: matchDHT},
	{name: "openvpn", tcp: sides(openVPNClient, nil), udp: matchOpenVPN, open: openOpenVPN},
	{name: "postgresql", tcp: sides(pgClient, nil), open: openPostgreSQL},
	{name: "mysql", tcp: sides(nil, mysqlServer), open: openMySQL},
	{name: "tds", tcp: sides(tdsClient, nil), open: openTDS},
	{name: "mqtt", tcp: sides(mqttClient, nil)},
	{name: "telnet", tcp: matchTelnet},
	{name: "smtp", tcp: smtpGreeting.match, open: smtpUpgrade.open},
	{name: "ftp", tcp: ftpGreeting.match, open: openFTP},
	{name: "pop3", tcp: pop3Greeting.match, open: pop3Upgrade.open},
	{name: "imap", tcp: imapGreeting.match, open: imapUpgrade.open},
	{name: "irc", tcp: sides(ircClient, nil)},
	{name: "socks", tcp: matchSOCKS, open: openSOCKS},
	{name: "mdns", udp: matchDNS("mdns"), open: openDNS},
	{name: "llmnr", udp: matchDNS("llmnr"), open: openDNS},
	{name: "netbios", tcp: sides(nbssNames, nil), udp: matchNetBIOS, open: openNetBIOS},
	{name: "quic", udp: matchQUIC, open: openQUIC},
	{name: "rtp", udp: matchRTP},
	{name: "dns", late: true, tcp: matchDNSStream, udp: matchDNS("dns"), open: openDNS},
	{name: "ntp", udp: matchNTP},
	{name: "tftp", udp: matchTFTP, open: openTFTP},
}

// nameOnly is the analyzer of protocols of which nothing but the name is told.
type nameOnly struct{}

func (nameOnly) feed(Chunk)       {}
func (nameOnly) describe(*Result) {}
func (nameOnly) done() bool       { return true }
