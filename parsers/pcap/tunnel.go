package pcap

import (
	"encoding/binary"
	"errors"
)

// carried follows the IP protocols that carry packets. Protocols that carry none are no error.
func (d *decoder) carried(proto uint8, s span) error {
	switch proto {
	case protoIPv4:
		return d.inside("ipip", 0, d.ip, s)
	case protoIPv6:
		return d.inside("6in4", 0, d.ip, s)
	case protoGRE:
		return d.gre(s)
	case protoEtherIP:
		if err := s.need(2); err != nil {
			return err
		}
		return d.inside("etherip", 0, d.ethernet, s.skip(2))
	case protoMPLS:
		return d.inside("mpls", 0, d.mpls, s)
	}
	return nil
}

// gre reads RFC 2784 and 2890 headers, ERSPAN, and the PPTP variant of RFC 2637.
func (d *decoder) gre(s span) error {
	if err := s.need(4); err != nil {
		return err
	}
	flags, kind := binary.BigEndian.Uint16(s.data), binary.BigEndian.Uint16(s.data[2:])
	const checksum, routing, key, sequence, acknowledge = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
	pptp := flags&7 == 1
	if flags&routing != 0 || flags&7 > 1 {
		return nil // source routes were never deployed
	}
	n, vni := 4, uint32(0)
	if flags&checksum != 0 {
		n += 4
	}
	if flags&key != 0 {
		if err := s.need(n + 4); err != nil {
			return err
		}
		if !pptp { // PPTP numbers its calls differently in each direction
			vni = binary.BigEndian.Uint32(s.data[n:])
		}
		n += 4
	}
	if flags&sequence != 0 {
		n += 4
	}
	if pptp && flags&acknowledge != 0 {
		n += 4
	}
	if n > s.wire {
		return errShort
	}
	s = s.skip(n)
	switch {
	case s.wire == 0:
		return nil // PPTP acknowledges with empty packets
	case pptp:
		return d.inside("pptp", 0, d.ppp, s)
	case kind == 0x88be && flags&sequence == 0:
		return d.inside("erspan", 0, d.ethernet, s)
	case kind == 0x88be:
		return d.erspan(s, 8)
	case kind == 0x22eb:
		return d.erspan(s, 12)
	}
	return d.inside("gre", vni, func(s span) error { return d.ether(kind, s) }, s)
}

// erspan skips the header of type II or III. The session is not taken as an identifier: each direction of a connection may
// be mirrored in another.
func (d *decoder) erspan(s span, header int) error {
	if err := s.need(header); err != nil {
		return err
	}
	const platform = 1 // last bit of a type III header: eight more bytes
	if header == 12 && s.data[11]&platform != 0 {
		header += 8
	}
	if header > s.wire {
		return errShort
	}
	return d.inside("erspan", 0, d.ethernet, s.skip(header))
}

// The ports that tunnels use. A port only suggests: what the datagram carries must make sense down to its IP header.
const (
	portL2TP      = 1701
	portGTP       = 2152
	portTeredo    = 3544
	portVXLAN     = 4789
	portVXLANGPE  = 4790
	portVXLANOld  = 8472 // Linux before the port was assigned
	portGeneve    = 6081
	udpTunnelHead = 8
)

// udpTunnel follows a datagram into a tunnel. One whose content makes no sense there is no tunnel and left as it is.
func (d *decoder) udpTunnel(sport, dport uint16, s span) error {
	if len(s.data) < udpTunnelHead {
		return nil
	}
	var err error
	switch {
	case dport == portVXLAN || dport == portVXLANOld:
		err = d.vxlan(s)
	case dport == portVXLANGPE:
		err = d.vxlanGPE(s)
	case dport == portGeneve:
		err = d.geneve(s)
	case sport == portGTP || dport == portGTP:
		err = d.gtp(s)
	case sport == portL2TP || dport == portL2TP:
		err = d.l2tp(s)
	default:
		err = d.teredo(s, sport == portTeredo || dport == portTeredo)
	}
	if errors.Is(err, errCut) {
		return err
	}
	return nil
}

// https://www.rfc-editor.org/rfc/rfc7348
func (d *decoder) vxlan(s span) error {
	if s.data[0]&0x08 == 0 || s.data[7] != 0 {
		return nil
	}
	return d.inside("vxlan", binary.BigEndian.Uint32(s.data[4:])>>8, d.ethernet, s.skip(8))
}

