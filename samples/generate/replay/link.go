package replay

import "encoding/binary"

// The EtherTypes that lead to IP.
const (
	typeIPv4  = 0x0800
	typeIPv6  = 0x86dd
	typeVLAN  = 0x8100
	typeQinQ  = 0x88a8
	typeMPLS  = 0x8847
	typePPPoE = 0x8864
)

// The link types that can be turned into Ethernet.
//
// Numbers: https://www.tcpdump.org/linktypes.html
const (
	linkNull     = 0
	linkEthernet = 1
	linkRaw      = 101
	linkSLL      = 113
	linkIPv4     = 228
	linkIPv6     = 229
)

// ethernet returns a frame with an Ethernet header, and how much longer it is than the frame was.
func ethernet(link uint32, b []byte) (frame []byte, longer int, ok bool) {
	skip := 0
	switch link {
	case linkEthernet:
		return b, 0, len(b) >= 14
	case linkNull:
		skip = 4
	case linkSLL:
		skip = 16
	case linkRaw, linkIPv4, linkIPv6:
	default:
		return nil, 0, false
	}
	if len(b) <= skip {
		return nil, 0, false
	}
	kind := uint16(typeIPv4)
	switch b[skip] >> 4 {
	case 4:
	case 6:
		kind = typeIPv6
	default:
		return nil, 0, false
	}
	frame = []byte{0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2}
	frame = binary.BigEndian.AppendUint16(frame, kind)
	return append(frame, b[skip:]...), 14 - skip, true
}

// findIP returns where IP begins in an Ethernet frame, behind VLAN tags, PPPoE and MPLS labels.
func findIP(b []byte) (at int, ok bool) {
	at = 14
	for kind := binary.BigEndian.Uint16(b[12:]); ; {
		switch {
		case kind == typeIPv4 || kind == typeIPv6:
			return at, at < len(b)
		case (kind == typeVLAN || kind == typeQinQ) && at+4 <= len(b):
			kind = binary.BigEndian.Uint16(b[at+2:])
			at += 4
		case kind == typePPPoE && at+8 <= len(b):
			return at + 8, binary.BigEndian.Uint16(b[at+6:]) == 0x21 || binary.BigEndian.Uint16(b[at+6:]) == 0x57
		case kind == typeMPLS && at+4 < len(b):
			bottom := b[at+2]&1 != 0
			at += 4
			if bottom {
				return at, b[at]>>4 == 4 || b[at]>>4 == 6
			}
		default:
			return 0, false
		}
	}
}
