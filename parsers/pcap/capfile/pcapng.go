package capfile

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The blocks that are read; all others are skipped by their length, and counted.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockNames     = 4
	blockStats     = 5
	blockEnhanced  = 6

	byteOrderMagic = 0x1a2b3c4d
)

// optComment is the code of a comment in the options of any block.
const optComment = 1

// maxBlock bounds one block; a larger one is skipped unread.
const maxBlock = maxFrame + 1<<20

// maxInterfaces bounds the interfaces of one section.
const maxInterfaces = 1 << 16

// ng is the state of a pcapng file.
type ng struct {
	order      binary.ByteOrder
	interfaces []iface
	overfull   bool // more names than are kept
}

// iface is one interface description of the current section.
type iface struct {
	link    LinkType
	snaplen uint32
	res     uint8 // if_tsresol
	offset  int64 // if_tsoffset, seconds
	// dropped is the last word of its statistics blocks; gaps the sum of the drop counts of its packets.
	dropped, gaps uint64
}

func sniffNG(head []byte) bool {
	if len(head) < 12 || binary.LittleEndian.Uint32(head) != blockSection {
		return false
	}
	return binary.LittleEndian.Uint32(head[8:]) == byteOrderMagic || binary.BigEndian.Uint32(head[8:]) == byteOrderMagic
}

func (n *ng) next(r *Reader, f *Frame) (found bool, err error) {
	if r.win.left() <= 0 {
		return false, io.EOF
	}
	kind, length, ok, err := n.blockHeader(r)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, n.resync(r)
	}
	start := r.win.at
	if length > maxBlock {
		r.problem(evidence.Unsupported, start, "block of type %#x with %d bytes skipped", kind, length)
		r.win.at += length
		return false, nil
	}
	b, err := r.win.peek(int(length))
	if err != nil {
		return false, err
	}
	r.win.at += length
	return n.block(r, f, kind, b[8:length-4], start), nil
}

// blockHeader reads type and length of the next block and tells whether they and the length at its end make sense.
func (n *ng) blockHeader(r *Reader) (kind uint32, length int64, ok bool, err error) {
	b, err := r.win.peek(12)
	if err != nil || len(b) < 12 {
		return 0, 0, false, err
	}
	o := n.order
	if sniffNG(b) {
		o = order(binary.BigEndian.Uint32(b[8:]) == byteOrderMagic)
	}
	if o == nil {
		return 0, 0, false, nil
	}
	kind, length = o.Uint32(b), int64(o.Uint32(b[4:]))
	if length < 12 || length%4 != 0 || length > r.win.left() {
		return kind, length, false, nil
	}
	if kind == blockSection && !sniffNG(b) {
		return kind, length, false, nil
	}
	tail := r.win.look(r.win.at+length-4, 4)
	return kind, length, len(tail) == 4 && int64(o.Uint32(tail)) == length, nil
}

// resync moves to the next block that makes sense, at a multiple of four bytes, and reports what was skipped.
func (n *ng) resync(r *Reader) error {
	start := r.win.at
	kind, length, _, err := n.blockHeader(r)
	if err != nil {
		return err
	}
	for r.win.at = start + 4; r.win.at < r.win.size; r.win.at += 4 {
		next, _, ok, err := n.blockHeader(r)
		if err != nil {
			return err
		}
		if ok && known(next) {
			r.problem(evidence.Damaged, start, "block of type %#x and length %d does not fit; %d bytes skipped", kind, length, r.win.at-start)
			return nil
		}
	}
	r.win.at = r.win.size
	if length >= 12 && known(kind) && length > r.win.size-start {
		r.problem(evidence.Truncated, start, "file ends inside a block of %d bytes", length)
	} else {
		r.problem(evidence.Damaged, start, "block of type %#x and length %d does not fit; the remaining %d bytes are not read", kind, length, r.win.size-start)
	}
	return io.EOF
}

