package service

import (
	"encoding/binary"
)

// Protocols over UDP of which the name is all that is told.

// matchSSDP recognises the HTTP-like messages of UPnP: https://openconnectivity.org/upnp-specs/UPnP-arch-DeviceArchitecture-v2.0-20200417.pdf
func matchSSDP(c Chunk, _ *opening) verdict {
	if prefixes(c.Data, "M-SEARCH * HTTP/1.1", "NOTIFY * HTTP/1.1") == yes {
		return asks(c.Side)
	}
	if prefix(c.Data, "HTTP/1.1 200 OK") == yes {
		return asks(c.Side.other())
	}
	return no
}

// matchSNMP recognises a message of any version: https://www.rfc-editor.org/rfc/rfc3416, https://www.rfc-editor.org/rfc/rfc3412
func matchSNMP(c Chunk, _ *opening) verdict {
	if berLength(c.Data) != len(c.Data)+int(c.Cut) {
		return no
	}
	body, ok := berInside(c.Data, 0x30)
	tag, version, rest, ok2 := berNext(body)
	if !ok || !ok2 || tag != 2 || len(version) != 1 {
		return no
	}
	tag, _, rest, ok = berNext(rest)
	switch {
	case ok && version[0] == 3 && tag == 0x30:
		return yes
	case !ok || version[0] > 1 || tag != 4 || len(rest) == 0 || rest[0] < 0xa0 || rest[0] > 0xa8:
		return no
	case rest[0] == 0xa2: // a response
		return asks(c.Side.other())
	}
	return asks(c.Side)
}

// matchNTP recognises a time message by the ranges of its fields: https://www.rfc-editor.org/rfc/rfc5905#section-7.3
func matchNTP(c Chunk, _ *opening) verdict {
	b := c.Data
	if len(b) < 8 {
		return no
	}
	version, mode := b[0]>>3&7, b[0]&7
	if version < 1 || version > 4 {
		return no
	}
	switch {
	case mode == 6 && version >= 2: // control: https://www.rfc-editor.org/rfc/rfc9327
		return ntpControl(c)
	case mode == 7 && version >= 2: // private: lists of peers
		return ntpPrivate(c)
	case len(b) < 48 || (len(b)-48)%4 != 0 || len(b) > 48+256, mode == 0 && version != 1, mode > 5:
		return no
	}
	stratum, poll, precision := b[1], int8(b[2]), int8(b[3])
	if stratum > 16 || poll < 0 || poll > 17 || precision > 0 || precision < -32 || !ntpTimes(b) {
		return no
	}
	if mode == 4 {
		return asks(c.Side.other())
	}
	return asks(c.Side)
}

// ntpTimes tells whether root delay and dispersion are below 16 s and a server's times lie after 1990.
func ntpTimes(b []byte) bool {
	const year1990 = 90 * 365.25 * 86400
	delay, dispersion := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	sent := binary.BigEndian.Uint32(b[40:])
	if delay>>16 > 16 && delay>>16 < 0xfff0 || dispersion>>16 > 16 {
		return false
	}
	return b[0]&7 != 4 || sent == 0 || float64(sent) > year1990
}

// ntpControl recognises a control message, which its data fills up to a multiple of four.
func ntpControl(c Chunk) verdict {
	const header = 12
	b := c.Data
	if len(b) < header || b[0]>>6 != 0 || b[1]&0x1f > 12 {
		return no
	}
	size, all := header+int(binary.BigEndian.Uint16(b[10:])), len(b)+int(c.Cut)
	if size > all || all > (size+3)&^3 {
		return no
	}
	if b[1]&0x80 != 0 {
		return asks(c.Side.other())
	}
	return asks(c.Side)
}

// ntpPrivate recognises the requests of ntpdc and their answers, whose items fill the datagram.
func ntpPrivate(c Chunk) verdict {
	const header = 8
	b := c.Data
	items, size := int(b[4]&0x0f)<<8|int(b[5]), int(b[6])<<8|int(b[7])
	if b[1]&0x7f > 64 || b[2] > 3 || b[3] > 50 || size > 512 || header+items*size > len(b)+int(c.Cut) {
		return no
	}
	if b[0]&0x80 != 0 {
		return asks(c.Side.other())
	}
	return asks(c.Side)
}

// matchWireGuard recognises the two messages of the handshake: https://www.wireguard.com/protocol/
func matchWireGuard(c Chunk, _ *opening) verdict {
	switch {
	case len(c.Data) == 148 && string(c.Data[:4]) == "\x01\x00\x00\x00":
		return asks(c.Side)
	case len(c.Data) == 92 && string(c.Data[:4]) == "\x02\x00\x00\x00":
		return asks(c.Side.other())
	}
	return no
}

// matchDHT recognises BitTorrent's messages without a connection: https://www.bittorrent.org/beps/bep_0005.html
func matchDHT(c Chunk, _ *opening) verdict {
	if prefixes(c.Data, "d1:ad2:id20:", "d1:rd2:id20:") == yes {
		return yes
	}
	return no
}
