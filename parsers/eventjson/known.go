package eventjson

import "bytes"

// Layouts are those met before. A log has some hundred of them, and tens of thousands of records of each: what stands between
// the values of a record, from the brace on, is compared with what stood there in one before it, and only the values are looked
// at. What is equal up to the last brace has the same layout.
type layouts struct {
	first *step
	held  int // bytes of all steps, about
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
	mostKnown    = 4 << 20  // bytes of all steps
	perStep      = 128      // bytes beside what stands there
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
		if len(b) >= len(s.between) && string(b[:len(s.between)]) == string(s.between) {
			if at != list {
				*at, s.other, *list = s.other, *list, s
			}
			return s
		}
		at = &s.other
	}
	return nil
}

// learn remembers the layout of an object that was taken apart.
func (d *document) learn(from, end int) {
	around := end - from
	for i := range d.raws {
		if !d.opens(i) {
			around -= int(d.raws[i].to - d.raws[i].from)
		}
	}
	if !d.opens(0) || around > longestKnown {
		return
	}
	if d.known.held += around + perStep*len(d.raws); d.known.held > mostKnown {
		d.known = layouts{}
	}
	list, at, opens := &d.known.first, uint32(from), []uint32(nil)
	for i, v := range d.raws {
		if d.opens(i) {
			opens = append(opens, v.from-at)
			continue
		}
		list = &behind(list, step{between: d.text[at:v.from], opens: opens}).next
		at, opens = v.to, nil
	}
	behind(list, step{between: d.text[at:end], opens: opens, layout: d.own.clone()})
}

// opens tells whether a node is an object or list.
func (d *document) opens(i int) bool {
	c := d.text[d.raws[i].from]
	return c == '{' || c == '['
}

// behind finds the step equal to s where pick looks, or puts it first.
func behind(list **step, s step) *step {
	o := *list
	for range maxOthers {
		if o == nil {
			break
		}
		if bytes.Equal(o.between, s.between) {
			return o
		}
		o = o.other
	}
	s.between, s.other = bytes.Clone(s.between), *list
	*list = &s
	return &s
}
