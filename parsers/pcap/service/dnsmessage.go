package service

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// DNS messages: https://www.rfc-editor.org/rfc/rfc1035#section-4

const (
	typeA     = 1
	typeCNAME = 5
	typeNULL  = 10
	typeTXT   = 16
	typeAAAA  = 28
	typeNB    = 32 // NetBIOS
	typeSTAT  = 33 // NetBIOS node status; SRV in DNS
	typeOPT   = 41

	dnsHeader = 12
	// maxQuestions and maxRecords are above what honest messages hold.
	maxQuestions = 32
	maxRecords   = 256
	maxJumps     = 64
)

// A dnsMessage is the header, the questions, and what the answers hold.
type dnsMessage struct {
	id, flags int
	counts    [4]int // questions, answers, authorities, additional records
	asked     []dnsQuestion
	owner     []byte // of the first record where nothing is asked, and its type
	ownerType uint16
	answers   []netip.Addr
	aliases   []string
	texts     uint32
	flush     bool   // a record carries the cache-flush bit of mDNS
	surplus   bool   // bytes are left over behind the last record
	short     bool   // the message ends before its counts say
	names     []byte // what names lie in
}

type dnsQuestion struct {
	name        []byte
	kind, class uint16
}

func (m *dnsMessage) response() bool { return m.flags&0x8000 != 0 }
func (m *dnsMessage) opcode() int    { return m.flags >> 11 & 15 }
func (m *dnsMessage) rcode() int     { return m.flags & 15 }

var errDNS = errors.New("not a DNS message")

// parse reads a message in place of the last. It fails when the header or a question makes no sense; records are read as far as
// they go. What the answers hold may be kept, other names are valid until the next.
func (m *dnsMessage) parse(b []byte) error {
	if len(b) < dnsHeader {
		return errDNS
	}
	*m = dnsMessage{id: int(b[0])<<8 | int(b[1]), flags: int(b[2])<<8 | int(b[3]), asked: m.asked[:0], names: m.names[:0]}
	for i := range m.counts {
		m.counts[i] = int(binary.BigEndian.Uint16(b[4+2*i:]))
	}
	if !m.plausible() {
		return errDNS
	}
	at := dnsHeader
	for range m.counts[0] {
		name, next, ok := m.name(b, at)
		if !ok || next+4 > len(b) {
			return errDNS
		}
		m.asked = append(m.asked, dnsQuestion{name, binary.BigEndian.Uint16(b[next:]), binary.BigEndian.Uint16(b[next+2:])})
		at = next + 4
	}
	m.records(b, at)
	return nil
}

// name is the name at an offset. Records repeat that of the first question.
func (m *dnsMessage) name(b []byte, at int) (name []byte, next int, ok bool) {
	if at+2 <= len(b) && b[at] == 0xc0 && b[at+1] == dnsHeader && len(m.asked) > 0 {
		return m.asked[0].name, at + 2, true
	}
	from := len(m.names)
	m.names, next, ok = appendName(m.names, b, at)
	return m.names[from:], next, ok
}

func (m *dnsMessage) plausible() bool {
	total := m.counts[1] + m.counts[2] + m.counts[3]
	switch {
	case m.opcode() > 9 || m.opcode() == 3, m.counts[0] > maxQuestions, total > maxRecords, m.counts[0]+total == 0 && !m.response():
		return false
	}
	return m.response() || m.rcode() == 0
}

// records reads answers, authorities and additional records; only answers are kept.
func (m *dnsMessage) records(b []byte, at int) {
	total := m.counts[1] + m.counts[2] + m.counts[3]
	for i := range total {
		name, next, ok := m.name(b, at)
		if !ok || next+10 > len(b) {
			m.short = true
			return
		}
		kind := binary.BigEndian.Uint16(b[next:])
		class := binary.BigEndian.Uint16(b[next+2:])
		size := int(binary.BigEndian.Uint16(b[next+8:]))
		at = next + 10 + size
		if at > len(b) {
			m.short = true
			return
		}
		if i == 0 && len(m.asked) == 0 {
			m.owner, m.ownerType = name, kind
		}
		m.flush = m.flush || kind != typeOPT && class == 0x8001
		if i < m.counts[1] {
			m.answer(b, kind, next+10, size)
		}
	}
	m.surplus = at < len(b)
}

func (m *dnsMessage) answer(b []byte, kind uint16, at, size int) {
	data := b[at : at+size]
	switch kind {
	case typeA, typeAAAA:
		if ip, ok := netip.AddrFromSlice(data); ok {
			m.answers = append(m.answers, ip.Unmap())
		}
	case typeCNAME:
		if name, _, ok := dnsName(b, at); ok {
			m.aliases = append(m.aliases, name)
		}
	case typeTXT, typeNULL:
		m.texts += uint32(size)
	}
}

// dnsRoom is room for the names of hosts; longer ones are possible.
const dnsRoom = 256

// dnsName reads the name at an offset: lower case, without the final dot. Dots and bytes outside ASCII text within
// labels are written as \DDD, as in zone files.
func dnsName(b []byte, at int) (name string, next int, ok bool) {
	var room [dnsRoom]byte
	text, next, ok := appendName(room[:0], b, at)
	return string(text), next, ok
}

// appendName appends the name to out.
func appendName(out, b []byte, at int) (name []byte, next int, ok bool) {
	from := len(out)
	for jumps := 0; ; {
		if at >= len(b) {
			return out[:from], 0, false
		}
		size := int(b[at])
		switch {
		case size == 0:
			if next == 0 {
				next = at + 1
			}
			return out[:max(len(out)-1, from)], next, true
		case size >= 0xc0:
			if at+1 >= len(b) || jumps == maxJumps {
				return out[:from], 0, false
			}
			if next == 0 {
				next = at + 2
			}
			at, jumps = (size&0x3f)<<8|int(b[at+1]), jumps+1
		case size >= 0x40, at+1+size > len(b), len(out)-from > 1024:
			return out[:from], 0, false
		default:
			out = appendLabel(out, b[at+1:at+1+size])
			at += 1 + size
		}
	}
}

// appendLabel appends a label and the dot behind it.
func appendLabel(out, label []byte) []byte {
	from := len(out)
	out = append(out, label...)
	for i, c := range label {
		switch plain := inNames[c]; plain {
		case c:
		case 0:
			return append(escape(out[:from+i], label[i:]), '.')
		default:
			out[from+i] = plain
		}
	}
	return append(out, '.')
}

// escape appends a part of a label of which not every byte stands for itself.
func escape(out, label []byte) []byte {
	for _, c := range label {
		if plain := inNames[c]; plain != 0 {
			out = append(out, plain)
		} else {
			out = append(out, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		}
	}
	return out
}

// inNames is how a byte is written in a name, 0 where by its number.
var inNames = func() (to [256]byte) {
	for c := byte('!'); c < 0x7f; c++ {
		to[c] = c
		if c >= 'A' && c <= 'Z' {
			to[c] = c + 'a' - 'A'
		}
	}
	to['.'], to['\\'] = 0, 0
	return to
}()
