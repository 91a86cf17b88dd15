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
	{name: "mdns", udp: matchDNS("mdns"), open: openDNS},
	{name: "llmnr", udp: matchDNS("llmnr"), open: openDNS},
	{name: "netbios", udp: matchDNS("netbios"), open: openDNS},
	{name: "quic", udp: matchQUIC, open: openQUIC},
	{name: "dns", tcp: matchDNSStream, udp: matchDNS("dns"), open: openDNS},
}
