package pcap

import (
	"encoding/binary"
	"errors"
)

// The IP protocols followed.
//
// https://www.iana.org/assignments/protocol-numbers
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIPv4     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoICMP6    = 58
	protoDestOpts = 60
	protoEtherIP  = 97
	protoSCTP     = 132
	protoMobility = 135
	protoMPLS     = 137
)

// ip reads an IP packet of either version.
func (d *decoder) ip(s span) error {
	if err := d.step(); err != nil {
		return err
	}
	if err := s.need(1); err != nil {
		return err
	}
	switch s.data[0] >> 4 {
	case 4:
		return d.ipv4(s)
	case 6:
		return d.ipv6(s)
	}
	return errMalformed
}

func (d *decoder) ipv4(s span) error {
	if err := s.need(20); err != nil {
		return err
	}
	b := s.data[:20]
	header, total := int(b[0]&0x0f)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 { // left to the network card to fill in
		total = s.wire
	}
	if header < 20 || total < header || header > s.wire {
		return errMalformed
	}
	s = s.limit(total)
	p, err := d.add()
	if err != nil {
		return err
	}
	p.src, p.dst = mapped(b[12:16]), mapped(b[16:20])
	p.ipLen = s.wire
	s = s.skip(header)
	const more, offset = 0x2000, 0x1fff
	if place := binary.BigEndian.Uint16(b[6:]); place&(more|offset) != 0 {
		p.frag.set(uint32(binary.BigEndian.Uint16(b[4:])), int(place&offset)*8, place&more != 0)
		p.frag.proto, p.frag.data = b[9], s
	}
	return d.transport(p, b[9], s)
}

func mapped(b []byte) (a [16]byte) {
	a[10], a[11] = 0xff, 0xff
	copy(a[12:], b)
	return a
}

func (d *decoder) ipv6(s span) error {
	if err := s.need(40); err != nil {
		return err
	}
	// A length of 0 is a jumbogram or left to the network card to fill in.
	if length := int(binary.BigEndian.Uint16(s.data[4:])); length > 0 {
		s = s.limit(40 + length)
	}
	p, err := d.add()
	if err != nil {
		return err
	}
	copy(p.src[:], s.data[8:])
	copy(p.dst[:], s.data[24:])
	p.ipLen = s.wire
	return d.extensions(p, s.data[6], s.skip(40))
}

// extensions skips the headers between IPv6 and the transport layer.
func (d *decoder) extensions(p *packet, proto uint8, s span) error {
	for {
		switch proto {
		case protoHopByHop, protoRouting, protoDestOpts, protoMobility, protoFragment, protoAH:
		default:
			return d.transport(p, proto, s)
		}
		if err := d.step(); err != nil {
			return d.reject(err)
		}
		if err := s.need(8); err != nil {
			return d.reject(err)
		}
		length := 8
		switch proto {
		case protoFragment:
			place := binary.BigEndian.Uint16(s.data[2:])
			p.frag.set(binary.BigEndian.Uint32(s.data[4:]), int(place&^7), place&1 != 0)
			p.frag.proto, p.frag.data = s.data[0], s.skip(8)
		case protoAH:
			length = (int(s.data[1]) + 2) * 4
		default:
			length = (int(s.data[1]) + 1) * 8
		}
		proto = s.data[0]
		if p.frag.later {
			return d.transport(p, proto, s.skip(8))
		}
		if length > s.wire {
			return d.reject(errShort)
		}
		s = s.skip(length)
	}
}

// transport reads the header above IP.
func (d *decoder) transport(p *packet, proto uint8, s span) error {
	p.proto, p.payload = proto, s
	if p.frag.later {
		return nil
	}
	switch proto {
	case protoTCP:
		return d.readTCP(p, s)
	case protoUDP:
		return d.readUDP(p, s)
	case protoSCTP:
		return d.readPorts(p, s, 12)
	case protoICMP, protoICMP6:
		p.payload = s.skip(min(8, s.wire))
		return nil
	case protoAH:
		return d.extensions(p, proto, s)
	}
	if p.frag.first {
		return nil // the rest of what it carries is not here
	}
	return d.carried(proto, s)
}

func (d *decoder) readTCP(p *packet, s span) error {
	if err := s.need(20); err != nil {
		return d.reject(err)
	}
	b := s.data[:20]
	header := int(b[12]>>4) * 4
	if header < 20 || header > s.wire {
		return d.reject(errMalformed)
	}
	p.sport, p.dport = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.seq, p.ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	p.flags, p.window = b[13], binary.BigEndian.Uint16(b[14:])
	p.badSum = s.cut() == 0 && !p.frag.first && !sumFits(p, s.data)
	p.payload = s.skip(header)
	return nil
}

func (d *decoder) readUDP(p *packet, s span) error {
	if err := s.need(8); err != nil {
		return d.reject(err)
	}
	b := s.data[:8]
	length := int(binary.BigEndian.Uint16(b[4:]))
	if length == 0 {
		length = s.wire
	}
	if length < 8 {
		return d.reject(errMalformed)
	}
	p.lacking = max(length-s.wire, 0)
	s = s.limit(length)
	p.sport, p.dport = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.badSum = binary.BigEndian.Uint16(b[6:]) != 0 && s.cut() == 0 && p.lacking == 0 && !sumFits(p, s.data)
	p.payload = s.skip(8)
	if p.frag.first {
		return nil
	}
	return d.udpTunnel(p.sport, p.dport, p.payload)
}

// reject takes the last packet out again: without its transport header it belongs to no connection. In a first fragment
// that is too short for it the rest of the header comes with the next.
func (d *decoder) reject(err error) error {
	last := len(d.packets) - 1
	if p := &d.packets[last]; p.frag.first && errors.Is(err, errShort) {
		p.frag.first, p.frag.later, p.payload = false, true, p.frag.data
		return nil
	}
	d.packets = d.packets[:last]
	return err
}

// readPorts is for protocols that have their ports where TCP and UDP have them.
func (d *decoder) readPorts(p *packet, s span, header int) error {
	if err := s.need(4); err != nil {
		return d.reject(err)
	}
	p.sport, p.dport = binary.BigEndian.Uint16(s.data), binary.BigEndian.Uint16(s.data[2:])
	p.payload = s.skip(min(header, s.wire))
	return nil
}
