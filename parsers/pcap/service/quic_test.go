package service

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// quicID is the connection id of the worked examples in RFC 9001 and RFC 9369, appendix A.
const quicID = "\x83\x94\xc8\xf0\x3e\x51\x57\x08"

// TestQUICKeys follows https://www.rfc-editor.org/rfc/rfc9001#appendix-A.1 and https://www.rfc-editor.org/rfc/rfc9369#appendix-A.1
func TestQUICKeys(t *testing.T) {
	for _, c := range []struct {
		salt, label, key, iv, hp string
	}{
		{saltOf(34), "quic ", "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2"},
		{quicV2Salt, "quicv2 ", "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9"},
	} {
		v := quicVersion{salt: c.salt, v2: c.label == "quicv2 "}
		secret := v.secret([]byte(quicID))
		client := expand(secret, "client in", 32)
		for _, part := range []struct {
			name, want string
			size       int
		}{{"key", c.key, 16}, {"iv", c.iv, 12}, {"hp", c.hp, 16}} {
			if got := hex.EncodeToString(expand(client, c.label+part.name, part.size)); got != part.want {
				t.Errorf("%s%s: got %s, want %s", c.label, part.name, got, part.want)
			}
		}
	}
}

// seal protects a packet as a client would.
func (k *quicKeys) seal(head, plain []byte, number byte) []byte {
	nonce := append([]byte(nil), k.iv...)
	nonce[len(nonce)-1] ^= number
	out := k.aead.Seal(append([]byte(nil), head...), nonce, plain, head)
	at := len(head) - 1
	mask := make([]byte, 16)
	k.hp.Encrypt(mask, out[at+4:at+20])
	out[0] ^= mask[0] & 0x0f
	out[at] ^= mask[1]
	return out
}

// initialPacket carries frames in the first packet of a client.
func initialPacket(version uint32, id, frames string, number byte) string {
	const size = 1700 // more than any network carries; the hello has a post-quantum key
	v := quicVersionOf(version)
	first := byte(0xc0)
	if v.v2 {
		first = 0xd0
	}
	client, _ := v.initialKeys([]byte(id))
	length := size + 16 + 1
	head := string([]byte{first, byte(version >> 24), byte(version >> 16), byte(version >> 8), byte(version), byte(len(id))}) + id +
		string([]byte{0, 0, 0x40 | byte(length>>8), byte(length), number})
	return string(client.seal([]byte(head), []byte(pad(frames, size)), number))
}

// crypto is a frame with a part of the hello.
func crypto(hello string, from, to int) string {
	return string([]byte{6, 0x40 | byte(from>>8), byte(from), 0x40 | byte((to-from)>>8), byte(to - from)}) + hello[from:to]
}

// TestQUIC opens first packets sealed by the test around the hello of Go's client.
func TestQUIC(t *testing.T) {
	hello := handshake(t, selfSigned(t, "files.example.net"), 0).said[0].text[tlsHeader:]
	n := len(hello)
	for _, c := range []struct {
		why     string
		version uint32
		packets []string
	}{
		{"one packet", quicV1, []string{crypto(hello, 0, n)}},
		{"version 2", quicV2, []string{crypto(hello, 0, n)}},
		{"draft 29", 0xff00001d, []string{crypto(hello, 0, n)}},
		{"out of order in one packet", quicV1, []string{crypto(hello, 50, n) + "\x01" + crypto(hello, 0, 50)}},
		{"in two packets, the second first, with overlap", quicV1, []string{crypto(hello, 60, n), crypto(hello, 0, 90)}},
		{"padding and an acknowledgement before it", quicV1, []string{"\x00\x00\x02\x05\x00\x00\x00" + crypto(hello, 0, n)}},
	} {
		k := talk{over: evidence.UDP}
		for i, frames := range c.packets {
			k.said = append(k.said, said{side: Resp, text: initialPacket(c.version, quicID, frames, byte(i))})
		}
		r := k.play(0)
		if r.Protocol != "quic" || r.TLS == nil || r.TLS.SNI != "files.example.net" || !strings.HasPrefix(r.TLS.JA4, "q13d") || r.Client != Resp || !r.ClientKnown {
			t.Errorf("%s: %+v %+v", c.why, r, r.TLS)
		}
	}
}

// TestQUICRetry: after a retry the client takes another connection id, from which new keys follow.
func TestQUICRetry(t *testing.T) {
	hello := handshake(t, selfSigned(t, "files.example.net"), 0).said[0].text[tlsHeader:]
	k := udp(">"+initialPacket(quicV1, quicID, crypto(hello, 0, 40), 0), "<\xf0\x00\x00\x00\x01\x00\x04abcd"+pad("token", 40),
		">"+initialPacket(quicV1, "other-id", crypto(hello, 0, len(hello)), 1))
	if r := k.play(0); r.TLS == nil || r.TLS.SNI != "files.example.net" {
		t.Errorf("%+v", r)
	}
}
