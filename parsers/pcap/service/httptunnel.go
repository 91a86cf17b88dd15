package service

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// fields are the header fields of one message.
type fields []byte

func headerFields(b []byte) fields { return b }

// get returns the value of the first field of that name, given in lower case.
func (f fields) get(name string) string {
	for rest := []byte(f); len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		key, value, ok := bytes.Cut(line, []byte(":"))
		if ok && len(key) == len(name) && strings.EqualFold(string(key), name) {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// tunnel starts reading what both sides agreed on.
func (h *httpReader) tunnel(upgraded bool) {
	h.inner = h.scene.inside()
	if upgraded && strings.Contains(h.upgrade, "websocket") {
		h.ws = [2]*webSocket{{}, {}}
	}
}

func (h *httpReader) tunnelled(c Chunk) {
	if ws := h.ws[c.Side]; ws != nil {
		ws.feed(c, h.inner.Feed)
		return
	}
	h.inner.Feed(c)
}

// A webSocket unpacks the frames of one direction: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
type webSocket struct {
	head []byte
	left uint64
	mask [4]byte
	at   int
	data bool // the frame carries data, it is not a control frame
	lost bool
}

// feed passes the data of the frames on.
func (w *webSocket) feed(c Chunk, to func(Chunk)) {
	if c.Gap > 0 {
		w.lost = w.lost || c.Gap > w.left
		w.left -= min(c.Gap, w.left)
		w.at += int(c.Gap & 3)
		if w.data && !w.lost {
			to(Chunk{At: c.At, Frame: c.Frame, Side: c.Side, Gap: c.Gap})
		}
	}
	b := c.Data
	for len(b) > 0 && !w.lost {
		if w.left == 0 {
			w.head = append(w.head, b[0])
			b = b[1:]
			w.begin()
			continue
		}
		n := min(w.left, uint64(len(b)))
		if w.data {
			to(c.with(w.unmask(b[:n])))
		}
		b, w.left = b[n:], w.left-n
	}
}

// begin reads the frame header once it is whole.
func (w *webSocket) begin() {
	if len(w.head) < 2 {
		return
	}
	size, masked := uint64(w.head[1]&0x7f), w.head[1]&0x80 != 0
	need := 2
	switch size {
	case 126:
		need += 2
	case 127:
		need += 8
	}
	if masked {
		need += 4
	}
	if len(w.head) < need {
		return
	}
	switch size {
	case 126:
		size = uint64(binary.BigEndian.Uint16(w.head[2:]))
	case 127:
		size = binary.BigEndian.Uint64(w.head[2:])
	}
	w.mask, w.at = [4]byte{}, 0
	if masked {
		copy(w.mask[:], w.head[need-4:])
	}
	// Without an extension the reserved bits are zero; a compressed message is nothing to look into.
	w.left, w.data = size, w.head[0]&0x08 == 0 && w.head[0]&0x70 == 0
	w.head = w.head[:0]
}

func (w *webSocket) unmask(b []byte) []byte {
	out := make([]byte, len(b))
	for i, v := range b {
		out[i] = v ^ w.mask[w.at&3]
		w.at++
	}
	return out
}