// known tells the block types that resynchronisation trusts.
func known(kind uint32) bool {
	return kind == blockSection || (kind >= blockInterface && kind <= blockEnhanced)
}

// block reads one block and tells whether it held a frame.
func (n *ng) block(r *Reader, f *Frame, kind uint32, body []byte, at int64) bool {
	switch kind {
	case blockSection:
		n.section(r, body)
	case blockInterface:
		n.describe(r, body, at)
	case blockStats:
		n.stats(r, body, at)
	case blockEnhanced:
		return n.enhanced(r, f, body, at)
	case blockPacket:
		return n.packet(r, f, body, at)
	case blockSimple:
		return n.simple(r, f, body, at)
	case blockNames:
		n.names(r, body, at)
	default:
		r.pass(kind)
	}
	return false
}

func (n *ng) section(r *Reader, body []byte) {
	n.order = order(binary.BigEndian.Uint32(body) == byteOrderMagic)
	n.interfaces = n.interfaces[:0]
	if len(body) < 16 {
		return
	}
	n.options(body[16:], func(code uint16, value []byte) {
		if code == optComment {
			r.comment("", value)
		}
	})
}

func (n *ng) describe(r *Reader, body []byte, at int64) {
	if len(body) < 8 || len(n.interfaces) >= maxInterfaces {
		r.problem(evidence.Damaged, at, "interface description %d of %d bytes", len(n.interfaces), len(body))
		return
	}
	i := iface{link: LinkType(n.order.Uint16(body)), snaplen: n.order.Uint32(body[4:]), res: 6}
	n.options(body[8:], func(code uint16, value []byte) {
		switch {
		case code == optComment:
			r.comment(fmt.Sprintf("interface %d: ", len(n.interfaces)), value)
		case code == 9 && len(value) >= 1:
			i.res = value[0]
		case code == 14 && len(value) >= 8:
			i.offset = int64(n.order.Uint64(value))
		}
	})
	if _, ok := i.time(0); !ok {
		r.problem(evidence.Unsupported, at, "interface %d counts time in steps of 10^-%d s; its frames have no time", len(n.interfaces), i.res)
	}
	r.info.Snaplen = max(r.info.Snaplen, i.snaplen)
	n.interfaces = append(n.interfaces, i)
}

// stats takes the drop counters, which count from the beginning of the capture: the last block of an interface wins. Its
// comment is the capturing program's own and always the same.
func (n *ng) stats(r *Reader, body []byte, at int64) {
	if len(body) < 12 {
		r.problem(evidence.Damaged, at, "interface statistics of %d bytes", len(body))
		return
	}
	i := n.iface(r, n.order.Uint32(body), at)
	if i == nil {
		return
	}
	var ifDrop, osDrop uint64
	said := false
	n.options(body[12:], func(code uint16, value []byte) {
		switch {
		case code == 5 && len(value) >= 8:
			ifDrop, said = n.order.Uint64(value), true
		case code == 7 && len(value) >= 8:
			osDrop, said = n.order.Uint64(value), true
		}
	})
	if said {
		n.lose(r, i, ifDrop+osDrop, i.gaps)
	}
}

// lose changes what an interface says it lost, and with it the sum over all interfaces and sections.
func (n *ng) lose(r *Reader, i *iface, dropped, gaps uint64) {
	before := max(i.dropped, i.gaps)
	i.dropped, i.gaps = dropped, gaps
	r.info.Dropped = evidence.Measured(r.info.Dropped.N + max(dropped, gaps) - before)
}

// options calls each option of a block in turn; a list that makes no sense ends where it stops doing so.
func (n *ng) options(b []byte, each func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, length := n.order.Uint16(b), int(n.order.Uint16(b[2:]))
		if b = b[4:]; code == 0 || length > len(b) {
			return
		}
		each(code, b[:length])
		b = b[min((length+3)&^3, len(b)):]
	}
}
