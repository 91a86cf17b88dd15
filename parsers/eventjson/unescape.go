package eventjson

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends what a string of JSON means. What is no escape stays as it is written.
func appendUnescaped(to, s []byte) []byte {
	to = slices.Grow(to, len(s)) // never longer than what is written
	for {
		n := plain(to[len(to):cap(to)], s)
		to, s = to[:len(to)+n], s[n:]
		if len(s) == 0 {
			return to
		}
		if r, size := escape(s); size > 0 {
			to, s = utf8.AppendRune(to, r), s[size:]
			continue
		}
		kept := min(2, len(s))
		to, s = append(to, s[:kept]...), s[kept:]
	}
}

// plain copies up to the next backslash, and perhaps some of what follows. Paths are full of them, which makes looking for
// each and copying what is before it slow: eight bytes are moved and looked at together.
func plain(to, s []byte) (n int) {
	for ; len(s)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(s[n:])
		binary.LittleEndian.PutUint64(to[n:], w)
		if hit := has(w, '\\'); hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for ; n < len(s) && s[n] != '\\'; n++ {
		to[n] = s[n]
	}
	return n
}

var simple = [256]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads the escape that s begins with, or two of them that make one character. size is 0 when it is none.
func escape(s []byte) (r rune, size int) {
	if len(s) >= 2 && simple[s[1]] != 0 {
		return simple[s[1]], 2
	}
	r, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	low, ok := unit(s[6:])
	if !ok {
		return 0, 0
	}
	return utf16.DecodeRune(r, low), 12
}

// unit reads \uXXXX.
func unit(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(n), err == nil
}
