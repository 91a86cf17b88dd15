package evidence

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// A GUID is one in the order in which it is written, so that GUIDs compare as their texts do. The zero GUID is none.
type GUID [16]byte

// ParseGUID reads a GUID in either case, with or without braces.
func ParseGUID[T string | []byte](text T) (g GUID, ok bool) {
	if len(text) == 38 && text[0] == '{' && text[37] == '}' {
		text = text[1:37]
	}
	if len(text) != 36 {
		return GUID{}, false
	}
	at := 0
	for i := range g {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			if text[at] != '-' {
				return GUID{}, false
			}
			at++
		}
		high, low := digits[text[at]], digits[text[at+1]]
		if high|low > 15 {
			return GUID{}, false
		}
		g[i] = high<<4 | low
		at += 2
	}
	return g, true
}

// digits are the values of hexadecimal digits, 0xff of all else.
var digits = func() (is [256]byte) {
	for c := range is {
		is[c] = 0xff
	}
	for i, c := range "0123456789abcdef" {
		is[c], is[strings.ToUpper(string(c))[0]] = byte(i), byte(i)
	}
	return is
}()

// String writes the GUID in lower case without braces, "" for none.
func (g GUID) String() string {
	if g.IsZero() {
		return ""
	}
	b := make([]byte, 0, 36)
	for i := range g {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, g[i:i+1])
	}
	return string(b)
}

// IsZero reports whether there is none.
func (g GUID) IsZero() bool { return g == GUID{} }

// Compare orders GUIDs as their texts.
func (g GUID) Compare(o GUID) int { return bytes.Compare(g[:], o[:]) }
