package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// maxMarks is how many combining marks may follow one character; real orthographies need two, stacks of them paint
// over the lines above.
const maxMarks = 2

// clean makes evidence text harmless to look at: control characters, invisible ones and those that turn the reading
// direction are shown as escapes, undecodable bytes as \xNN. A backslash is left alone, since Windows paths would be
// unreadable otherwise: the exact text stands in the JSON report.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/2)
	marks := 0
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			b = appendHex(append(b, `\x`...), rune(s[i]), 2)
			continue
		}
		if marks++; !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		}
		if marks > maxMarks || misleads(r) {
			b = appendEscaped(b, r)
			continue
		}
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// misleads tells whether a character is not what it looks like on a terminal or a page.
func misleads(r rune) bool {
	return unicode.IsControl(r) || r != ' ' && unicode.IsSpace(r) ||
		unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		r == '\u2800' // the empty Braille cell
}

func appendEscaped(b []byte, r rune) []byte {
	switch {
	case r == '\n':
		return append(b, `\n`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == '\t':
		return append(b, `\t`...)
	case r < 0x80:
		return appendHex(append(b, `\x`...), r, 2)
	case r <= 0xffff:
		return appendHex(append(b, `\u`...), r, 4)
	}
	return appendHex(append(b, `\U`...), r, 8)
}

// appendHex writes the lowest digits of v; evidence may consist of nothing but what has to be escaped, so this is not
// left to package fmt.
func appendHex(b []byte, v rune, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[v>>shift&0xf])
	}
	return b
}

// width is the number of terminal columns of cleaned text. The options are fixed, or the locale would decide.
func width(s string) int {
	return twwidth.WidthWithOptions(s, twwidth.Options{})
}

// cut shortens cleaned text to n columns and marks that it did.
func cut(s string, n int) string {
	if _, tail := split(s, n); tail == "" {
		return s
	}
	head, _ := split(s, n-1)
	return head + "…"
}

// split divides s after as many characters as fit into n columns, one at least.
func split(s string, n int) (head, tail string) {
	used := 0
	for i, r := range s {
		w := width(s[i : i+utf8.RuneLen(r)])
		if used+w > n && i > 0 {
			return s[:i], s[i:]
		}
		used += w
	}
	return s, ""
}

// wrap breaks cleaned text into lines of at most n columns, at spaces where there are any, else after the separators
// of paths and addresses or wherever the line is full. Nothing is lost but the spaces at the breaks.
func wrap(s string, n int) []string {
	var lines []string
	for {
		head, tail := split(s, n)
		if tail == "" {
			break
		}
		if at := breakAt(head, tail); at > 0 {
			head, tail = s[:at], s[at:]
		}
		lines = append(lines, strings.TrimRight(head, " "))
		s = strings.TrimLeft(tail, " ")
	}
	if s != "" || len(lines) == 0 {
		lines = append(lines, s)
	}
	return lines
}

// breakAt finds the best place to end a line within head, 0 for none. A break that would leave most of the line empty
// is not worth it.
func breakAt(head, tail string) int {
	if tail[0] == ' ' {
		return len(head)
	}
	if at := strings.LastIndexByte(head, ' ') + 1; at > 1 {
		return at
	}
	if at := strings.LastIndexAny(head, `\/;&.:-`) + 1; at > len(head)/2 {
		return at
	}
	return 0
}
