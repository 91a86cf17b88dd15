package service

import (
	"encoding/binary"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// RDP's own transport over UDP carries TLS in order or, where both agree that loss does not matter, DTLS:
//
//	https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpeudp
//	https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpeudp2

const (
	rdpSYN         = 0x0001
	rdpACK         = 0x0004
	rdpData        = 0x0008
	rdpFEC         = 0x0010
	rdpAckOfAcks   = 0x0100
	rdpLossy       = 0x0200
	rdpCorrelation = 0x0800
	rdpVersion     = 0x1000
	// rdpVersion2 is agreed on when packets have the other form.
	rdpVersion2 = 0x0101

	rdp2ACK       = 0x001
	rdp2Data      = 0x004
	rdp2AckOfAcks = 0x010
	rdp2Overhead  = 0x040
	rdp2Delay     = 0x100
)

// matchRDPUDP recognises the opening of the transport.
func matchRDPUDP(c Chunk, _ *opening) verdict {
	const minMTU, maxMTU = 1132, 1232
	b := c.Data
	if len(b) < 16 {
		return no
	}
	flags := binary.BigEndian.Uint16(b[6:])
	up, down := binary.BigEndian.Uint16(b[12:]), binary.BigEndian.Uint16(b[14:])
	if flags&rdpSYN == 0 || up < minMTU || up > maxMTU || down < minMTU || down > maxMTU {
		return no
	}
	if flags&rdpACK != 0 {
		return asks(c.Side.other())
	}
	if binary.BigEndian.Uint32(b) != 0xffffffff {
		return no
	}
	return asks(c.Side)
}

// rdpUDPReader puts what is carried in order.
type rdpUDPReader struct {
	sides  [2]ordered
	second bool // the form of packets agreed on
	lossy  bool
	inner  *Session
}

func openRDPUDP(sc scene) analyzer { return &rdpUDPReader{inner: sc.insideStream()} }

func (r *rdpUDPReader) feed(c Chunk) {
	b := c.Data
	if v := matchRDPUDP(c, nil); v != no {
		r.opened(c)
		return
	}
	var number uint32
	var data []byte
	o := &r.sides[c.Side]
	if r.second {
		var short uint16
		short, data = rdp2Payload(b)
		number = o.widen(short)
	} else {
		number, data = rdpPayload(b)
	}
	switch {
	case len(data) == 0:
	case r.lossy:
		r.inner.Feed(c.with(data))
	default:
		o.add(number, data, func(b []byte) { r.inner.Feed(c.with(b)) })
	}
}

// opened reads what the two sides agree on. The server's word counts.
func (r *rdpUDPReader) opened(c Chunk) {
	flags, at := binary.BigEndian.Uint16(c.Data[6:]), 16
	if flags&rdpLossy != 0 && !r.lossy {
		r.lossy = true
		r.inner = r.inner.scene.as(evidence.UDP)
	}
	if flags&rdpCorrelation != 0 {
		at += 32
	}
	r.sides[c.Side].next = binary.BigEndian.Uint32(c.Data[8:]) + 1
	version := span(c.Data, at, 4)
	if flags&rdpACK == 0 || flags&rdpVersion == 0 || version == nil || binary.BigEndian.Uint16(version[2:]) < rdpVersion2 {
		return
	}
	r.second = true
	r.sides[Orig].next, r.sides[Resp].next = 1, 1
}

// rdpPayload is the number of a packet of version 1 and what it carries.
func rdpPayload(b []byte) (number uint32, data []byte) {
	c := cursor{b: b}
	c.take(6)
	flags := c.u16()
	if flags&rdpData == 0 || flags&rdpFEC != 0 {
		return 0, nil
	}
	if flags&rdpACK != 0 {
		n := c.u16()
		c.take((2+n+3)&^3 - 2)
	}
	if flags&rdpAckOfAcks != 0 {
		c.take(4)
	}
	c.take(4)
	number = uint32(c.uint(4))
	return number, c.b
}

// rdp2Payload is the same of version 2. Its first byte has changed places with the eighth, which makes room for the type of
// the packet where other protocols on the port have theirs.
func rdp2Payload(b []byte) (number uint16, data []byte) {
	if len(b) < 8 || b[7]>>1&0x0f != 0 { // dummies fill up
		return 0, nil
	}
	b = append([]byte(nil), b...)
	b[0], b[7] = b[7], b[0]
	flags := le16(b, 1) & 0xfff
	if flags&rdp2Data == 0 {
		return 0, nil
	}
	c := cursor{b: b[3:]}
	if flags&rdp2ACK != 0 {
		c.take(6)
		c.take(c.u8() & 0x0f)
	}
	if flags&rdp2Overhead != 0 {
		c.take(1)
	}
	if flags&rdp2Delay != 0 {
		c.take(3)
	}
	if flags&rdp2AckOfAcks != 0 {
		c.take(2)
	}
	c.take(2) // of the packet, which changes when it is sent again
	number = uint16(le16(c.take(2), 0))
	return number, c.b
}

func (r *rdpUDPReader) describe(to *Result) { to.within(r.inner) }
func (r *rdpUDPReader) done() bool          { return r.inner.Done() }
