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
	proto, ok := map[evidence.Transport]byte{evidence.TCP: 6, evidence.UDP: 17, evidence.SCTP: 132}[t]
	if !ok || !a.IsValid() || !b.IsValid() {
		return ""
	}
	a, b = netip.AddrPortFrom(a.Addr().Unmap(), a.Port()), netip.AddrPortFrom(b.Addr().Unmap(), b.Port())
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	buf := []byte{0, 0}
	buf = append(buf, a.Addr().AsSlice()...)
	buf = append(buf, b.Addr().AsSlice()...)
	buf = append(buf, proto, 0)
	buf = binary.BigEndian.AppendUint16(buf, a.Port())
	buf = binary.BigEndian.AppendUint16(buf, b.Port())
	sum := sha1.Sum(buf)
	return "1:" + base64.StdEncoding.EncodeToString(sum[:])
}
