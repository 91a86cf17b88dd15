package pcap

import (
	"cmp"
	"encoding/binary"
)

func (d *decoder) radiotap(s span) error {
	if err := s.need(4); err != nil {
		return err
	}
	n := int(binary.LittleEndian.Uint16(s.data[2:]))
	if n < 4 || n > s.wire {
		return errMalformed
	}
	return d.dot11(s.skip(n))
}

// dot11 reads data frames that are not encrypted.
//
// IEEE 802.11-2020, 9.2.4 and 9.3.2
func (d *decoder) dot11(s span) error {
	if err := s.need(24); err != nil {
		return nil
	}
	control, flags, n := s.data[0], s.data[1], 24
	const data, null, qos, encrypted, bothDS, order, aggregate = 2, 0x40, 0x80, 0x40, 3, 0x80, 0x80
	if control>>2&3 != data || control&null != 0 || flags&encrypted != 0 {
		return nil
	}
	if flags&bothDS == bothDS {
		n += 6
	}
	aggregated := false
	if control&qos != 0 {
		if err := s.need(n + 2); err != nil {
			return err
		}
		aggregated = s.data[n]&aggregate != 0
		if n += 2; flags&order != 0 { // high throughput control
			n += 4
		}
	}
	if n > s.wire {
		return errShort
	}
	if aggregated {
		return d.aggregate(s.skip(n))
	}
	return d.dot2(s.skip(n))
}

// aggregate reads an A-MSDU: several packets for one receiver, each behind a header of its own and padded to four bytes but
// for the last. One that makes no sense does not keep the others from being read.
//
// IEEE 802.11-2020, 9.3.2.2
func (d *decoder) aggregate(s span) (first error) {
	const header = 14
	for {
		if err := s.need(header); err != nil {
			return cmp.Or(first, err)
		}
		length := header + int(binary.BigEndian.Uint16(s.data[12:]))
		if length > s.wire {
			return cmp.Or(first, errShort)
		}
		if len(d.packets)+maxPackets > maxInFrame {
			return cmp.Or(first, errMany)
		}
		d.chain, d.steps, d.kind, d.vni = len(d.packets), 0, "", 0
		first = cmp.Or(first, d.dot2(s.limit(length).skip(header)))
		if s = s.skip(min((length+3)&^3, s.wire)); s.wire < header { // the frame's checksum, where the card left it
			return first
		}
	}
}
