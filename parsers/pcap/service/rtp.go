package service

import "encoding/binary"

// An rtpHeader is what tells packets of one stream of sound or pictures: https://www.rfc-editor.org/rfc/rfc3550#section-5.1
type rtpHeader struct {
	number    uint16
	timestamp uint32
	source    uint32
}

// rtpRun is how many packets in a row must continue one another: a source and two numbers each are far beyond chance.
const rtpRun = 3

// matchRTP recognises a stream by packets of one side that continue one another. A single packet shows hardly anything: SIP
// announces where it will be.
func matchRTP(c Chunk, o *opening) verdict {
	last, ok := parseRTP(c)
	if !ok {
		return no
	}
	run := 1
	for i := len(o.pieces) - 1; i >= 0 && run < rtpRun; i-- {
		before := o.chunk(i)
		h, ok := parseRTP(before)
		switch {
		case before.Side != c.Side:
		case ok && h.before(last):
			run, last = run+1, h
		default:
			return no
		}
	}
	if run < rtpRun {
		return no
	}
	return yes
}

// parseRTP reads a header of version 2 with a payload type that is assigned or free to be agreed on. Between these lie the
// types of control messages.
//
// https://www.iana.org/assignments/rtp-parameters
func parseRTP(c Chunk) (h rtpHeader, ok bool) {
	const header, lastStatic, firstDynamic = 12, 34, 96
	b := c.Data
	if len(b) < header || b[0]>>6 != 2 || len(b)+int(c.Cut) < header+4*int(b[0]&15) {
		return h, false
	}
	if kind := b[1] & 0x7f; kind > lastStatic && kind < firstDynamic {
		return h, false
	}
	h = rtpHeader{binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])}
	return h, h.source != 0
}

// before tells whether the next packet of the same stream follows, not more than some seconds later.
func (h rtpHeader) before(next rtpHeader) bool {
	const seconds = 10 * 90000 // of the fastest clock in common use
	return next.source == h.source && next.number == h.number+1 && next.timestamp-h.timestamp <= seconds
}
