// Package wire makes packets and capture files: it gives recorded conversations the Ethernet, IP, TCP and UDP headers
// they would have had between two given addresses.
package wire

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// A Packet is a frame as a capture holds it. Size is its length on the wire; Data may be less of it.
type Packet struct {
	At   time.Time
	Data []byte
	Size int
}

// An End is one side of a flow: what the sensor sees of a host.
type End struct {
	Addr netip.AddrPort
	MAC  [6]byte
	TTL  byte
}

const (
	protoTCP = 6
	protoUDP = 17
)

// A payload is the bytes of one segment or datagram, of which only the first may be known.
type payload struct {
	data []byte
	size int
}

// frame puts Ethernet and IP around a transport header and its payload. The checksum of a packet that was cut is made as
// if the missing bytes were zero: nobody can check it.
func frame(from, to End, proto byte, id uint16, header []byte, p payload) Packet {
	at := 16
	if proto == protoUDP {
		at = 6
	}
	binary.BigEndian.PutUint16(header[at:], transportChecksum(from, to, proto, header, p))
	b := append(append([]byte{}, to.MAC[:]...), from.MAC[:]...)
	if from.Addr.Addr().Is4() {
		b = append(b, 0x08, 0x00)
		b = append(b, ipv4(from, to, proto, id, len(header)+p.size)...)
	} else {
		b = append(b, 0x86, 0xdd)
		b = append(b, ipv6(from, to, proto, len(header)+p.size)...)
	}
	b = append(b, header...)
	size := len(b) + p.size
	return Packet{Data: append(b, p.data...), Size: size}
}

func ipv4(from, to End, proto byte, id uint16, length int) []byte {
	b := make([]byte, 20)
	b[0] = 0x45
	binary.BigEndian.PutUint16(b[2:], uint16(20+length))
	binary.BigEndian.PutUint16(b[4:], id)
	b[6] = 0x40 // don't fragment
	b[8], b[9] = from.TTL, proto
	copy(b[12:], from.Addr.Addr().AsSlice())
	copy(b[16:], to.Addr.Addr().AsSlice())
	binary.BigEndian.PutUint16(b[10:], fold(sum(b)))
	return b
}

func ipv6(from, to End, proto byte, length int) []byte {
	b := make([]byte, 8, 40)
	b[0] = 0x60
	binary.BigEndian.PutUint16(b[4:], uint16(length))
	b[6], b[7] = proto, from.TTL
	b = append(b, from.Addr.Addr().AsSlice()...)
	return append(b, to.Addr.Addr().AsSlice()...)
}

// transportChecksum covers the pseudo header, the header with its checksum field still zero, and the payload.
func transportChecksum(from, to End, proto byte, header []byte, p payload) uint16 {
	s := sum(from.Addr.Addr().AsSlice()) + sum(to.Addr.Addr().AsSlice())
	s += uint32(proto) + uint32(len(header)+p.size)
	c := fold(s + sum(header) + sum(p.data))
	if c == 0 && proto == protoUDP {
		return 0xffff
	}
	return c
}

func sum(b []byte) (s uint32) {
	for ; len(b) >= 2; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	return s
}

func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s&0xffff + s>>16
	}
	return ^uint16(s)
}
