package service

import "golang.org/x/net/http2/hpack"

// HTTP/2 in clear: https://www.rfc-editor.org/rfc/rfc9113, after an upgrade https://www.rfc-editor.org/rfc/rfc7540#section-3.2

const (
	// http2Preface is what the client says first; the server begins with its settings.
	http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	http2Header  = 9

	http2Data         = 0
	http2Headers      = 1
	http2Settings     = 4
	http2Promise      = 5
	http2Continuation = 9
	http2MaxKind      = 0x10 // PRIORITY_UPDATE, the highest in use: https://www.iana.org/assignments/http2-parameters

	http2EndHeaders = 0x04
	http2Padded     = 0x08
	http2Priority   = 0x20

	// http2Table bounds the dynamic table of header fields that a side may ask for. Browsers and servers ask for up to
	// 64 KiB.
	http2Table = 64 << 10
)

// http2Client recognises the client's preface.
func http2Client(b []byte, _ bool) verdict { return prefix(b, http2Preface) }

// http2Server recognises the server's settings. Empty ones are too little to go by.
func http2Server(b []byte, _ bool) verdict {
	const most = 10 * 6
	for i, ok := range [...]func(byte) bool{
		isZero, isZero,
		func(v byte) bool { return v > 0 && v <= most && v%6 == 0 },
		func(v byte) bool { return v == http2Settings },
		isZero, isZero, isZero, isZero, isZero,
	} {
		if i < len(b) && !ok(b[i]) {
			return no
		}
	}
	if len(b) < http2Header || len(b) < http2Header+int(b[2]) {
		return maybe
	}
	for settings := b[http2Header : http2Header+int(b[2])]; len(settings) > 0; settings = settings[6:] {
		if settings[0] != 0 || settings[1] == 0 || settings[1] > 9 {
			return no
		}
	}
	return yes
}

func isZero(v byte) bool { return v == 0 }

// An http2Side reads the frames of one direction.
type http2Side struct {
	frame []byte // one that is not whole yet
	left  uint64 // bytes of the frame that pass by: data, then padding or what nobody reads
	data  uint64 // how many of them are data
	on    uint32 // the stream they belong to
	// table holds the header fields that later ones refer to, nil once some were missed.
	table *hpack.Decoder
	block []byte // the header block that continues in the next frame
	kind  byte   // of the frame in which it began
	of    uint32 // its stream
	lost  bool
}

// An http2Reader reads both directions into what the connection says as HTTP.
type http2Reader struct {
	http   *httpReader
	sides  [2]http2Side
	tunnel uint32 // the stream that carries something else, 0 for none
}

// openHTTP2 starts reading HTTP/2 with prior knowledge.
func openHTTP2(sc scene) analyzer {
	h := openHTTP(sc).(*httpReader)
	h.known = true
	h.toHTTP2()
	return h
}

// toHTTP2 reads what both sides send from here on as frames, behind the client's preface.
func (h *httpReader) toHTTP2() {
	h.two = &http2Reader{http: h}
	for side := range h.sides {
		table := hpack.NewDecoder(4<<10, nil)
		table.SetAllowedMaxDynamicTableSize(http2Table)
		table.SetMaxStringLength(maxHead)
		h.two.sides[side].table = table
		h.sides[side].part, h.sides[side].buf = inHTTP2, nil
	}
	h.two.sides[h.client].left = uint64(len(http2Preface))
}

// feed takes the next bytes of a side.
func (t *http2Reader) feed(c Chunk) {
	s := &t.sides[c.Side]
	for b := c.Data; len(b) > 0 && !s.lost; {
		if s.left > 0 {
			n := min(s.left, uint64(len(b)))
			t.pass(s, c, b[:n])
			b = b[n:]
			continue
		}
		n := min(s.wants(), len(b))
		s.frame = append(s.frame, b[:n]...)
		b = b[n:]
		if s.wants() == 0 {
			t.frame(s, c)
		}
	}
}

// wants is how many bytes are missing from what of the frame is read as a whole.
func (s *http2Side) wants() int {
	size := http2Header
	if len(s.frame) >= http2Header {
		size = s.head()
	}
	return size - len(s.frame)
}

// head is how much of a frame is read as a whole: all of those that tell something, of the others the header, of padded
// data the length of the padding too.
func (s *http2Side) head() int {
	kind, flags, size := s.frame[3], s.frame[4], s.size()
	switch kind {
	case http2Headers, http2Promise, http2Continuation:
		if size <= maxHead {
			return http2Header + size
		}
	case http2Data:
		if flags&http2Padded != 0 && size > 0 {
			return http2Header + 1
		}
	}
	return http2Header
}

func (s *http2Side) size() int { return int(s.frame[0])<<16 | int(s.frame[1])<<8 | int(s.frame[2]) }

// frame reads a frame as far as it is kept.
func (t *http2Reader) frame(s *http2Side, c Chunk) {
	kind, flags, body := s.frame[3], s.frame[4], s.frame[http2Header:]
	on := uint32(s.frame[5]&0x7f)<<24 | uint32(s.frame[6])<<16 | uint32(s.frame[7])<<8 | uint32(s.frame[8])
	s.left, s.data, s.on = uint64(s.size()-len(body)), 0, on
	switch {
	case kind > http2MaxKind:
		t.lose(c.Side)
	case kind == http2Data:
		s.data = s.left
		if len(body) > 0 {
			s.data -= min(s.left, uint64(body[0]))
		}
	case kind != http2Headers && kind != http2Promise && kind != http2Continuation:
	case s.left > 0:
		s.table = nil
	case kind == http2Continuation:
		t.fields(s, c, flags, body)
	default:
		s.kind, s.of, s.block = kind, on, nil
		t.fields(s, c, flags, http2Fields(kind, flags, body))
	}
	s.frame = s.frame[:0]
}

// pass moves on in a frame.
func (t *http2Reader) pass(s *http2Side, c Chunk, b []byte) {
	n := min(s.data, uint64(len(b)))
	s.left -= uint64(len(b))
	s.data -= n
	switch {
	case n == 0:
	case t.carries(s.on):
		t.http.tunnelled(c.with(b[:n]))
	default:
		t.http.sides[c.Side].body.N += n
	}
}

// gap moves over missed bytes. The next frame is found again only when all of them belong to one that passes by.
func (t *http2Reader) gap(c Chunk) {
	s := &t.sides[c.Side]
	if c.Gap > s.left || s.lost {
		t.lose(c.Side)
		return
	}
	n := min(s.data, c.Gap)
	s.left -= c.Gap
	s.data -= n
	if !t.carries(s.on) {
		t.http.sides[c.Side].body.N += n
	} else if n > 0 {
		t.http.tunnelled(Chunk{At: c.At, Frame: c.Frame, Side: c.Side, Gap: n})
	}
}

// carries tells whether a stream is the tunnel.
func (t *http2Reader) carries(on uint32) bool { return t.tunnel != 0 && on == t.tunnel }

// lose gives a side up.
func (t *http2Reader) lose(side Side) {
	t.sides[side] = http2Side{lost: true}
	t.http.sides[side].lose()
	t.http.sides[side].part = inHTTP2
}
