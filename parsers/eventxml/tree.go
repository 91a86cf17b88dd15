package eventxml

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// A tree is an Event element taken apart but not decoded. It takes only what event logs write: elements, attributes, text
// and the five named entities, all of it matched and in place. Anything else, and anything damaged, is left to
// encoding/xml. It is used again for the next element, and what it hands out is valid until then.
type tree struct {
	nodes []node
	attrs []attribute
	made  []byte // texts that had to be decoded
}

// A node is one element.
type node struct {
	name        []byte
	text        []byte // what stands in a leaf, as written
	parent      int    // -1 for the outermost
	from, to    int    // its attributes
	inner       int    // where its content begins
	hasElements bool
}

type attribute struct{ name, value []byte }

// Bounds of what is taken apart here, below those of winevent.ReadData.
const (
	maxNodes = 512
	maxOpen  = 16
	maxText  = 256 << 10
)

// read takes text apart and tells whether it could.
func (t *tree) read(text []byte) bool {
	t.nodes, t.attrs, t.made = t.nodes[:0], t.attrs[:0], t.made[:0]
	if len(text) > maxText || !allowed(text) {
		return false
	}
	open, depth := -1, 0
	for i := 0; i < len(text); {
		n := bytes.IndexByte(text[i:], '<')
		switch {
		case n < 0 || !plain(text[i:i+n]) || depth == 0 && i > 0:
			return false
		case bytes.HasPrefix(text[i+n:], []byte("</")):
			i = t.end(text, i+n, open)
			if i < 0 {
				return false
			}
			open, depth = t.nodes[open].parent, depth-1
		default:
			i += n
			closed := false
			if i, closed = t.start(text, i, open); i < 0 || depth >= maxOpen {
				return false
			}
			if !closed {
				open, depth = len(t.nodes)-1, depth+1
			}
		}
	}
	return depth == 0 && len(t.nodes) > 0
}

// allowed tells whether all characters are such as XML allows; the rarest of those are left out too.
func allowed(text []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	rest := text
	for ; len(rest) >= 8; rest = rest[8:] {
		// Eight at a time: is there one below a space? Line breaks and tabs are, and are looked at alone.
		if w := binary.LittleEndian.Uint64(rest); (w-' '*ones)&^w&tops != 0 && !printed(rest[:8]) {
			return false
		}
	}
	return printed(rest) && utf8.Valid(text) && !bytes.Contains(text, []byte("\xef\xbf"))
}

func printed(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// plain tells whether text or the value of an attribute holds nothing but characters and entities known by name.
func plain(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	if bytes.Contains(text, []byte("]]>")) {
		return false
	}
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return true
		}
		if text = text[i:]; entity(text) == 0 {
			return false
		}
		text = text[1:]
	}
}

// start reads a start tag at i and returns the position behind it, -1 when it is none.
func (t *tree) start(text []byte, i, parent int) (next int, closed bool) {
	end := i + 1 + nameLen(text[i+1:])
	if end == i+1 || len(t.nodes) >= maxNodes {
		return -1, false
	}
	n := node{name: text[i+1 : end], parent: parent, from: len(t.attrs)}
	for {
		at := blank(text, end)
		rest := text[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("/>")):
			end, closed = at+2, true
		case bytes.HasPrefix(rest, []byte(">")):
			end = at + 1
		case at == end:
			return -1, false
		default:
			if end = t.attribute(text, at); end < 0 {
				return -1, false
			}
			continue
		}
		break
	}
	n.to, n.inner = len(t.attrs), end
	if parent >= 0 {
		t.nodes[parent].hasElements = true
	}
	t.nodes = append(t.nodes, n)
	return end, closed
}

// attribute reads name="value" at i.
func (t *tree) attribute(text []byte, i int) (next int) {
	n := nameLen(text[i:])
	eq := blank(text, i+n)
	if n == 0 || eq >= len(text) || text[eq] != '=' {
		return -1
	}
	from := blank(text, eq+1)
	if from >= len(text) || text[from] != '"' && text[from] != '\'' {
		return -1
	}
	size := bytes.IndexByte(text[from+1:], text[from])
	if size < 0 {
		return -1
	}
	value := text[from+1 : from+1+size]
	if bytes.IndexByte(value, '<') >= 0 || !plain(value) {
		return -1
	}
	t.attrs = append(t.attrs, attribute{text[i : i+n], value})
	return from + 1 + size + 1
}

// end reads the end tag of the open element at i.
func (t *tree) end(text []byte, i, open int) (next int) {
	if open < 0 {
		return -1
	}
	n := &t.nodes[open]
	tag := text[i+len("</"):]
	if !bytes.HasPrefix(tag, n.name) {
		return -1
	}
	at := blank(tag, len(n.name))
	if at >= len(tag) || tag[at] != '>' {
		return -1
	}
	if !n.hasElements {
		n.text = text[n.inner:i]
	}
	return i + len("</") + at + 1
}

// nameLen is the length of a name without a prefix.
func nameLen(b []byte) int {
	i := 0
	for i < len(b) && (letter(b[i]) || i > 0 && (b[i] >= '0' && b[i] <= '9' || b[i] == '.' || b[i] == '-')) {
		i++
	}
	if i < len(b) && (b[i] == ':' || b[i] >= utf8.RuneSelf) {
		return 0
	}
	return i
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func blank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

var entities = []struct {
	text string
	char byte
}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}

// entity is the character of the entity that b begins with, 0 when there is none.
func entity(b []byte) byte {
	for _, e := range entities {
		if strings.HasPrefix(string(b[:min(len(b), 6)]), e.text) {
			return e.char
		}
	}
	return 0
}

// decode returns what a text means: entities replaced, line ends as XML wants them.
func (t *tree) decode(raw []byte) []byte {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	from := len(t.made)
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '&':
			c = entity(raw[i:])
			i += bytes.IndexByte(raw[i:], ';')
		case c == '\r':
			c = '\n'
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		}
		t.made = append(t.made, c)
	}
	return t.made[from:len(t.made):len(t.made)]
}

// attr is the value of an attribute, nil without one of that name.
func (t *tree) attr(n *node, name string) []byte {
	for _, a := range t.attrs[n.from:n.to] {
		if string(a.name) == name {
			return t.decode(a.value)
		}
	}
	return nil
}

// A branch is the data part of an event, or another element of values. It implements winevent.Fields.
type branch struct {
	tree    *tree
	at      int // 0 when the event has none
	strings *winevent.Strings
}

func (b *branch) Field(name string) (string, bool) {
	text, ok := b.value(name)
	return b.strings.Keep(text), ok
}

// value finds a value by its exact name, else without regard to case, as winevent.Values does.
func (b *branch) value(name string) (text []byte, ok bool) {
	same := func(n []byte) bool { return string(n) == name }
	folded := func(n []byte) bool { return strings.EqualFold(string(n), name) }
	for _, is := range []func([]byte) bool{same, folded} {
		for i := b.at + 1; b.at > 0 && i < len(b.tree.nodes) && b.tree.nodes[i].parent >= b.at; i++ {
			if n := &b.tree.nodes[i]; !n.hasElements && is(b.tree.valueName(n)) {
				return b.tree.decode(n.text), true
			}
		}
	}
	return nil, false
}

// valueName is what a value goes by: Data elements by their Name, others by their own.
func (t *tree) valueName(n *node) []byte {
	if string(n.name) == "Data" {
		if name := t.attr(n, "Name"); name != nil {
			return name
		}
	}
	return n.name
}
