package pcap

import "strings"

// A history is a connection's events in Zeek's letters, upper case for the provisional originator: S and H for SYN and
// SYN-ACK, A for a bare acknowledgement, D for payload, F and R, C for a wrong checksum, G for a gap, T for repeated
// payload, W for a closed window, I and Q for flags that do not go together. Each letter appears once per side.
//
// https://docs.zeek.org/en/current/scripts/base/protocols/conn/main.zeek.html
type history struct {
	text    [2 * letters]byte
	n       uint8
	seen    [2]uint32
	flipped bool
}

// letters is how many there are.
const letters = 12

// flip marks that the originator is not the sender of the first packet.
func (h *history) flip() { h.flipped = !h.flipped }

func (h *history) add(dir int, letter byte) {
	bit := uint32(1) << (letter - 'A')
	if h.seen[dir]&bit != 0 {
		return
	}
	h.seen[dir] |= bit
	if dir == 1 {
		letter += 'a' - 'A'
	}
	h.text[h.n] = letter
	h.n++
}

// String returns the letters; orig tells which side turned out to be the originator.
func (h *history) String(orig int) string {
	text := string(h.text[:h.n])
	if orig == 1 {
		text = strings.Map(swapCase, text)
	}
	if h.flipped != (orig == 1) {
		return "^" + text
	}
	return text
}

func swapCase(r rune) rune { return r ^ ('a' - 'A') }

// packet notes what a packet's headers say.
func (h *history) packet(p *packet, dir int) {
	if p.badSum {
		h.add(dir, 'C')
	}
	if p.proto == protoTCP {
		h.flags(p, dir)
	}
	if p.payload.wire > 0 {
		h.add(dir, 'D')
	} else if p.flags&(flagACK|flagSYN|flagFIN|flagRST) == flagACK {
		h.add(dir, 'A')
	}
}

func (h *history) flags(p *packet, dir int) {
	switch {
	case p.has(flagSYN) && p.flags&(flagFIN|flagRST) != 0:
		h.add(dir, 'Q')
	case p.has(flagFIN | flagRST):
		h.add(dir, 'I')
	case p.has(flagSYN | flagACK):
		h.add(dir, 'H')
	case p.has(flagSYN):
		h.add(dir, 'S')
	case p.has(flagFIN):
		h.add(dir, 'F')
	case p.has(flagRST):
		h.add(dir, 'R')
	}
	if p.window == 0 && p.flags&(flagRST|flagSYN) == 0 {
		h.add(dir, 'W')
	}
}
