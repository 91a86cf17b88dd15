package service

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// NTLM: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp

const (
	ntlmSignature = "NTLMSSP\x00"
	ntlmUnicode   = 1
)

// ntlmNames are the names in one NTLM message: of the client, or of the server that challenges it.
type ntlmNames struct{ user, domain, host, server string }

// findNTLM reads the NTLM message somewhere in b.
func findNTLM(b []byte) (n ntlmNames, ok bool) {
	at := bytes.Index(b, []byte(ntlmSignature))
	if at < 0 {
		return n, false
	}
	b = b[at:]
	switch le32(b, 8) {
	case 2:
		n.server = ntlmTarget(span(b, le32(b, 44), le16(b, 40)))
	case 3:
		wide := le32(b, 60)&ntlmUnicode != 0
		field := func(at int) string { return wideText(span(b, le32(b, at+4), le16(b, at)), wide) }
		n = ntlmNames{user: field(36), domain: field(28), host: field(44)}
	}
	return n, true
}

// ntlmTarget is the computer name in a challenge's list of attributes.
func ntlmTarget(b []byte) string {
	const computer = 1
	for len(b) >= 4 {
		kind, size := le16(b, 0), le16(b, 2)
		value := span(b, 4, size)
		if kind == computer {
			return wideText(value, true)
		}
		if kind == 0 || value == nil {
			break
		}
		b = b[4+size:]
	}
	return ""
}

// wideText decodes UTF-16LE, or keeps bytes where the message says they are not.
func wideText(b []byte, wide bool) string {
	if !wide {
		return text(bytes.TrimRight(b, "\x00"))
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2 && len(units) < maxText; b = b[2:] {
		u := binary.LittleEndian.Uint16(b)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}
