package replay

import (
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/wire"
)

// read returns the packets of a capture that can be given an Ethernet header, and how many cannot.
//
// Formats: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ and
// https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/
func read(name string) (packets []wire.Packet, left int, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, 0, err
	}
	add := func(link uint32, at time.Time, data []byte, size int) {
		data, header, ok := ethernet(link, data)
		if !ok {
			left++
			return
		}
		packets = append(packets, wire.Packet{At: at, Data: data, Size: size + header})
	}
	switch {
	case len(b) >= 24 && classic[[4]byte(b)] != nil:
		readPcap(b, classic[[4]byte(b)], add)
	case len(b) >= 28 && binary.LittleEndian.Uint32(b) == sectionHeader:
		readPcapng(b, add)
	default:
		return nil, 0, fmt.Errorf("%s: not a capture", name)
	}
	return packets, left, nil
}

// each is called with the link type, time, bytes and original length of a packet.
type each func(link uint32, at time.Time, data []byte, size int)

// A clock says how a classic capture writes its numbers.
type clock struct {
	order binary.ByteOrder
	unit  time.Duration
}

var classic = map[[4]byte]*clock{
	{0xd4, 0xc3, 0xb2, 0xa1}: {binary.LittleEndian, time.Microsecond},
	{0xa1, 0xb2, 0xc3, 0xd4}: {binary.BigEndian, time.Microsecond},
	{0x4d, 0x3c, 0xb2, 0xa1}: {binary.LittleEndian, time.Nanosecond},
	{0xa1, 0xb2, 0x3c, 0x4d}: {binary.BigEndian, time.Nanosecond},
}

func readPcap(b []byte, c *clock, add each) {
	link := c.order.Uint32(b[20:]) & 0xffff
	for b = b[24:]; len(b) >= 16; {
		captured := uint64(c.order.Uint32(b[8:]))
		if captured > uint64(len(b)-16) {
			return
		}
		at := time.Unix(int64(c.order.Uint32(b)), int64(time.Duration(c.order.Uint32(b[4:]))*c.unit))
		add(link, at, b[16:16+captured], int(c.order.Uint32(b[12:])))
		b = b[16+captured:]
	}
}

// The blocks and options of pcapng that are read here.
const (
	sectionHeader  = 0x0a0d0d0a
	interfaceBlock = 1
	enhancedPacket = 6
	optResolution  = 9
)

// An iface is one of the interfaces of a pcapng section.
type iface struct {
	link uint32
	unit float64 // seconds per tick
}

func readPcapng(b []byte, add each) {
	var order binary.ByteOrder = binary.LittleEndian
	var ifaces []iface
	for len(b) >= 12 {
		if binary.LittleEndian.Uint32(b) == sectionHeader {
			order, ifaces = binary.LittleEndian, nil
			if b[8] == 0x1a {
				order = binary.BigEndian
			}
		}
		length := uint64(order.Uint32(b[4:]))
		if length < 12 || length > uint64(len(b)) {
			return
		}
		body := b[8 : length-4]
		switch kind := order.Uint32(b); {
		case kind == interfaceBlock && len(body) >= 8:
			ifaces = append(ifaces, iface{uint32(order.Uint16(body)), resolution(body[8:], order)})
		case kind == enhancedPacket && len(body) >= 20:
			readPacket(body, order, ifaces, add)
		}
		b = b[length:]
	}
}

func readPacket(b []byte, order binary.ByteOrder, ifaces []iface, add each) {
	n, captured := order.Uint32(b), uint64(order.Uint32(b[12:]))
	if uint64(n) >= uint64(len(ifaces)) || captured > uint64(len(b)-20) {
		return
	}
	ticks := uint64(order.Uint32(b[4:]))<<32 | uint64(order.Uint32(b[8:]))
	at := time.Unix(0, int64(float64(ticks)*ifaces[n].unit*1e9))
	add(ifaces[n].link, at, b[20:20+captured], int(order.Uint32(b[16:])))
}

// resolution is how many seconds a tick of an interface is, a microsecond unless an option says otherwise.
func resolution(options []byte, order binary.ByteOrder) float64 {
	for b := options; len(b) >= 4; {
		length := int(order.Uint16(b[2:]))
		if len(b) < 4+length {
			break
		}
		if order.Uint16(b) == optResolution && length == 1 {
			return power(b[4])
		}
		b = b[min(len(b), 4+(length+3)&^3):]
	}
	return 1e-6
}

// power is a negative power of 2 where the highest bit is set, else of 10.
func power(v byte) float64 {
	base := 10.0
	if v&0x80 != 0 {
		base = 2
	}
	unit := 1.0
	for range v & 0x7f {
		unit /= base
	}
	return unit
}
