package service

import (
	"encoding/binary"
	"reflect"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// number writes n in four bytes.
func number(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }

// carried wraps what both sides of a conversation say, in pieces of at most 500 bytes, each with its number from 1 on.
func carried(k talk, over evidence.Transport, wrap func(side Side, n int, piece string) string) talk {
	out := talk{over: over}
	var sent [2]int
	for _, s := range k.said {
		for text := s.text; text != ""; {
			n := min(len(text), 500)
			sent[s.side]++
			out.said = append(out.said, said{side: s.side, text: wrap(s.side, sent[s.side], text[:n])})
			text = text[n:]
		}
	}
	return out
}

// swapped sends the second and third line of a side in the wrong order, and one of them twice.
func swapped(k talk, from int) talk {
	k.said[from], k.said[from+1] = k.said[from+1], k.said[from]
	k.said = append(k.said[:from+2:from+2], append([]said{k.said[from]}, k.said[from+2:]...)...)
	return k
}

// rdpOpening agrees on a version of RDP's transport.
func rdpOpening(version string) talk {
	return udp(">"+pad("\xff\xff\xff\xff\x00\x40\x18\x01\x00\x00\x00\x00\x04\xd0\x04\xd0"+pad("", 32)+"\x00\x01"+version, 1232),
		"<"+pad("\x00\x00\x00\x00\x00\x40\x10\x05\x00\x00\x00\x00\x04\xd0\x04\xd0"+"\x00\x01"+version, 1232))
}

// TestCarriers: TLS is read inside what carries it, whether or not pieces arrive in order.
func TestCarriers(t *testing.T) {
	secure := handshake(t, selfSigned(t, "files.example.net"), 0x0303)
	session := "sessions"
	vpn := func(digest int) func(Side, int, string) string {
		return func(_ Side, n int, piece string) string {
			acks := "\x00"
			if n > 1 {
				acks = "\x01" + number(n-1) + session
			}
			return "\x20" + session + pad("", digest) + acks + number(n) + piece
		}
	}
	reset := func(digest int) talk { return udp(">\x38" + session + pad("", digest) + "\x00" + number(0)) }
	behind := func(wrap func(Side, int, string) string) func(Side, int, string) string {
		return func(s Side, n int, piece string) string {
			m := wrap(s, n, piece)
			return string([]byte{byte(len(m) >> 8), byte(len(m))}) + m
		}
	}
	one := func(_ Side, n int, piece string) string {
		return "\x00\x00\x00\x01\x00\x40\x00\x0c" + "\x00\x01\x04\x00" + number(n) + number(n) + piece
	}
	two := func(_ Side, n int, piece string) string {
		b := []byte("\xe0\x04\xc0" + le(n, 2) + le(n, 2) + piece)
		b[0], b[7] = b[7], b[0]
		return string(b)
	}
	tds := func(_ Side, n int, piece string) string {
		return "\x12\x01" + string([]byte{byte((len(piece) + 8) >> 8), byte(len(piece) + 8)}) + "\x00\x00\x01\x00" + piece
	}
	tcpReset := reset(20 + 8)
	tcpReset.over, tcpReset.said[0].text = evidence.TCP, "\x00\x2a"+tcpReset.said[0].text
	for _, c := range []struct {
		name string
		talk talk
	}{
		{"openvpn", carried(secure, evidence.UDP, vpn(0)).after(reset(0))},
		{"openvpn", swapped(carried(secure, evidence.UDP, vpn(20+8)).after(reset(20+8)), 2)},
		{"openvpn", carried(secure, evidence.TCP, behind(vpn(20+8))).after(tcpReset)},
		{"rdp", swapped(carried(secure, evidence.UDP, one).after(rdpOpening("\x00\x02")), 3)},
		{"rdp", swapped(carried(secure, evidence.UDP, two).after(rdpOpening("\x01\x01")), 3)},
		{"tds", carried(secure, evidence.TCP, tds).after(tcp(">\x12\x01\x00\x0f\x00\x00\x00\x00\x00\x00\x06\x01\x00\x20\xff", "<\x04\x01\x00\x0f\x00\x00\x01\x00\x00\x00\x06\x01\x00\x20\xff"))},
	} {
		r := c.talk.play(0)
		if r.Protocol != c.name || !reflect.DeepEqual(r.Inner, []string{"tls"}) || r.TLS.SNI != "files.example.net" || r.TLS.CertSHA256 == "" || !r.TLS.Established {
			t.Errorf("%s: %q %v %+v", c.name, r.Protocol, r.Inner, r.TLS)
		}
	}
	lossy := dtlsTalk()
	k := rdpOpening("\x00\x02")
	for i := range k.said {
		k.said[i].text = k.said[i].text[:6] + string([]byte{k.said[i].text[6] | 2}) + k.said[i].text[7:]
	}
	if r := carried(lossy, evidence.UDP, one).after(k).play(0); !reflect.DeepEqual(r.Inner, []string{"dtls"}) || !strings.HasPrefix(r.TLS.JA4, "d") {
		t.Errorf("rdp where loss does not matter: %+v", r)
	}
}
