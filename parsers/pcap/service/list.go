package service

// A protocol is one line of the list.
type protocol struct {
	name string
	// mid tells that messages in the middle of a connection are unmistakable too.
	mid bool
	// tcp recognises the beginning of a connection; udp a datagram, which is the last chunk of o.
	tcp func(o *opening) verdict
	udp func(c Chunk, o *opening) verdict
	// open starts the analyzer, nil when the name is all there is to say.
	open func(sc scene) analyzer
}

// protocols is the list, the most telling first: a line waits for those above it that need more bytes.
var protocols = []protocol{
	{name: "tls", mid: true, tcp: matchTLS, open: openTLS},
	{name: "http", mid: true, tcp: matchHTTP, open: openHTTP},
	{name: "smb", mid: true, tcp: matchSMB, open: openSMB},
	{name: "dce_rpc", mid: true, tcp: sides(rpcSays(true), rpcSays(false)), open: openRPC},
	{name: "kerberos", mid: true, tcp: sides(kerberosStream(true), kerberosStream(false)), udp: matchKerberosDatagram},
	{name: "ldap", mid: true, tcp: matchLDAP, udp: matchLDAPDatagram, open: openLDAP},
	{name: "rdp", tcp: sides(rdpRequest, rdpConfirm), open: openRDP},
	{name: "mdns", udp: matchDNS("mdns"), open: openDNS},
	{name: "llmnr", udp: matchDNS("llmnr"), open: openDNS},
	{name: "netbios", tcp: sides(nbssNames, nil), udp: matchNetBIOS, open: openNetBIOS},
	{name: "quic", udp: matchQUIC, open: openQUIC},
	{name: "dns", tcp: matchDNSStream, udp: matchDNS("dns"), open: openDNS},
}

// nameOnly is the analyzer of protocols of which nothing but the name is told.
type nameOnly struct{}

func (nameOnly) feed(Chunk)       {}
func (nameOnly) describe(*Result) {}
func (nameOnly) done() bool       { return true }
