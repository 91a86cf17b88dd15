package eventjson

import "bytes"

// A document is a value of JSON taken apart but not decoded: where each name and value stands, in the order written. It is
// used again for the next value, and what it hands out is valid until then and as long as the text is.
//
// It takes the language that fastjson takes, which reads past the standard in a few places: escapes and control characters
// in strings may be anything, a number is any run of its characters, and there are NaN and Inf.
type document struct {
	text  []byte
	nodes []node
	heads [buckets]int32 // the last node of each bucket, counted from 1; 0 for none
	names []byte         // names that had to be unescaped
	made  []byte         // texts that had to be
}

// A node is one value with its name. It holds no pointers: there are a hundred thousand in a few milliseconds.
type node struct {
	name   span // without quotes; behind the end of text for one of document.names
	raw    span // as written
	parent int32
	next   int32 // the node before it in its bucket, counted from 1
}

type span struct{ from, to uint32 }

// Bounds of one document. Events have some fifty values, nested three or four deep.
const (
	maxNodes = 1 << 16
	buckets  = 128
)

func (d *document) reset(text []byte) {
	d.text, d.nodes, d.names, d.made = text, d.nodes[:0], d.names[:0], d.made[:0]
	clear(d.heads[:])
}

// add makes a node. One with a name can be found by it.
func (d *document) add(name span, parent int32) int32 {
	n := int32(len(d.nodes))
	d.nodes = append(d.nodes, node{name: name, parent: parent})
	if name.from < name.to {
		b := bucket(d.named(name), parent)
		d.nodes[n].next, d.heads[b] = d.heads[b], n+1
	}
	return n
}

func (d *document) named(s span) []byte {
	if n := uint32(len(d.text)); s.from >= n {
		return d.names[s.from-n : s.to-n]
	}
	return d.text[s.from:s.to]
}

func (d *document) raw(i int32) []byte {
	s := d.nodes[i].raw
	return d.text[s.from:s.to:s.to]
}

// bucket looks at the length and three letters, in which the names of one event differ mostly.
func bucket[T string | []byte](name T, parent int32) uint32 {
	n := len(name)
	return (uint32(n)*7 + uint32(name[0])*3 + uint32(name[n/2])*11 + uint32(name[n-1])*5 + uint32(parent)*31) % buckets
}

// find returns the member of that name. Of several the first counts: it is the last in its bucket.
func (d *document) find(name string, parent int32) (found int32, ok bool) {
	for i := d.heads[bucket(name, parent)]; i > 0; i = d.nodes[i-1].next {
		if n := &d.nodes[i-1]; n.parent == parent && string(d.named(n.name)) == name {
			found, ok = i-1, true
		}
	}
	return found, ok
}

func (d *document) root() value { return value{d, 0} }

// A value is one of a document. The zero value stands for one that is not there.
type value struct {
	doc *document
	at  int32
}

// get follows names from object to object.
func (v value) get(names ...string) value {
	for _, name := range names {
		if v.doc == nil {
			break
		}
		at, ok := v.doc.find(name, v.at)
		if !ok {
			return value{}
		}
		v.at = at
	}
	return v
}

func (v value) exists() bool { return v.doc != nil }

// starts is the first byte of the value, which tells its type; 0 when it is not there.
func (v value) starts() byte {
	if v.doc == nil {
		return 0
	}
	return v.doc.raw(v.at)[0]
}

func (v value) isObject() bool { return v.starts() == '{' }

func (v value) isNull() bool { return v.doc != nil && string(v.doc.raw(v.at)) == "null" }

// isText tells whether the value is a scalar other than null.
func (v value) isText() bool {
	c := v.starts()
	return c != 0 && c != '{' && c != '[' && !v.isNull()
}

// name is that of a member, unescaped.
func (v value) name() string { return string(v.doc.named(v.doc.nodes[v.at].name)) }

// each calls do for the members of an object or the elements of a list.
func (v value) each(do func(value)) {
	for i := v.at + 1; int(i) < len(v.doc.nodes); i++ {
		n := &v.doc.nodes[i]
		if n.parent < v.at {
			return
		}
		if n.parent == v.at {
			do(value{v.doc, i})
		}
	}
}

// text is a scalar as it would stand in the event, nil for anything else.
func (v value) text() []byte {
	if v.doc == nil {
		return nil
	}
	switch raw := v.doc.raw(v.at); raw[0] {
	case '"':
		return v.doc.unescape(raw[1 : len(raw)-1])
	case '{', '[':
		return nil
	default:
		if string(raw) == "null" {
			return nil
		}
		return raw
	}
}

// unescape returns what a string means. Without escapes that is what is written.
func (d *document) unescape(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 {
		return s
	}
	from := len(d.made)
	d.made = appendUnescaped(d.made, s)
	return d.made[from:len(d.made):len(d.made)]
}
