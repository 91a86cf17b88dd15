package service

import (
	"encoding/base64"
	"reflect"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// der is an element of BER.
func der(tag byte, body ...string) string {
	all := ""
	for _, b := range body {
		all += b
	}
	if len(all) < 0x80 {
		return string([]byte{tag, byte(len(all))}) + all
	}
	return string([]byte{tag, 0x82, byte(len(all) >> 8), byte(len(all))}) + all
}

func name(parts ...string) string {
	list := ""
	for _, p := range parts {
		list += der(0x1b, p)
	}
	return der(0x30, der(0xa0, der(2, "\x01")), der(0xa1, der(0x30, list)))
}

var (
	five       = der(0xa0, der(2, "\x05"))
	realm      = der(0x1b, "EXAMPLE.COM")
	fileTicket = der(0x61, der(0x30, five, der(0xa1, realm), der(0xa2, name("cifs", "files.example.com")), der(0xa3, "")))
	apRequest  = der(0x6e, der(0x30, five, der(0xa1, der(2, "\x0e")), der(0xa2, der(3, "\x00\x00\x00\x00\x00")), der(0xa3, fileTicket), der(0xa4, der(0x30, ""))))
	asRequest  = der(0x6a, der(0x30, der(0xa1, der(2, "\x05")), der(0xa2, der(2, "\x0a")), der(0xa3, der(0x30, pad("", 200))),
		der(0xa4, der(0x30, der(0xa0, der(3, "\x00\x40\x81\x00\x10")), der(0xa1, name("ann")), der(0xa2, realm), der(0xa3, name("krbtgt", "EXAMPLE.COM"))))))
	asRefusal = der(0x7e, der(0x30, five, der(0xa1, der(2, "\x1e")), der(0xa6, der(2, "\x19")), der(0xa9, realm), der(0xaa, name("krbtgt", "EXAMPLE.COM"))))
	tgsAnswer = der(0x6d, der(0x30, five, der(0xa1, der(2, "\x0d")), der(0xa3, realm), der(0xa4, name("ann")), der(0xa5, fileTicket), der(0xa6, "")))
)

// inFour puts a message behind its length.
func inFour(m string) string {
	n := len(m)
	return string([]byte{0, byte(n >> 16), byte(n >> 8), byte(n)}) + m
}

func TestKerberos(t *testing.T) {
	want := &evidence.Kerberos{
		Clients:  []string{"ann@EXAMPLE.COM"},
		Services: []string{"krbtgt/EXAMPLE.COM@EXAMPLE.COM", "cifs/files.example.com@EXAMPLE.COM"},
		Errors:   []string{"KDC_ERR_PREAUTH_REQUIRED"},
	}
	for _, k := range []talk{
		tcp(">"+inFour(asRequest), "<"+inFour(asRefusal), ">"+inFour(asRequest), "<"+inFour(tgsAnswer)),
		udp(">"+asRequest, "<"+asRefusal, "<"+tgsAnswer),
	} {
		if r := k.play(0); r.Protocol != "kerberos" || !reflect.DeepEqual(r.Kerberos, want) {
			t.Errorf("over %s: got %q %+v, want %+v", k.over, r.Protocol, r.Kerberos, want)
		}
	}
}

// TestLogon: the names are found in whichever protocol the logon runs.
func TestLogon(t *testing.T) {
	ticketToken := "\x60\x48negotiation" + kerberosToken + apRequest
	ntlm := ntlm3("EXAMPLE", "ann", "WS-01")
	service := &evidence.Kerberos{Services: []string{"cifs/files.example.com@EXAMPLE.COM"}}
	person := &evidence.NTLM{User: "ann", Domain: "EXAMPLE", Host: "WS-01"}
	bind := func(token string) string {
		return der(0x30, der(2, "\x01"), der(0x60, der(2, "\x03"), der(4, ""), der(0xa3, der(4, "GSS-SPNEGO"), der(4, token))))
	}
	session := func(token string) string {
		return smb2(smb2Session, false, le(25, 2)+pad("", 10)+le(64+24, 2)+le(len(token), 2)+pad("", 8)+token)
	}
	web := func(scheme, token string) string {
		return "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: " + scheme + " " + base64.StdEncoding.EncodeToString([]byte(token)) + "\r\n\r\n"
	}
	for _, c := range []struct {
		why      string
		talk     talk
		kerberos *evidence.Kerberos
		ntlm     *evidence.NTLM
	}{
		{"SMB with a ticket", tcp(">" + session(ticketToken)), service, nil},
		{"SMB with NTLM", tcp(">" + session(ntlm)), nil, person},
		{"LDAP with a ticket", tcp(">" + bind(ticketToken)), service, nil},
		{"LDAP with NTLM", tcp(">" + bind(ntlm)), nil, person},
		{"HTTP with a ticket", tcp(">" + web("Negotiate", ticketToken)), service, nil},
		{"HTTP with NTLM", tcp(">" + web("NTLM", ntlm)), nil, person},
		{"HTTP with a password says nothing here", tcp(">" + web("Basic", "ann:secret")), nil, nil},
		{"an anonymous logon after a named one changes nothing", tcp(">"+session(ntlm), ">"+session(ntlm3("", "", "WS-01"))), nil, person},
	} {
		r := c.talk.play(0)
		if !reflect.DeepEqual(r.Kerberos, c.kerberos) || !reflect.DeepEqual(r.NTLM, c.ntlm) {
			t.Errorf("%s: %q %+v %+v", c.why, r.Protocol, r.Kerberos, r.NTLM)
		}
	}
}
