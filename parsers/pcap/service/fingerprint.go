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

func (h *hello) ja3() string {
	out := strconv.AppendInt(make([]byte, 0, helloRoom), int64(h.legacy), 10)
	for _, list := range [][]int{h.ciphers, h.exts, h.groups, h.points} {
		out = appendList(append(out, ','), list, '-', decimal)
	}
	return string(out)
}

func (h *hello) ja4(carrier byte) string {
	named := byte('i')
	if slices.Contains(h.exts, extSNI) {
		named = 'd'
	}
	room := make([]byte, 0, helloRoom)
	ciphers := ja4Hash(appendList(room, sorted(h.ciphers), ',', hex4))
	return string(carrier) + ja4Version(h.highest()) + string(named) + two(len(h.ciphers)) + two(len(h.exts)) + h.ja4ALPN() +
		"_" + ciphers + "_" + ja4Hash(h.ja4Extensions(room))
}

// two writes a number in two digits.
func two(n int) string {
	n = min(n, 99)
	return string([]byte{'0' + byte(n/10), '0' + byte(n%10)})
}

func sorted(list []int) []int {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// ja4ALPN is the first and last character of the first protocol offered.
func (h *hello) ja4ALPN() string {
	if len(h.alpn) == 0 || h.alpn[0] == "" {
		return "00"
	}
	name := h.alpn[0]
	if first, last := name[0], name[len(name)-1]; alphanumeric(first) && alphanumeric(last) {
		return string([]byte{first, last})
	}
	digits := hex.EncodeToString([]byte(name))
	return digits[:1] + digits[len(digits)-1:]
}

// ja4Extensions lists the extensions in order of number, then the signature algorithms as sent.
func (h *hello) ja4Extensions(out []byte) []byte {
	exts := slices.DeleteFunc(sorted(h.exts), func(e int) bool { return e == extSNI || e == extALPN })
	out = appendList(out, exts, ',', hex4)
	if len(exts) > 0 && len(h.sig) > 0 {
		out = appendList(append(out, '_'), h.sig, ',', hex4)
	}
	return out
}

func ja4Hash(list []byte) string {
	if len(list) == 0 {
		return "000000000000"
	}
	sum := sha256.Sum256(list)
	return hex.EncodeToString(sum[:6])
}

func ja4Version(v int) string {
	switch v {
	case 0x0304, 0x0303, 0x0302, 0x0301:
		return "1" + strconv.Itoa(v&0xff-1)
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

func decimal(out []byte, v int) []byte { return strconv.AppendInt(out, int64(v), 10) }

// hex4 writes a number of 16 bits in four digits.
func hex4(out []byte, v int) []byte {
	return hex.AppendEncode(out, []byte{byte(v >> 8), byte(v)})
}

func appendList(out []byte, list []int, with byte, format func([]byte, int) []byte) []byte {
	for i, v := range list {
		if i > 0 {
			out = append(out, with)
		}
		out = format(out, v)
	}
	return out
}

func md5hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
