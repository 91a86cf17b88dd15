package service

import (
	"bytes"
	"net/netip"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Four protocols speak in DNS messages. What tells them apart, in this order: NetBIOS encodes its names in a form of its
// own (https://www.rfc-editor.org/rfc/rfc1001#section-14.1); mDNS and LLMNR have multicast groups of their own and
// bits that DNS does not use (https://www.rfc-editor.org/rfc/rfc6762#section-18, https://www.rfc-editor.org/rfc/rfc4795#section-2.1.1).

// dnsGroups are the multicast groups of the variants.
var dnsGroups = map[netip.Addr]string{
	netip.MustParseAddr("224.0.0.251"): "mdns",
	netip.MustParseAddr("ff02::fb"):    "mdns",
	netip.MustParseAddr("224.0.0.252"): "llmnr",
	netip.MustParseAddr("ff02::1:3"):   "llmnr",
}

// matchDNS recognises a datagram of the given variant.
func matchDNS(variant string) func(Chunk, *opening) verdict {
	return func(c Chunk, o *opening) verdict {
		if o.variant(c) != variant {
			return no
		}
		return o.pool.message.asker(c.Side)
	}
}

// variant is which of them the last datagram is, "" when it is no message: several lines of the list ask.
func (o *opening) variant(c Chunk) string {
	if !o.parsed {
		o.parsed, o.speaks = true, ""
		if m := &o.pool.message; m.parse(c.Data) == nil && m.credible(c.Cut > 0) {
			o.speaks = m.variant(o.ends)
		}
	}
	return o.speaks
}

// asker says who the client is.
func (m *dnsMessage) asker(side Side) verdict {
	if m.response() {
		return asks(side.other())
	}
	return asks(side)
}

// credible tells a message from bytes that happen to parse as one.
func (m *dnsMessage) credible(cut bool) bool {
	for _, q := range m.asked {
		if c := q.class &^ 0x8000; c != 1 && c != 3 && c != 4 && c != 254 && c != 255 || q.kind == 0 {
			return false
		}
	}
	if (m.short || m.surplus) && len(m.asked) == 0 {
		return false
	}
	if m.opcode() > 6 && !m.netbios() { // NetBIOS has codes of its own
		return false
	}
	return cut || !m.short || m.response()
}

func (m *dnsMessage) variant(ends [2]netip.Addr) string {
	if m.netbios() {
		return "netbios"
	}
	for _, end := range ends {
		if end.IsMulticast() && dnsGroups[end.Unmap().WithZone("")] != "" {
			return dnsGroups[end.Unmap().WithZone("")]
		}
	}
	switch {
	case m.mdns():
		return "mdns"
	case m.llmnr():
		return "llmnr"
	}
	return "dns"
}

// netbios tells by the first name: 32 letters from a to p, of type NB or NBSTAT.
func (m *dnsMessage) netbios() bool {
	name, kind := m.owner, m.ownerType
	if len(m.asked) > 0 {
		name, kind = m.asked[0].name, m.asked[0].kind
	}
	if kind != typeNB && kind != typeSTAT {
		return false
	}
	label, _, _ := bytes.Cut(name, []byte("."))
	return len(label) == 32 && !slices.ContainsFunc(label, func(c byte) bool { return c < 'a' || c > 'p' })
}

func (m *dnsMessage) mdns() bool {
	if m.id != 0 || m.flags&^0x8400 != 0 {
		return false
	}
	own := func(q dnsQuestion) bool { return bytes.HasSuffix(q.name, []byte(".local")) || q.class&0x8000 != 0 }
	return m.flush || slices.ContainsFunc(m.asked, own) || m.flags == 0x8400 && m.counts[0] == 0
}

// llmnr tells by the question for a bare host name without "recursion desired", which no stub resolver sends.
func (m *dnsMessage) llmnr() bool {
	return m.flags&^0x8000 == 0 && m.id != 0 && m.counts[0] == 1 && m.counts[3] == 0 && len(m.asked[0].name) > 0 && bytes.IndexByte(m.asked[0].name, '.') < 0 &&
		(m.response() || m.counts[1] == 0)
}

// matchDNSStream recognises messages behind their lengths, as over TCP: https://www.rfc-editor.org/rfc/rfc7766#section-8
func matchDNSStream(o *opening) verdict {
	for _, side := range [...]Side{o.first, o.first.other()} {
		b := o.head[side]
		if len(b) < 2 {
			continue
		}
		size := int(b[0])<<8 | int(b[1])
		if size < dnsHeader+5 || len(b) >= 4+2 && b[4]&0x78 > 0x30 {
			continue
		}
		if len(b) < 2+min(size, window-2) {
			if o.closed[side] || !dnsBeginning(b[2:]) {
				continue
			}
			return maybe
		}
		if m := &o.pool.message; m.parse(b[2:min(2+size, len(b))]) == nil && m.credible(false) && len(m.asked) > 0 && !m.netbios() {
			return m.asker(side)
		}
	}
	return no
}

// dnsBeginning tells whether the first bytes may become a message, before it is whole.
func dnsBeginning(b []byte) bool {
	if len(b) < dnsHeader {
		return len(b) < 6 || b[4] == 0 && b[5] <= maxQuestions
	}
	return b[4] == 0 && b[5] == 1 && b[2]&0x78 <= 0x30 && b[6] == 0 && b[8] == 0 && b[10] == 0
}

// dnsReader lists the questions of a connection with their answers.
type dnsReader struct {
	pool    *Pool
	streams *[2]frames
	dns     *evidence.DNS
	// latest is the place of the question asked last, as long as it is open, and its number; open finds those before it.
	latest, id int
	open       map[dnsKey]int
}

// none is the place of no question.
const none = -1

type dnsKey struct {
	id   int
	name string
	kind uint16
}

// dnsKeep bounds how much of one message over TCP is looked at.
const dnsKeep = 64 << 10

func openDNS(sc scene) analyzer {
	d := sc.pool.dns.take()
	d.pool, d.dns, d.latest = sc.pool, &evidence.DNS{}, none
	if sc.transport != evidence.UDP {
		side := frames{length: lengthBefore16, keep: dnsKeep, pool: sc.pool}
		d.streams = &[2]frames{side, side}
	}
	return d
}

// lengthBefore16 is the length of a unit that says its own in two bytes before it.
func lengthBefore16(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	return 2 + (int(b[0])<<8 | int(b[1]))
}

func (d *dnsReader) feed(c Chunk) {
	if d.streams == nil {
		d.message(c, c.Data, len(c.Data)+int(c.Cut))
		return
	}
	d.streams[c.Side].feed(c, func(c Chunk, u []byte, size int) {
		if len(u) > 2 {
			d.message(c, u[2:], size-2)
		}
	})
}

func (d *dnsReader) message(c Chunk, b []byte, size int) {
	m := &d.pool.message
	if m.parse(b) != nil {
		return
	}
	for i := range m.asked {
		if m.response() {
			d.answer(c, m, i, size)
		} else {
			d.ask(c, m, i, size)
		}
	}
}

// ask adds a question and returns its place, none where there is no room.
func (d *dnsReader) ask(c Chunk, m *dnsMessage, i, size int) int {
	d.dns.Total++
	at := len(d.dns.Questions)
	if at >= evidence.MaxQuestions {
		return none
	}
	d.close(m, i) // asked again
	asked := m.asked[i]
	q := evidence.Question{At: c.At, Ref: d.ref(c), Name: string(asked.name), Type: asked.kind, RCode: -1}
	if i == 0 {
		q.QueryBytes = uint32(size)
	}
	d.dns.Questions = append(d.dns.Questions, q)
	d.keep()
	d.latest, d.id = at, m.id
	return at
}

// keep makes way for a later question.
func (d *dnsReader) keep() {
	if d.latest == none {
		return
	}
	if d.open == nil {
		d.open = map[dnsKey]int{}
	}
	q := &d.dns.Questions[d.latest]
	d.open[dnsKey{d.id, q.Name, q.Type}] = d.latest
}

// close finds the open question that a message repeats, and takes it to be answered.
func (d *dnsReader) close(m *dnsMessage, i int) (at int) {
	asked := &m.asked[i]
	if at = d.latest; at != none && d.id == m.id {
		if q := &d.dns.Questions[at]; q.Type == asked.kind && q.Name == string(asked.name) {
			d.latest = none
			return at
		}
	}
	at, ok := d.open[dnsKey{m.id, string(asked.name), asked.kind}]
	if !ok {
		return none
	}
	delete(d.open, dnsKey{m.id, d.dns.Questions[at].Name, asked.kind})
	return at
}

// answer completes the question it repeats; one that was not seen stands for itself.
func (d *dnsReader) answer(c Chunk, m *dnsMessage, i, size int) {
	at := d.close(m, i)
	if at == none {
		if at = d.ask(c, m, i, 0); at == none {
			return
		}
		d.latest = none
	}
	q := &d.dns.Questions[at]
	q.RCode = m.rcode()
	if i == 0 {
		q.AnswerBytes, q.Answers, q.Aliases, q.Texts = uint32(size), m.answers, m.aliases, m.texts
	}
}

func (d *dnsReader) ref(c Chunk) evidence.Ref {
	return evidence.Ref{File: d.pool.File, Unit: "frame", N: c.Frame}
}

func (d *dnsReader) describe(r *Result) { r.DNS = d.dns }

func (d *dnsReader) done() bool { return false }

// fewQuestions is how many a connection may have asked whose map is used again.
const fewQuestions = 8

// release gives the memory of the reader back, but for what it has told.
func (d *dnsReader) release(p *Pool) {
	open := d.open
	if clear(open); len(d.dns.Questions) > fewQuestions {
		open = nil
	}
	*d = dnsReader{open: open}
	p.dns.put(d, manySmall)
}
