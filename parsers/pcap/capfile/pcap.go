package capfile

import (
	"encoding/binary"
	"io"
	"math/bits"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	pcapHeaderLen = 24

	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Kuznetzov's: record headers are eight bytes longer
)

// pcap is the state of a file in the older format.
type pcap struct {
	big       bool
	nano      bool
	headerLen int // of a record
	swapped   bool
	link      LinkType
	lastSec   uint32
}

func sniffPcap(head []byte) bool {
	_, _, ok := pcapMagic(head)
	return ok
}

// pcapMagic tells the magic number and the byte order of the file.
func pcapMagic(head []byte) (magic uint32, o binary.ByteOrder, ok bool) {
	if len(head) < 4 {
		return 0, nil, false
	}
	for _, o := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch m := o.Uint32(head); m {
		case magicMicro, magicNano, magicModified:
			return m, o, true
		}
	}
	return 0, nil, false
}

func openPcap(r *Reader, head []byte) *pcap {
	magic, o, _ := pcapMagic(head)
	p := &pcap{big: o == binary.BigEndian, nano: magic == magicNano, headerLen: 16}
	if magic == magicModified {
		p.headerLen = 24
	}
	major, minor := o.Uint16(head[4:]), o.Uint16(head[6:])
	if major != 2 {
		r.problem(evidence.Suspect, 4, "version %d.%d read as 2.4", major, minor)
	}
	// Before 2.3 the two lengths stood in the other order, and in 2.3 they may.
	p.swapped = major == 2 && minor <= 3
	r.info.Snaplen = o.Uint32(head[16:])
	p.link = LinkType(o.Uint32(head[20:])) // the upper bits tell the length of the frame check sequence
	r.win.at = pcapHeaderLen
	return p
}

// record is one record header.
type record struct {
	sec, frac     uint32
	capLen, orgln uint32
}

func (p *pcap) header(b []byte) record {
	b = b[:16]
	o := binary.LittleEndian
	h := record{o.Uint32(b), o.Uint32(b[4:]), o.Uint32(b[8:]), o.Uint32(b[12:])}
	if p.big {
		h = record{bits.ReverseBytes32(h.sec), bits.ReverseBytes32(h.frac), bits.ReverseBytes32(h.capLen), bits.ReverseBytes32(h.orgln)}
	}
	if p.swapped && h.capLen > h.orgln {
		h.capLen, h.orgln = h.orgln, h.capLen
	}
	return h
}

func (p *pcap) next(r *Reader, f *Frame) (found bool, err error) {
	if r.win.left() <= 0 {
		return false, io.EOF
	}
	b, err := r.win.peek(p.headerLen)
	if err != nil {
		return false, err
	}
	if len(b) < p.headerLen {
		r.problem(evidence.Truncated, r.win.at, "file ends inside a record header")
		r.win.at = r.win.size
		return false, io.EOF
	}
	h := p.header(b)
	if h.capLen > maxFrame || p.overruns(r, h) {
		return false, p.resync(r, h)
	}
	err = p.frame(r, h, f)
	return err == nil, err
}

// frame yields the record whose header is next; the last one of a truncated file is as long as what is left of it.
func (p *pcap) frame(r *Reader, h record, f *Frame) error {
	start := r.win.at
	b, err := r.win.peek(p.headerLen + int(h.capLen))
	if err != nil {
		return err
	}
	data := b[p.headerLen:]
	r.win.at += int64(len(b))
	if len(data) < int(h.capLen) {
		r.problem(evidence.Truncated, start, "file ends %d bytes into a frame of %d", len(data), h.capLen)
	}
	if h.orgln < h.capLen {
		r.problem(evidence.Suspect, start, "original length %d is less than captured length %d", h.orgln, h.capLen)
	}
	p.lastSec = h.sec
	ns := uint64(h.frac)
	if !p.nano {
		ns *= 1000
	}
	*f = Frame{
		Time:     clock(int64(h.sec)+int64(ns/1e9), uint32(ns%1e9)),
		LinkType: p.link,
		CapLen:   len(data),
		OrigLen:  int(min(max(h.orgln, h.capLen), maxFrame)),
		Data:     data,
	}
	return nil
}

// The format has no marks between records, so after a damaged header the next record is found by trying every byte: it is
// where chainLen plausible headers follow each other, or fewer that end with the file.
const (
	chainLen  = 3
	daySec    = 86400
	searchLen = 1 << 20 // more than three frames that carry IP; what lies further is reported lost
)

// overruns tells whether a record reaches beyond the end of the file and has intact records inside: then its header is
// damaged. Otherwise it is the cut last record of a truncated file.
func (p *pcap) overruns(r *Reader, h record) bool {
	if int64(h.capLen) <= r.win.left()-int64(p.headerLen) {
		return false
	}
	_, found := p.search(r)
	return found
}

// resync moves to the next plausible record and reports what was skipped as one place.
func (p *pcap) resync(r *Reader, h record) error {
	start := r.win.at
	next, found := p.search(r)
	if found {
		r.problem(evidence.Damaged, start, "record header gives a captured length of %d; %d bytes skipped", h.capLen, next-start)
		r.win.at = next
		return nil
	}
	r.problem(evidence.Damaged, start, "record header gives a captured length of %d; the remaining %d bytes are not read", h.capLen, r.win.left())
	r.win.at = r.win.size
	return io.EOF
}

// search looks for the next place after this one where plausible records follow each other.
func (p *pcap) search(r *Reader) (at int64, found bool) {
	for at = r.win.at + 1; at < min(r.win.at+searchLen, r.win.size); at++ {
		if _, err := r.win.peek(int(at-r.win.at) + p.headerLen); err != nil {
			return 0, false
		}
		if p.chain(&r.win, at) {
			return at, true
		}
	}
	return 0, false
}

// chain tells whether plausible records follow each other from an offset.
func (p *pcap) chain(w *window, at int64) bool {
	for i := range chainLen {
		if i > 0 && at == w.size {
			return true
		}
		b := w.look(at, p.headerLen)
		if len(b) < p.headerLen {
			return false
		}
		h := p.header(b)
		at += int64(p.headerLen) + int64(h.capLen)
		if !p.plausible(h) || at > w.size {
			return false
		}
	}
	return true
}

func (p *pcap) plausible(h record) bool {
	frac := uint32(1e6)
	if p.nano {
		frac = 1e9
	}
	return h.capLen > 0 && h.capLen <= 256<<10 && h.orgln >= h.capLen && h.orgln <= maxFrame && h.frac < frac &&
		(p.lastSec == 0 || (h.sec+daySec >= p.lastSec && h.sec <= p.lastSec+daySec))
}
