package service

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// FTP moves files over connections of their own, which the control connection names: https://www.rfc-editor.org/rfc/rfc959#section-4.1.2,
// https://www.rfc-editor.org/rfc/rfc2428

const (
	ftpPassive         = "227"
	ftpExtendedPassive = "229"
)

// ftpReader follows the control connection.
type ftpReader struct {
	lineReader
	expected []Expectation
}

func openFTP(sc scene) analyzer {
	f := &ftpReader{lineReader: lineReader{scene: sc, upgrade: ftpUpgrade}}
	f.heard = f.command
	return f
}

// command reads a line that names where a file will go: the client waits there for the server, or the other way round.
func (f *ftpReader) command(side Side, line []byte) {
	word, rest, _ := bytes.Cut(line, []byte(" "))
	var at netip.AddrPort
	ok := false
	switch {
	case side == f.scene.client && isWord(word, "PORT"):
		at, ok = sixNumbers(string(rest))
	case side == f.scene.client && isWord(word, "EPRT"):
		at, ok = extended(string(rest))
	case side != f.scene.client && isWord(word, ftpPassive):
		at, ok = sixNumbers(within(string(rest)))
	case side != f.scene.client && isWord(word, ftpExtendedPassive):
		at, ok = extended(within(string(rest)))
	}
	if ok {
		f.expected = append(f.expected, Expectation{Protocol: "ftp-data", Side: side, At: at})
	}
}

// within is what stands in brackets; some servers leave them out.
func within(s string) string {
	if i := strings.IndexByte(s, '('); i >= 0 {
		s = s[i+1:]
	} else {
		s = strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .=")
	}
	return strings.TrimRight(s, "). ")
}

// sixNumbers reads an address and a port as six bytes.
func sixNumbers(s string) (at netip.AddrPort, ok bool) {
	parts := strings.Split(strings.TrimSpace(s), ",")
	if len(parts) != 6 {
		return at, false
	}
	var b [6]byte
	for i, p := range parts {
		n, err := strconv.ParseUint(strings.TrimSpace(p), 10, 8)
		if err != nil {
			return at, false
		}
		b[i] = byte(n)
	}
	at = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), uint16(b[4])<<8|uint16(b[5]))
	return at, at.Port() > 0
}

// extended reads |family|address|port|. Without an address it is that of the side that says it.
func extended(s string) (at netip.AddrPort, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return at, false
	}
	parts := strings.Split(s, s[:1])
	if len(parts) != 5 {
		return at, false
	}
	port, err := strconv.ParseUint(parts[3], 10, 16)
	if err != nil || port == 0 {
		return at, false
	}
	addr, err := netip.ParseAddr(parts[2])
	if err != nil && parts[2] != "" {
		return at, false
	}
	return netip.AddrPortFrom(addr, uint16(port)), true
}

func (f *ftpReader) expects() []Expectation {
	all := f.expected
	f.expected = nil
	return all
}