// vxlanGPE reads VXLAN that names what it carries.
//
// https://datatracker.ietf.org/doc/draft-ietf-nvo3-vxlan-gpe/
func (d *decoder) vxlanGPE(s span) error {
	const instance, next, ethernet = 0x08, 0x04, 3
	if s.data[0]&instance == 0 || s.data[7] != 0 {
		return nil
	}
	inner := d.ip
	if s.data[0]&next == 0 || s.data[3] == ethernet {
		inner = d.ethernet
	}
	return d.inside("vxlan", binary.BigEndian.Uint32(s.data[4:])>>8, inner, s.skip(8))
}

// geneve leaves the network identifier out of what tells tunnels apart: each direction may have its own.
//
// https://www.rfc-editor.org/rfc/rfc8926
func (d *decoder) geneve(s span) error {
	header := 8 + int(s.data[0]&0x3f)*4
	if s.data[0]>>6 != 0 || s.data[7] != 0 || header > s.wire {
		return nil
	}
	kind := binary.BigEndian.Uint16(s.data[2:])
	return d.inside("geneve", 0, func(s span) error { return d.ether(kind, s) }, s.skip(header))
}

// l2tp reads data messages of version 2. Tunnel and session are numbered differently in each direction.
//
// https://www.rfc-editor.org/rfc/rfc2661#section-3.1
func (d *decoder) l2tp(s span) error {
	const control, length, sequence, offset, version = 0x8000, 0x4000, 0x0800, 0x0200, 0x000f
	flags, n := binary.BigEndian.Uint16(s.data), 6
	if flags&control != 0 || flags&version != 2 {
		return nil
	}
	if flags&length != 0 {
		s, n = s.limit(int(binary.BigEndian.Uint16(s.data[2:]))), 8
	}
	if flags&sequence != 0 {
		n += 4
	}
	if flags&offset != 0 {
		if err := s.need(n + 2); err != nil {
			return err
		}
		n += 2 + int(binary.BigEndian.Uint16(s.data[n:]))
	}
	if n > s.wire {
		return errShort
	}
	return d.inside("l2tp", 0, d.ppp, s.skip(n))
}

// gtp reads user data of GTPv1. The tunnel's endpoint identifier differs in each direction.
//
// 3GPP TS 29.281
func (d *decoder) gtp(s span) error {
	const userData = 255
	if s.data[0]>>4 != 3 || s.data[1] != userData || int(binary.BigEndian.Uint16(s.data[2:])) > s.wire-8 {
		return nil
	}
	extended := s.data[0]&4 != 0
	optional := s.data[0]&7 != 0
	s = s.limit(8 + int(binary.BigEndian.Uint16(s.data[2:]))).skip(8)
	if !optional {
		return d.inside("gtp", 0, d.ip, s)
	}
	if err := s.need(4); err != nil {
		return err
	}
	next := s.data[3]
	for s = s.skip(4); extended && next != 0; {
		if err := d.step(); err != nil {
			return err
		}
		if err := s.need(1); err != nil {
			return err
		}
		n := int(s.data[0]) * 4
		if n == 0 {
			return errMalformed
		}
		if err := s.need(n); err != nil {
			return err
		}
		next, s = s.data[n-1], s.skip(n)
	}
	return d.inside("gtp", 0, d.ip, s)
}

// teredo skips the authentication and origin headers and wants IPv6 that fills the rest of the datagram. Peers talk to each
// other from any port to any port, so away from the servers' port an address of the Teredo prefix must show it.
//
// https://www.rfc-editor.org/rfc/rfc4380
func (d *decoder) teredo(s span, atServer bool) error {
	if s.data[0] == 0 && s.data[1] == 1 {
		n := 13 + int(s.data[2]) + int(s.data[3])
		if n > s.wire {
			return nil
		}
		s = s.skip(n)
	}
	if len(s.data) >= 8 && s.data[0] == 0 && s.data[1] == 0 {
		s = s.skip(8)
	}
	if len(s.data) < 40 || s.data[0]>>4 != 6 || int(binary.BigEndian.Uint16(s.data[4:]))+40 != s.wire {
		return nil
	}
	if !atServer && !isTeredo(s.data[8:]) && !isTeredo(s.data[24:]) {
		return nil
	}
	return d.inside("teredo", 0, d.ip, s)
}

// isTeredo tells whether an address has the prefix 2001::/32.
func isTeredo(a []byte) bool { return binary.BigEndian.Uint32(a) == 0x20010000 }
