package analyze

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"net/netip"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// communityID is Community ID version 1 with seed 0, "" for transports without ports.
//
// https://github.com/corelight/community-id-spec
func communityID(t evidence.Transport, a, b netip.AddrPort) string {
	proto := numberOf(t)
	if proto == 0 || !a.IsValid() || !b.IsValid() {
		return ""
	}
	a, b = netip.AddrPortFrom(a.Addr().Unmap(), a.Port()), netip.AddrPortFrom(b.Addr().Unmap(), b.Port())
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	var room [2 + 2*16 + 2 + 2*2]byte // as much as it takes for IPv6; the seed stands in front
	buf := appendAddr(appendAddr(room[:2], a.Addr()), b.Addr())
	buf = append(buf, proto, 0)
	buf = binary.BigEndian.AppendUint16(buf, a.Port())
	buf = binary.BigEndian.AppendUint16(buf, b.Port())
	sum := sha1.Sum(buf)
	return string(base64.StdEncoding.AppendEncode([]byte("1:"), sum[:]))
}

// numberOf is the number of a protocol with ports, 0 for others.
func numberOf(t evidence.Transport) byte {
	switch t {
	case evidence.TCP:
		return 6
	case evidence.UDP:
		return 17
	case evidence.SCTP:
		return 132
	}
	return 0
}

func appendAddr(b []byte, a netip.Addr) []byte {
	if a.Is4() {
		raw := a.As4()
		return append(b, raw[:]...)
	}
	raw := a.As16()
	return append(b, raw[:]...)
}
