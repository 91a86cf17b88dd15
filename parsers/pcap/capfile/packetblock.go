package capfile

import (
	"fmt"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func (n *ng) enhanced(r *Reader, f *Frame, body []byte, at int64) bool {
	if len(body) < 20 {
		r.problem(evidence.Damaged, at, "packet block of %d bytes", len(body))
		return false
	}
	o, rest := n.order, body[20:]
	id, capLen := o.Uint32(body), o.Uint32(body[12:])
	i := n.iface(r, id, at)
	if i == nil || !n.fits(r, capLen, rest, at) {
		return false
	}
	n.options(behind(rest, capLen), func(code uint16, value []byte) {
		switch {
		case code == optComment:
			r.comment(fmt.Sprintf("frame %d: ", r.frames+1), value)
		case code == 4 && len(value) >= 8:
			n.lose(r, i, i.dropped, i.gaps+o.Uint64(value))
		}
	})
	n.fill(f, i, int(id), rest[:capLen], o.Uint32(body[16:]))
	f.Time, _ = i.time(uint64(o.Uint32(body[4:]))<<32 | uint64(o.Uint32(body[8:])))
	return true
}

func (n *ng) packet(r *Reader, f *Frame, body []byte, at int64) bool {
	if len(body) < 20 {
		r.problem(evidence.Damaged, at, "packet block of %d bytes", len(body))
		return false
	}
	o, rest := n.order, body[20:]
	id, drops, capLen := o.Uint16(body), o.Uint16(body[2:]), o.Uint32(body[12:])
	i := n.iface(r, uint32(id), at)
	if i == nil || !n.fits(r, capLen, rest, at) {
		return false
	}
	if drops != 0xffff {
		n.lose(r, i, i.dropped, i.gaps+uint64(drops))
	}
	n.options(behind(rest, capLen), func(code uint16, value []byte) {
		if code == optComment {
			r.comment(fmt.Sprintf("frame %d: ", r.frames+1), value)
		}
	})
	n.fill(f, i, int(id), rest[:capLen], o.Uint32(body[16:]))
	f.Time, _ = i.time(uint64(o.Uint32(body[4:]))<<32 | uint64(o.Uint32(body[8:])))
	return true
}

func (n *ng) simple(r *Reader, f *Frame, body []byte, at int64) bool {
	i := n.iface(r, 0, at)
	if i == nil {
		return false
	}
	if len(body) < 4 {
		r.problem(evidence.Damaged, at, "packet block of %d bytes", len(body))
		return false
	}
	orig := n.order.Uint32(body)
	capLen := orig
	if i.snaplen != 0 {
		capLen = min(capLen, i.snaplen)
	}
	if !n.fits(r, capLen, body[4:], at) {
		return false
	}
	n.fill(f, i, 0, body[4:4+capLen], orig)
	return true
}

// iface returns the interface of a block, or nil after a report when the section has not described it.
func (n *ng) iface(r *Reader, id uint32, at int64) *iface {
	if uint64(id) >= uint64(len(n.interfaces)) {
		r.problem(evidence.Damaged, at, "block of interface %d, of which the section describes %d", id, len(n.interfaces))
		return nil
	}
	return &n.interfaces[id]
}

func (n *ng) fits(r *Reader, capLen uint32, rest []byte, at int64) bool {
	if uint64(capLen) > uint64(len(rest)) {
		r.problem(evidence.Damaged, at, "captured length %d in a block with room for %d", capLen, len(rest))
		return false
	}
	return true
}

// behind is what follows the captured bytes and their padding.
func behind(rest []byte, capLen uint32) []byte { return rest[min(len(rest), int(capLen+3)&^3):] }

func (n *ng) fill(f *Frame, i *iface, id int, data []byte, orig uint32) {
	*f = Frame{
		LinkType:  i.link,
		Interface: id,
		CapLen:    len(data),
		OrigLen:   max(int(min(orig, maxFrame)), len(data)),
		Data:      data,
	}
}
