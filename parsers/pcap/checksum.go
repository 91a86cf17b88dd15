package pcap

import (
	"encoding/binary"
	"math/bits"
)

// sumFits tells whether the Internet checksum over a transport segment and its pseudo-header comes out right.
//
// https://www.rfc-editor.org/rfc/rfc1071
func sumFits(p *packet, segment []byte) bool {
	sum := uint64(p.proto) + uint64(len(segment))
	// The prefix of an IPv4 address in its IPv6 form adds 0xffff, which is zero in this arithmetic.
	sum = add(sum, p.src[:])
	sum = add(sum, p.dst[:])
	sum = add(sum, segment)
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16+sum) == 0xffff
}

// add adds b in words of eight bytes with end-around carry, which comes to the same as words of two.
func add(sum uint64, b []byte) uint64 {
	var carry uint64
	for len(b) >= 32 {
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[8:]), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[16:]), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[24:]), carry)
		b = b[32:]
	}
	for len(b) >= 8 {
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b), carry)
		b = b[8:]
	}
	var rest [8]byte
	copy(rest[:], b)
	sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(rest[:]), carry)
	sum, carry = bits.Add64(sum, 0, carry)
	return sum + carry
}
