package pcap

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// inPairs is the checksum as RFC 1071 describes it, over words of two bytes.
func inPairs(p *packet, segment []byte) uint16 {
	all := append(append([]byte{}, p.src[:]...), p.dst[:]...)
	all = binary.BigEndian.AppendUint32(all, uint32(len(segment)))
	all = append(append(all, 0, 0, 0, p.proto), segment...)
	sum := uint32(0)
	for i, b := range all {
		sum += uint32(b) << (8 - i%2*8)
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// TestSumFits: segments of all lengths fit with their checksum, and no more once a bit of them turns.
func TestSumFits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := 8; n < 300; n++ {
		for _, proto := range []uint8{protoTCP, protoUDP} {
			p, segment := &packet{proto: proto}, make([]byte, n)
			for _, b := range [][]byte{p.src[:], p.dst[:], segment} {
				for i := range b {
					b[i] = byte(random.Uint32())
				}
			}
			sum := segment[6:8]
			binary.BigEndian.PutUint16(sum, 0)
			binary.BigEndian.PutUint16(sum, inPairs(p, segment))
			if !sumFits(p, segment) {
				t.Errorf("%d bytes: %x does not fit", n, sum)
			}
			if segment[random.IntN(n)] ^= 1 << random.IntN(8); sumFits(p, segment) {
				t.Errorf("%d bytes: %x fits although a bit is another", n, sum)
			}
		}
	}
}
