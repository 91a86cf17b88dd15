package eventjson

import (
	"bytes"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// Layouts are those met before. A log has some hundred of them, and tens of thousands of records of each: what stands between
// the values of a record, from the brace on, is compared with what stood there in one before it, and only the values are looked
// at. What is equal up to the last brace has the same layout.
type layouts struct {
	first *step
	held  int          // bytes of all, about
	once  [1024]uint64 // hashes of what stood between the values of objects that were met once, each in a place of its own
	draft []step       // of the object taken apart last
	opens []uint32     // of draft
}

// A step is what stands before a value, from the value before it on, or behind the last one.
type step struct {
	between []byte
	opens   []uint32 // where in it objects and lists begin
	layout  *layout  // of the document that ends here; nil where a value follows
	next    *step    // what may follow the value; see other
	other   *step    // what may stand here instead; what stood here last is the first of them
}

// Bounds of what is known. A log has a dozen choices at a place at most; those beyond maxOthers are out of reach, so that a
// file in which no line is like another costs a few comparisons for each.
const (
	maxOthers    = 16
	longestKnown = 16 << 10 // bytes between the values of a document
	mostKnown    = 8 << 20  // bytes of all
	perStep      = 128      // bytes beside what stands there
	perLayout    = 4 << 10
)

// follow takes an object apart that has a known layout, and tells whether it has.
func (d *document) follow(i int) (end int, ok bool) {
	b, list := d.text, &d.known.first
	for {
		s := pick(list, b[i:])
		if s == nil {
			return failed, false
		}
		for _, at := range s.opens {
			d.raws = append(d.raws, span{uint32(i) + at, uint32(i) + at + 1})
		}
		i += len(s.between)
		if s.layout != nil {
			d.layout = s.layout
			return i, true
		}
		if end, _ = scalar(b, i); end < 0 {
			return failed, false
		}
		d.raws = append(d.raws, span{uint32(i), uint32(end)})
		i, list = end, &s.next
	}
}

// pick finds the step that b begins with, and puts it first.
func pick(list **step, b []byte) *step {
	at := list
	for range maxOthers {
		s := *at
		if s == nil {
			break
		}
		if s.begins(b) {
			if at != list {
				*at, s.other, *list = s.other, *list, s
			}
			return s
		}
		at = &s.other
	}
	return nil
}

// begins tells whether b begins like this and goes on with a scalar, where one follows. What opens an object or a list there, or
// closes an empty list, is of another step that begins the same.
func (s *step) begins(b []byte) bool {
	n := len(s.between)
	if len(b) < n || string(b[:n]) != string(s.between) {
		return false
	}
	return s.layout != nil || n < len(b) && b[n] != '{' && b[n] != '[' && b[n] != ']'
}

// learn remembers the layout of an object that was taken apart, if it was met before: the lines of some files are all different.
func (d *document) learn(from, end int) {
	if !d.opens(0) {
		return
	}
	k := &d.known
	if around := d.draft(from, end); around > longestKnown || !k.metBefore() {
		return
	} else if k.held += around + perStep*len(d.raws) + perLayout; k.held > mostKnown {
		k.first, k.held = nil, 0
	}
	list := &k.first
	for _, s := range k.draft {
		list = &behind(list, s).next
	}
}

// draft works out the steps of an object, and how many bytes stand between its values.
func (d *document) draft(from, end int) (around int) {
	k, at, opened := &d.known, uint32(from), 0
	k.draft, k.opens = k.draft[:0], k.opens[:0]
	for i, v := range d.raws {
		if d.opens(i) {
			k.opens = append(k.opens, v.from-at)
			continue
		}
		k.draft = append(k.draft, step{between: d.text[at:v.from], opens: k.opens[opened:]})
		around += int(v.from - at)
		at, opened = v.to, len(k.opens)
	}
	k.draft = append(k.draft, step{between: d.text[at:end], opens: k.opens[opened:], layout: &d.own})
	return around + end - int(at)
}

// metBefore tells whether an object like the draft was met lately.
func (k *layouts) metBefore() bool {
	h := winevent.NewHash("")
	for i := range k.draft {
		h.Uint(winevent.HashBytes(k.draft[i].between))
	}
	sum := h.Sum()
	place := &k.once[sum%uint64(len(k.once))]
	again := *place == sum
	*place = sum
	return again
}

// opens tells whether a node is an object or list.
func (d *document) opens(i int) bool {
	c := d.text[d.raws[i].from]
	return c == '{' || c == '['
}

// behind finds the step equal to s where pick looks, or puts it first.
func behind(list **step, s step) *step {
	for o, n := *list, 0; o != nil && n < maxOthers; o, n = o.other, n+1 {
		if bytes.Equal(o.between, s.between) {
			return o
		}
	}
	n := &step{between: bytes.Clone(s.between), opens: slices.Clone(s.opens), other: *list}
	if s.layout != nil {
		n.layout = s.layout.clone()
	}
	*list = n
	return n
}
