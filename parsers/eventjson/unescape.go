package eventjson

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends what a string of JSON means. What is no escape stays as it is written.
func appendUnescaped(to, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			return append(to, s...)
		}
		to = append(to, s[:i]...)
		s = s[i:]
		switch c := s[1]; {
		case c == 'u':
			r, size := escapedRune(s)
			if size == 0 {
				to, s = append(to, s[:2]...), s[2:]
				continue
			}
			to, s = utf8.AppendRune(to, r), s[size:]
		case simple[c] != 0:
			to, s = append(to, simple[c]), s[2:]
		default:
			to, s = append(to, s[:2]...), s[2:]
		}
	}
}

var simple = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escapedRune reads \uXXXX, or two of them that make one character. size is 0 when it is neither.
func escapedRune(s []byte) (r rune, size int) {
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

func unit(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(n), err == nil
}
