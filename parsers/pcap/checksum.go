package pcap

import (
	"encoding/binary"
	"math/bits"
)

// sumFits tells whether the Internet checksum over a transport segment and its pseudo-header comes out right. The sum is the same
// in either byte order but for the order of its own bytes, and the right one is the same in both.
//
// https://www.rfc-editor.org/rfc/rfc1071#section-2
func sumFits(p *packet, segment []byte) bool {
	// The prefix of an IPv4 address in its IPv6 form adds 0xffff, which is zero in this arithmetic.
	sum, carry := bits.Add64(binary.LittleEndian.Uint64(p.src[:]), binary.LittleEndian.Uint64(p.src[8:]), 0)
	sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(p.dst[:]), carry)
	sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(p.dst[8:]), carry)
	sum, carry = bits.Add64(sum, bits.ReverseBytes64(uint64(p.proto)+uint64(len(segment))), carry)
	sum = add(sum, carry, segment)
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16+sum) == 0xffff
}

// add adds b in words of eight bytes with end-around carry, which comes to the same as words of two. It is a transport header at
// least.
func add(sum, carry uint64, b []byte) uint64 {
	last := binary.LittleEndian.Uint64(b[len(b)-8:]) >> (64 - len(b)%8*8) // what is left of it behind the whole words
	for len(b) >= 32 {
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[8:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[16:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[24:]), carry)
		b = b[32:]
	}
	for len(b) >= 8 {
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b), carry)
		b = b[8:]
	}
	sum, carry = bits.Add64(sum, last, carry)
	sum, carry = bits.Add64(sum, 0, carry)
	return sum + carry
}
