package service

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// The fingerprints of a client hello.
//
//	https://github.com/salesforce/ja3 (JA3)
//	https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md (JA4, BSD-3-Clause)

// helloRoom is room for the numbers of an ordinary hello.
const helloRoom = 1024

func (h *hello) ja3(out []byte) []byte {
	out = decimal(out, h.legacy)
	for _, list := range [...][]uint16{h.ciphers, h.exts, h.groups, h.points} {
		out = appendList(append(out, ','), list, '-', decimal)
	}
	return out
}

func (h *hello) ja4(carrier byte) string {
	named := byte('i')
	if slices.Contains(h.exts, extSNI) {
		named = 'd'
	}
	room, numbers := make([]byte, 0, helloRoom), make([]uint16, 0, helloRoom/8)
	out := append(make([]byte, 0, len("t13d1516h2_8daaf6152771_e5627efa2ab1")), carrier)
	out = append(out, ja4Version(h.highest())...)
	out = two(two(append(out, named), len(h.ciphers)), len(h.exts))
	out = append(append(out, h.ja4ALPN()...), '_')
	out = ja4Hash(out, appendList(room, sorted(numbers, h.ciphers), ',', hex4))
	return string(ja4Hash(append(out, '_'), h.ja4Extensions(room, numbers)))
}

// two writes a number in two digits.
func two(out []byte, n int) []byte {
	n = min(n, 99)
	return append(out, '0'+byte(n/10), '0'+byte(n%10))
}

func sorted(room, list []uint16) []uint16 {
	room = append(room, list...)
	slices.Sort(room)
	return room
}

// ja4ALPN is the first and last character of the first protocol offered.
func (h *hello) ja4ALPN() string {
	if len(h.alpn) == 0 || len(h.alpn[0]) == 0 {
		return "00"
	}
	name := h.alpn[0]
	if first, last := name[0], name[len(name)-1]; alphanumeric(first) && alphanumeric(last) {
		return string([]byte{first, last})
	}
	digits := hex.EncodeToString(name)
	return digits[:1] + digits[len(digits)-1:]
}

// ja4Extensions lists the extensions in order of number, then the signature algorithms as sent.
func (h *hello) ja4Extensions(out []byte, numbers []uint16) []byte {
	exts := slices.DeleteFunc(sorted(numbers, h.exts), func(e uint16) bool { return e == extSNI || e == extALPN })
	out = appendList(out, exts, ',', hex4)
	if len(exts) > 0 && len(h.sig) > 0 {
		out = appendList(append(out, '_'), h.sig, ',', hex4)
	}
	return out
}

func ja4Hash(out, list []byte) []byte {
	if len(list) == 0 {
		return append(out, "000000000000"...)
	}
	sum := sha256.Sum256(list)
	return hex.AppendEncode(out, sum[:6])
}

func ja4Version(v uint16) string {
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	case 0xfeff:
		return "d1"
	case 0xfefd:
		return "d2"
	case 0xfefc:
		return "d3"
	}
	return "00"
}

func alphanumeric(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

func decimal(out []byte, v uint16) []byte { return strconv.AppendUint(out, uint64(v), 10) }

// hex4 writes a number of 16 bits in four digits.
func hex4(out []byte, v uint16) []byte {
	const digits = "0123456789abcdef"
	return append(out, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}

func appendList(out []byte, list []uint16, with byte, format func([]byte, uint16) []byte) []byte {
	for i, v := range list {
		if i > 0 {
			out = append(out, with)
		}
		out = format(out, v)
	}
	return out
}

func md5hex(b []byte) string {
	sum := md5.Sum(b)
	var digits [2 * md5.Size]byte
	hex.Encode(digits[:], sum[:])
	return string(digits[:])
}
