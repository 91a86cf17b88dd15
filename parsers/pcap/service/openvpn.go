package service

import "github.com/wirewitness/wirewitness/parsers/evidence"

// OpenVPN carries TLS in its control channel, piece by piece: https://openvpn.net/community-docs/network-protocol.html

const (
	vpnReset   = 7 << 3 // the client's, of version 2
	vpnControl = 4 << 3
	// vpnKeep is more than a packet takes.
	vpnKeep = 4 << 10
)

// openVPN recognises the client's reset, which ends with an empty list of acknowledgements and packet number 0. digest is
// the room for the authentication: none, or a digest with packet number and time.
func openVPN(b []byte) (digest int, ok bool) {
	const plain = 14
	if len(b) < plain || b[0]&^7 != vpnReset || string(b[len(b)-5:]) != "\x00\x00\x00\x00\x00" {
		return 0, false
	}
	switch digest = len(b) - plain; digest {
	case 0, 8 + 16, 8 + 20, 8 + 32, 8 + 64:
		return digest, true
	}
	return 0, false
}

func matchOpenVPN(c Chunk, _ *opening) verdict {
	if _, ok := openVPN(c.Data); ok {
		return asks(c.Side)
	}
	return no
}

func openVPNClient(b []byte, closed bool) verdict {
	size := lengthBefore16(b)
	switch {
	case b[0] != 0 || len(b) > 2 && b[2]&^7 != vpnReset:
		return no
	case size >= 128:
		return no
	case size == 0 || len(b) < size:
		return maybe
	}
	_, ok := openVPN(b[2:size])
	return since(ok)
}

// A vpnReader reads the control channel, unless it is encrypted with a key of its own.
type vpnReader struct {
	streams *[2]frames
	digest  int
	sides   [2]ordered
	inner   *Session
}

func openOpenVPN(sc scene) analyzer {
	v := &vpnReader{inner: sc.insideStream(), sides: [2]ordered{{next: 1}, {next: 1}}} // the reset was 0
	if sc.transport != evidence.UDP {
		side := frames{length: lengthBefore16, keep: vpnKeep, pool: sc.pool}
		v.streams = &[2]frames{side, side}
	}
	return v
}

func (v *vpnReader) feed(c Chunk) {
	if v.streams == nil {
		v.packet(c, c.Data)
		return
	}
	v.streams[c.Side].feed(c, func(c Chunk, u []byte, _ int) { v.packet(c, u[min(2, len(u)):]) })
}

// packet reads the number of a control packet and what it carries, behind the acknowledgements and the session they are for.
func (v *vpnReader) packet(c Chunk, b []byte) {
	if digest, ok := openVPN(b); ok {
		v.digest = digest
		return
	}
	if len(b) == 0 || b[0]&^7 != vpnControl {
		return
	}
	p := cursor{b: b}
	p.take(1 + 8 + v.digest)
	if n := p.u8(); n > 0 {
		p.take(4*n + 8)
	}
	number := uint32(p.uint(4))
	if p.short {
		return
	}
	v.sides[c.Side].add(number, p.b, func(b []byte) { v.inner.Feed(c.with(b)) })
}

func (v *vpnReader) describe(r *Result) { r.within(v.inner) }
func (v *vpnReader) done() bool         { return v.inner.Done() }
