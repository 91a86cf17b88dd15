package service

import (
	"encoding/binary"
	"testing"
)

// rtp is a packet of a stream, its time stamp in step with its number.
func rtp(number uint16, source uint32, sound string) string {
	b := binary.BigEndian.AppendUint16([]byte{0x80, 8}, number)
	b = binary.BigEndian.AppendUint32(b, 160*uint32(number+1))
	return string(binary.BigEndian.AppendUint32(b, source)) + sound
}

// TestRTPNeedsARow: packets that merely look like those of a stream are none.
func TestRTPNeedsARow(t *testing.T) {
	control := "\x80\xc8" + rtp(5, 9, "")[2:]
	for why, k := range map[string]talk{
		"two packets":                udp(">"+rtp(1, 9, ""), ">"+rtp(2, 9, "")),
		"two sides":                  udp(">"+rtp(1, 9, ""), "<"+rtp(2, 9, ""), ">"+rtp(3, 9, "")),
		"two sources":                udp(">"+rtp(1, 9, ""), ">"+rtp(2, 8, ""), ">"+rtp(3, 9, "")),
		"a number that stands still": udp(">"+rtp(1, 9, ""), ">"+rtp(1, 9, ""), ">"+rtp(1, 9, "")),
		"no source":                  udp(">"+rtp(1, 0, ""), ">"+rtp(2, 0, ""), ">"+rtp(3, 0, "")),
		"control messages":           udp(">"+control, ">"+control, ">"+control),
		"time that jumps":            udp(">"+rtp(1, 9, ""), ">"+rtp(2, 9, ""), ">"+rtp(3, 9, "")[:4]+"\xff\xff\xff\xff"+rtp(3, 9, "")[8:]),
	} {
		if r := k.play(0); r.Protocol != "" {
			t.Errorf("%s: %q", why, r.Protocol)
		}
	}
}
