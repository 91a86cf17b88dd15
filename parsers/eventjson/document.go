package eventjson

import "bytes"

// A document is a value of JSON taken apart but not decoded: where each name and value stands, in the order written. It is
// used again for the next value, and what it hands out is valid until then and as long as the text is.
//
// It takes the language that fastjson takes, which reads past the standard in a few places: escapes and control characters
// in strings may be anything, a number is any run of its characters, and there are NaN and Inf.
type document struct {
	text    []byte
	*layout        // its own, or a known one
	raws    []span // by node: where its value stands as written; of an object or list where it begins
	turn    int    // how often a member was asked for
	made    []byte // texts that had to be unescaped
	own     layout
	known   layouts
}

type span struct{ from, to uint32 }

func (d *document) reset(text []byte) {
	d.text, d.raws, d.turn, d.made = text, d.raws[:0], 0, d.made[:0]
}

func (d *document) raw(i int32) []byte {
	s := d.raws[i]
	return d.text[s.from:s.to:s.to]
}

// find returns the member of that name, none if there is no such.
func (d *document) find(name string, parent int32) int32 {
	d.turn++
	return d.layout.find(d.turn-1, name, parent)
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
		if v.at = v.doc.find(name, v.at); v.at == none {
			return value{}
		}
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
