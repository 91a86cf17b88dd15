package eventjson

import "bytes"

// maxNest bounds how deep brackets nest; events nest three or four deep, and the JSON parser stops at 300.
const maxNest = 256

// A matcher finds the brace that closes an object. It is fed the same bytes again with more behind them until it is done.
type matcher struct {
	at     int    // bytes looked at
	depth  int    // open brackets
	inText bool   // inside a string
	textAt int    // where the string's content begins
	last   byte   // last byte outside strings that was no space
	object uint64 // whether the open brackets are braces, innermost in the lowest bit; the outermost fall off
}

// feed looks at b from where it stopped. When done or failed, m.at is how many bytes to consume.
func (m *matcher) feed(b []byte) (done bool, err error) {
	for m.at < len(b) {
		if m.inText {
			if err := m.text(b); err != nil {
				return false, err
			}
			continue
		}
		c := b[m.at]
		switch c {
		case ' ', '\t', '\r', '\n':
			m.at++
			continue
		case '"':
			m.inText, m.textAt = true, m.at+1
		case '{', '[':
			if c == '{' && m.misplaced() && startsLine(b[:m.at]) {
				return false, errRestart
			}
			if m.depth++; m.depth > maxNest {
				return false, errDeep
			}
			m.object <<= 1
			if c == '{' {
				m.object |= 1
			}
		case '}', ']':
			m.object >>= 1
			if m.depth--; m.depth == 0 {
				m.at++
				return true, nil
			}
		}
		m.last = c
		m.at++
	}
	return false, nil
}

// text moves to the end of the string, or to the end of b when it does not end there.
func (m *matcher) text(b []byte) error {
	rest := b[m.at:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		end = len(rest)
	}
	if i := bytes.IndexByte(rest[:end], '\n'); i >= 0 {
		m.at += i
		return errBreak
	}
	m.at += end
	if m.at == len(b) {
		return nil
	}
	m.inText = escaped(b[m.textAt:m.at])
	m.at++
	return nil
}

// escaped tells whether a quote behind s belongs to the string: it does behind an odd number of backslashes.
func escaped(s []byte) bool {
	n := 0
	for n < len(s) && s[len(s)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// misplaced tells whether a brace may not stand here: in an object it follows a colon, in an array a bracket or comma.
func (m *matcher) misplaced() bool {
	if m.depth == 0 {
		return false
	}
	if m.object&1 == 1 {
		return m.last != ':'
	}
	return m.last != '[' && m.last != ','
}

// startsLine tells whether only blanks stand between the last line break and the end of b.
func startsLine(b []byte) bool {
	for i := len(b) - 1; i >= 0; i-- {
		switch b[i] {
		case ' ', '\t', '\r':
		case '\n':
			return true
		default:
			return false
		}
	}
	return false
}
