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
			made := expand(&client, c.label+part.name, part.size)
			if got := hex.EncodeToString(made[:part.size]); got != part.want {
				t.Errorf("%s%s: got %s, want %s", c.label, part.name, got, part.want)
			}
		}
	}
}

// seal protects a packet as a client would.
func (k *quicKeys) seal(head, plain []byte, number byte) []byte {
	nonce := append([]byte(nil), k.iv[:]...)
	nonce[len(nonce)-1] ^= number
	out := k.aead.Seal(append([]byte(nil), head...), nonce, plain, head)
	size := int(head[0]&3) + 1
	at := len(head) - size
	mask := make([]byte, 16)
	k.hp.Encrypt(mask, out[at+4:at+20])
	out[0] ^= mask[0] & 0x0f
	for i := range size {
		out[at+i] ^= mask[1+i]
	}
	return out
}

// TestQUICExample opens the client's first packet of https://www.rfc-editor.org/rfc/rfc9001#appendix-A.2, sealed here from its
// content: that it begins and ends as printed there shows that it is the same. Its JA4 was put together by hand from the
// ciphers, extensions and signature algorithms of the hello as the description of JA4 says.
func TestQUICExample(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	frame := unhex("060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c00000" +
		"0010000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e0005000501000000000033" +
		"00260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e04030503" +
		"06030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff08011001048000753009" +
		"01100f088394c8f03e51570806048000ffff")
	v := quicVersionOf(quicV1)
	client := v.initialKeys(v.secret([]byte(quicID)), quicClient)
	packet := string(client.seal(unhex("c300000001088394c8f03e5157080000449e00000002"), []byte(pad(string(frame), 1162)), 2))
	const begins, ends = "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", "e221af44860018ab0856972e194cd934"
	if got := hex.EncodeToString([]byte(packet)); len(packet) != 1200 || !strings.HasPrefix(got, begins) || !strings.HasSuffix(got, ends) {
		t.Fatalf("%d bytes, %s ... %s", len(packet), got[:len(begins)], got[len(got)-len(ends):])
	}
	r := udp(">" + packet).play(0)
	if r.Protocol != "quic" || r.TLS == nil || r.TLS.SNI != "example.com" || r.TLS.JA4 != "q13d0211an_62ed6f6ca7ad_4d634acda6c0" {
		t.Errorf("%+v %+v", r, r.TLS)
	}
}

// initialPacket carries frames in the first packet of a client.
func initialPacket(version uint32, id, frames string, number byte) string {
	const size = 1700 // more than any network carries; the hello has a post-quantum key
	v := quicVersionOf(version)
	first := byte(0xc0)
	if v.v2 {
		first = 0xd0
	}
	client := v.initialKeys(v.secret([]byte(id)), quicClient)
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
