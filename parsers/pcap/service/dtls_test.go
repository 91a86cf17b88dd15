package service

import (
	"strings"
	"testing"
)

// dtlsTalk is a client hello in two fragments, the second first, and the server's request to say it again.
func dtlsTalk() talk {
	extension := "\x00\x00\x00\x10\x00\x0e\x00\x00\x0bexample.net"
	body := "\xfe\xfd" + strings.Repeat("r", 32) + "\x00\x00" + "\x00\x04\xc0\x2b\xc0\x2f" + "\x01\x00" + "\x00\x14" + extension
	part := func(from, to int) string {
		f := "\x01" + "\x00\x00" + string([]byte{byte(len(body))}) + "\x00\x00" + "\x00\x00" + string([]byte{byte(from)}) + "\x00\x00" + string([]byte{byte(to - from)}) + body[from:to]
		return "\x16\xfe\xfd" + "\x00\x00\x00\x00\x00\x00\x00\x01" + "\x00" + string([]byte{byte(len(f))}) + f
	}
	return udp(">"+part(40, len(body)), ">"+part(0, 40), "<\x16\xfe\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x03\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x03\xfe\xff\x00")
}

func TestDTLS(t *testing.T) {
	r := dtlsTalk().play(0)
	if r.Protocol != "dtls" || r.Client != Orig || !r.ClientKnown || r.TLS == nil || r.TLS.SNI != "example.net" || !strings.HasPrefix(r.TLS.JA4, "dd2d020100_") || r.TLS.Offered != "DTLSv12" {
		t.Errorf("%+v %+v", r, r.TLS)
	}
}

// TestSTUNShared: DTLS and media use the same ports as the STUN that found them.
func TestSTUNShared(t *testing.T) {
	k := dtlsTalk().after(udp(">\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl"))
	if r := k.play(0); r.Protocol != "stun" || len(r.Inner) != 1 || r.Inner[0] != "dtls" || r.TLS.SNI != "example.net" {
		t.Errorf("%+v", r)
	}
}
