package eventjson

import (
	"bytes"
	"slices"
)

// A layout is all of a document but its values: which members there are, by which names, in what order.
type layout struct {
	nodes  []node
	heads  [buckets]int32 // the last node of each bucket, counted from 1; 0 for none
	names  []byte         // of all members, unescaped
	asked  []ask          // in the order in which they were asked for
	shaped shaped
}

// A node is one value with its name. It holds no pointers: there are a hundred thousand in a few milliseconds.
type node struct {
	name   span // in names
	parent int32
	next   int32 // the node before it in its bucket, counted from 1
}

// An ask is a member as it was asked for, and where it stands. What an event means is read by asking for the same members in
// the same order, record after record.
type ask struct {
	name       string
	parent, at int32
}

// none stands for a member that is not there.
const none = -1

// Bounds of one document. Events have some fifty values, nested three or four deep.
const (
	maxNodes = 1 << 16
	maxAsks  = 128
	buckets  = 128
)

func (l *layout) reset() {
	l.nodes, l.names, l.asked = l.nodes[:0], l.names[:0], l.asked[:0]
	l.shaped.reset()
	clear(l.heads[:])
}

func (l *layout) clone() *layout {
	return &layout{nodes: slices.Clone(l.nodes), heads: l.heads, names: bytes.Clone(l.names)}
}

// add makes a node. One with a name, which is the last of names, can be found by it.
func (l *layout) add(name span, parent int32) int32 {
	n := int32(len(l.nodes))
	l.nodes = append(l.nodes, node{name: name, parent: parent})
	if name.from < name.to {
		b := bucket(l.named(name), parent)
		l.nodes[n].next, l.heads[b] = l.heads[b], n+1
	}
	return n
}

func (l *layout) named(s span) []byte { return l.names[s.from:s.to] }

// find returns the member of that name; turn is how many were asked for before.
func (l *layout) find(turn int, name string, parent int32) int32 {
	if turn < len(l.asked) {
		if a := &l.asked[turn]; a.parent == parent && a.name == name {
			return a.at
		}
	}
	at := l.search(name, parent)
	if turn < maxAsks {
		l.asked = append(l.asked[:turn], ask{name, parent, at})
	}
	return at
}

// search finds the first member of that name: it is the last in its bucket.
func (l *layout) search(name string, parent int32) int32 {
	found := int32(none)
	for i := l.heads[bucket(name, parent)]; i > 0; i = l.nodes[i-1].next {
		if n := &l.nodes[i-1]; n.parent == parent && string(l.named(n.name)) == name {
			found = i - 1
		}
	}
	return found
}

// bucket looks at the length and three letters, in which the names of one event differ mostly.
func bucket[T string | []byte](name T, parent int32) uint32 {
	n := len(name)
	return (uint32(n)*7 + uint32(name[0])*3 + uint32(name[n/2])*11 + uint32(name[n-1])*5 + uint32(parent)*31) % buckets
}
