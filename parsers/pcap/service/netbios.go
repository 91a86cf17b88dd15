package service

import "github.com/wirewitness/wirewitness/parsers/evidence"

// NetBIOS: names in DNS messages (dns.go), datagrams (https://www.rfc-editor.org/rfc/rfc1002#section-4.4), and sessions
// (smb.go).

// matchNetBIOS recognises a name service message or a datagram.
func matchNetBIOS(c Chunk, o *opening) verdict {
	if v := matchDNS("netbios")(c, o); v != no {
		return v
	}
	return netbiosDatagram(c)
}

// netbiosDatagram recognises a direct, group or broadcast datagram with its two encoded names.
func netbiosDatagram(c Chunk) verdict {
	const head, name = 14, 34
	b := c.Data
	if len(b) < head+2*name || b[0] < 0x10 || b[0] > 0x12 || b[1] > 0x0f || b[head] != 32 || b[head+name] != 32 {
		return no
	}
	for _, l := range b[head+1 : head+33] {
		if l < 'A' || l > 'P' {
			return no
		}
	}
	return asks(c.Side)
}

// openNetBIOS lists the names asked for; sessions and datagrams have none.
func openNetBIOS(sc scene) analyzer {
	if sc.transport == evidence.UDP {
		return openDNS(sc)
	}
	return nameOnly{}
}
