package evidence

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// A GUID is one in the order in which it is written, so that GUIDs compare as their texts do. The zero GUID is none.
type GUID [16]byte

// dashes are the places of the dashes in the text of a GUID.
var dashes = [...]int{8, 13, 18, 23}

// ParseGUID reads a GUID in either case, with or without braces.
func ParseGUID(text string) (g GUID, ok bool) {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	if len(text) != 36 {
		return GUID{}, false
	}
	for _, at := range dashes {
		if text[at] != '-' {
			return GUID{}, false
		}
	}
	digits := [32]byte([]byte(text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]))
	if _, err := hex.Decode(g[:], digits[:]); err != nil {
		return GUID{}, false
	}
	return g, true
}

// String writes the GUID in lower case without braces, "" for none.
func (g GUID) String() string {
	if g.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[:8], g[:4])
	for i, from := range [...]int{4, 6, 8} {
		b[dashes[i]] = '-'
		hex.Encode(b[dashes[i]+1:], g[from:from+2])
	}
	b[dashes[3]] = '-'
	hex.Encode(b[dashes[3]+1:], g[10:])
	return string(b[:])
}

// IsZero reports whether there is none.
func (g GUID) IsZero() bool { return g == GUID{} }

// Compare orders GUIDs as their texts.
func (g GUID) Compare(o GUID) int { return bytes.Compare(g[:], o[:]) }
