package pcap

import (
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// The link types read here.
//
// https://www.tcpdump.org/linktypes.html
const (
	linkNull     = 0
	linkEthernet = 1
	linkPPP      = 9
	linkRaw12    = 12 // raw IP as written by BSD systems, and by OpenBSD as 14
	linkRaw14    = 14
	linkPPPHDLC  = 50
	linkPPPEther = 51
	linkRaw      = 101
	linkDot11    = 105
	linkLoop     = 108
	linkSLL      = 113
	linkRadiotap = 127
	linkPPPDir   = 204 // with the direction before it
	linkIPv4     = 228
	linkIPv6     = 229
	linkNFLOG    = 239
	linkSLL2     = 276
)

var linkNames = map[capfile.LinkType]string{
	linkNull: "null", linkEthernet: "ethernet", linkPPP: "ppp", linkRaw12: "raw", linkRaw14: "raw", linkPPPHDLC: "ppp-hdlc", linkPPPDir: "ppp",
	linkPPPEther: "pppoe", linkRaw: "raw", linkDot11: "ieee802.11", linkLoop: "loop", linkSLL: "linux-sll",
	linkRadiotap: "radiotap", linkIPv4: "ipv4", linkIPv6: "ipv6", linkNFLOG: "nflog", linkSLL2: "linux-sll2",
}

func linkName(l capfile.LinkType) string {
	if name, ok := linkNames[l]; ok {
		return name
	}
	return "linktype-" + strconv.Itoa(int(l))
}

func (d *decoder) link(l capfile.LinkType, s span) error {
	switch l {
	case linkEthernet:
		return d.ethernet(s)
	case linkRaw, linkRaw12, linkRaw14, linkIPv4, linkIPv6:
		return d.ip(s)
	case linkNull, linkLoop:
		return d.loopback(s)
	case linkSLL:
		return d.typed(s, 14, 16)
	case linkSLL2:
		return d.typed(s, 0, 20)
	case linkPPP, linkPPPHDLC:
		return d.ppp(s)
	case linkPPPDir:
		if err := s.need(1); err != nil {
			return err
		}
		return d.ppp(s.skip(1))
	case linkPPPEther:
		return d.pppoe(s)
	case linkRadiotap:
		return d.radiotap(s)
	case linkDot11:
		return d.dot11(s)
	case linkNFLOG:
		return d.nflog(s)
	}
	d.unsupported = true
	return nil
}

// typed reads a link header of fixed length that has an EtherType at the given place.
func (d *decoder) typed(s span, at, length int) error {
	if err := s.need(length); err != nil {
		return err
	}
	return d.ether(binary.BigEndian.Uint16(s.data[at:]), s.skip(length))
}

func (d *decoder) ethernet(s span) error { return d.typed(s, 12, 14) }

// The EtherTypes followed; below minEtherType the field is a length.
const (
	minEtherType = 0x600
	etherIPv4    = 0x0800
	etherIPv6    = 0x86dd
	etherBridge  = 0x6558
	etherPPP     = 0x880b
	etherPPPoE   = 0x8864
)

// ether dispatches on an EtherType. Anything without IP is no error: the frame ends up without packets.
func (d *decoder) ether(kind uint16, s span) error {
	if err := d.step(); err != nil {
		return err
	}
	switch kind {
	case etherIPv4, etherIPv6:
		return d.ip(s)
	case 0x8100, 0x88a8, 0x9100, 0x9200:
		return d.tagged(s)
	case 0x8847, 0x8848:
		return d.mpls(s)
	case etherPPPoE:
		return d.pppoe(s)
	case etherPPP:
		return d.ppp(s)
	case etherBridge:
		return d.ethernet(s)
	}
	if kind < minEtherType && kind > 0 {
		return d.dot2(s.limit(int(kind)))
	}
	return nil
}

func (d *decoder) tagged(s span) error {
	if err := s.need(4); err != nil {
		return err
	}
	if err := d.tag.DecodeFromBytes(s.data, d); err != nil {
		return errMalformed
	}
	if d.nvlan < maxVLAN && len(d.packets) == 0 {
		d.vlan[d.nvlan] = d.tag.VLANIdentifier
		d.nvlan++
	}
	return d.ether(uint16(d.tag.Type), s.skip(4))
}

// dot2 reads an 802.2 header: IP follows a SNAP header with an EtherType.
func (d *decoder) dot2(s span) error {
	if err := s.need(8); errors.Is(err, errCut) {
		return err
	}
	if len(s.data) < 8 || d.llc.DecodeFromBytes(s.data, d) != nil || d.llc.DSAP != 0xaa || d.llc.SSAP != 0xaa || d.llc.Control != 3 {
		return nil
	}
	if d.snap.DecodeFromBytes(s.data[3:], d) != nil {
		return nil
	}
	return d.ether(uint16(d.snap.Type), s.skip(8))
}

// mpls skips a label stack. What follows is not stated: IP is recognised by its version, Ethernet by the zero word that
// pseudowires begin with.
func (d *decoder) mpls(s span) error {
	for {
		if err := d.step(); err != nil {
			return err
		}
		if err := s.need(4); err != nil {
			return err
		}
		bottom := s.data[2]&1 != 0
		s = s.skip(4)
		if bottom {
			break
		}
	}
	if err := s.need(1); err != nil {
		return err
	}
	switch s.data[0] >> 4 {
	case 4, 6:
		return d.ip(s)
	case 0:
		if err := s.need(4); err != nil {
			return err
		}
		return d.ethernet(s.skip(4))
	}
	return nil
}

func (d *decoder) pppoe(s span) error {
	if err := s.need(6); err != nil {
		return err
	}
	if s.data[0] != 0x11 || s.data[1] != 0 { // version and type 1, session data
		return nil
	}
	length := int(binary.BigEndian.Uint16(s.data[4:]))
	return d.ppp(s.skip(6).limit(length))
}

// ppp reads PPP with or without HDLC framing and with a protocol field of one or two bytes.
func (d *decoder) ppp(s span) error {
	if err := d.step(); err != nil {
		return err
	}
	if len(s.data) >= 2 && s.data[0] == 0xff && s.data[1] == 0x03 {
		s = s.skip(2)
	}
	if err := s.need(2); err != nil {
		return err
	}
	proto, n := uint16(s.data[0]), 1
	if s.data[0]&1 == 0 {
		proto, n = binary.BigEndian.Uint16(s.data), 2
	}
	switch s = s.skip(n); proto {
	case 0x21, 0x57:
		return d.ip(s)
	case 0x281:
		return d.mpls(s)
	}
	return nil
}

// loopback reads the address family that BSD systems write, in the byte order of the machine or of the network.
func (d *decoder) loopback(s span) error {
	if err := s.need(4); err != nil {
		return err
	}
	family := binary.LittleEndian.Uint32(s.data)
	if family > 0xffff {
		family = binary.BigEndian.Uint32(s.data)
	}
	switch family {
	case 2, 10, 23, 24, 28, 30: // IPv4, and IPv6 on the systems that number it differently
		return d.ip(s.skip(4))
	}
	return nil
}

// nflog looks for the packet among the attributes.
func (d *decoder) nflog(s span) error {
	if err := s.need(4); err != nil {
		return err
	}
	for s = s.skip(4); s.need(4) == nil; {
		length, kind := int(binary.LittleEndian.Uint16(s.data)), binary.LittleEndian.Uint16(s.data[2:])
		if length < 4 || length > s.wire {
			return errMalformed
		}
		if kind == 9 {
			return d.ip(s.limit(length).skip(4))
		}
		s = s.skip(min((length+3)&^3, s.wire))
	}
	return nil
}
