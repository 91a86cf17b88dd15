package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// A template is a compiled definition: where in the values of an instance the parts of System and the data fields stand.
// It is made once for all chunks that define it alike, see templates.
type template struct {
	root  string // name of its element
	nodes int    // see maxNodes
	holes int    // one more than the highest that is referred to
	size  int    // of the definition, with its head
	body  []byte // of the definition it was made from
	names []nameAt
	err   error // why an instance is left to the reader

	system // of a template whose element is Event
	// content is the hole that the event data is filled into, or the data of UserData.
	content  int
	userData bool // content stands in UserData
	data     data
	asked    []ask
}

// A system says where the parts of System stand.
type system struct {
	provider, channel, computer, user     slot
	eventID, recordID, time, executionPID slot
}

// A data is the fields of EventData or of the provider's element of UserData.
type data struct {
	fields []field
	err    error // why they are left to the reader
}

type field struct {
	name string
	slot
}

// A slot is where a text stands: in a hole, or in the template itself.
type slot struct {
	hole int // of the values, from 0; one of those below otherwise
	text string
}

const (
	nowhere = -1 // there is no such text
	literal = -2
)

// A node is one element of a template while it is compiled.
type node struct {
	name  string
	attrs []field
	text  slot
	kids  []*node
}

// Reasons to leave a template to the reader. It has ways of its own with elements like these.
var (
	errShape  = errors.New("not shaped like an event")
	errTwice  = errors.New("two elements or attributes of one name")
	errEmpty  = errors.New("an element without content")
	errMixed  = errors.New("text beside elements")
	errNoName = errors.New("a name that is empty or means something to the reader")
)

// compile makes a template of the definition at a place, which has been checked.
func compile(b []byte, place, size, nodes int) *template {
	t := &template{nodes: nodes, size: size, body: append([]byte(nil), b[place:place+size]...), content: nowhere}
	p := &plan{cursor: cursor{b: b, at: place + definitionHead, end: place + size}, place: place}
	root := p.read()
	t.names, t.holes = p.names, p.holes
	if p.err != nil {
		t.err = p.err
		return t
	}
	t.root = root.name
	switch t.root {
	case "Event":
		t.err = t.event(root)
	case "System":
		t.err = errShape // it would take the place of the one there is
	case "EventData":
		t.data = eventData(root)
	case "UserData":
		t.data = userData(root)
	default:
		t.data = providerData(root)
	}
	return t
}

// event finds System and the data in an Event element.
func (t *template) event(root *node) error {
	if err := root.plain(); err != nil {
		return err
	}
	system := root.kid("System")
	if system == nil || root.text.hole == literal {
		return errShape
	}
	t.content = root.text.hole
	for _, kid := range root.kids {
		if kid.name != "EventData" && kid.name != "UserData" {
			continue
		}
		if t.content != nowhere || t.data.fields != nil {
			return errShape
		}
		if kid.name == "UserData" && kid.text.hole >= 0 && len(kid.kids) == 0 {
			t.content, t.userData = kid.text.hole, true
			continue
		}
		if t.data = dataOf(kid); t.data.err != nil {
			return t.data.err
		}
	}
	return t.parts(system)
}

func dataOf(n *node) data {
	if n.name == "EventData" {
		return eventData(n)
	}
	return userData(n)
}

// parts finds the slots of System.
func (t *template) parts(n *node) (err error) {
	if err := n.plain(); err != nil || n.text.hole != nowhere {
		return errors.Join(err, errShape)
	}
	leaf := func(name string) slot {
		s, bad := n.kid(name).leaf()
		err = errors.Join(err, bad)
		return s
	}
	attr := func(name, attr string) slot {
		s, bad := n.kid(name).attr(attr)
		err = errors.Join(err, bad)
		return s
	}
	t.system = system{
		provider: attr("Provider", "Name"), channel: leaf("Channel"), computer: leaf("Computer"), user: attr("Security", "UserID"),
		eventID: leaf("EventID"), recordID: leaf("EventRecordID"), time: attr("TimeCreated", "SystemTime"), executionPID: attr("Execution", "ProcessID"),
	}
	return err
}

// eventData finds the Data elements by their Name attribute. Where none has one, other elements are fields.
func eventData(n *node) data {
	var named, others data
	for _, kid := range n.kids {
		name := kid.find("Name")
		switch {
		case kid.name != "Data":
			s, err := kid.leaf()
			others.add(kid.name, s, err)
		case len(kid.kids) > 0 || kid.find("Value") != nil:
			return data{err: errMixed}
		case name != nil && name.hole != literal:
			return data{err: errNoName}
		case name != nil:
			named.add(name.text, kid.text, nil)
		}
	}
	switch {
	case n.text.hole != nowhere:
		return data{err: errMixed}
	case len(named.fields) > 0:
		return named.unique()
	}
	return others.unique()
}

func (d *data) add(name string, s slot, err error) {
	d.fields, d.err = append(d.fields, field{name, s}), errors.Join(d.err, err)
}

// userData is the data of the one element in UserData.
func userData(n *node) data {
	if n.plain() != nil || n.text.hole != nowhere || len(n.kids) != 1 {
		return data{err: errShape}
	}
	return providerData(n.kids[0])
}

// providerData is the elements in the provider's element, by name.
func providerData(n *node) (d data) {
	if n.name == "UserData" || n.text.hole != nowhere || len(n.kids) == 0 {
		return data{err: errShape}
	}
	for _, kid := range n.kids {
		s, err := kid.leaf()
		if err != nil || kid.name == "Data" {
			return data{err: errors.Join(err, errNoName)}
		}
		d.fields = append(d.fields, field{kid.name, s})
	}
	for _, a := range n.attrs {
		if a.name != "xmlns" {
			d.fields = append(d.fields, a)
		}
	}
	return d.unique()
}

// unique refuses names that differ in case only: which one is meant depends on which are there.
func (d data) unique() data {
	for i, f := range d.fields {
		for _, g := range d.fields[:i] {
			if strings.EqualFold(f.name, g.name) {
				d.err = errTwice
			}
		}
		if f.name == "" {
			d.err = errNoName
		}
	}
	return d
}

// plain refuses attributes other than a namespace, and elements of one name.
func (n *node) plain() error {
	for _, a := range n.attrs {
		if a.name != "xmlns" {
			return errShape
		}
	}
	seen := map[string]bool{}
	for _, kid := range n.kids {
		if seen[kid.name] {
			return errTwice
		}
		seen[kid.name] = true
	}
	return nil
}

func (n *node) kid(name string) *node {
	for _, kid := range n.kids {
		if kid.name == name {
			return kid
		}
	}
	return nil
}

// find returns an attribute.
func (n *node) find(name string) *field {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return &n.attrs[i]
		}
	}
	return nil
}

// leaf is the text of an element. One with nothing in it and no attributes would get the text of the first hole.
func (n *node) leaf() (slot, error) {
	switch {
	case n == nil:
		return slot{hole: nowhere}, nil
	case len(n.kids) > 0 && (n.text.hole != nowhere || n.kid("Value") != nil) || n.find("Value") != nil:
		return n.text, errMixed
	case n.text.hole == nowhere && len(n.attrs) == 0 && len(n.kids) == 0:
		return n.text, errEmpty
	}
	return n.text, nil
}

// attr is the text of an attribute.
func (n *node) attr(name string) (slot, error) {
	if n == nil || len(n.attrs) == 0 {
		return slot{hole: nowhere}, nil
	}
	if len(n.kids) > 0 {
		return slot{}, errMixed
	}
	if a := n.find(name); a != nil {
		return a.slot, nil
	}
	return slot{hole: nowhere}, nil
}

// definitionHead is what lies before the body of a definition: the place of the next one, a GUID and the size.
const definitionHead = 4 + 16 + 4

// A plan reads the elements of a definition.
type plan struct {
	cursor
	place int
	names []nameAt
	holes int
}

// A nameAt is a name that the definition refers to.
type nameAt struct {
	ref    int    // where, from the beginning of the definition
	inline bool   // it is written there
	name   []byte // elsewhere: its length, characters and terminator
}

// read returns the first element.
func (p *plan) read() *node {
	if p.peek() == tokFragment {
		p.skip(4)
	}
	top := &node{text: slot{hole: nowhere}}
	stack := []*node{top}
	for p.err == nil {
		in := stack[len(stack)-1]
		switch tok := p.u8(); tok {
		case tokOpen, tokOpen | tokMore:
			n, open := p.element(tok != tokOpen)
			in.kids = append(in.kids, n)
			if open {
				stack = append(stack, n)
			}
		case tokCloseElement:
			stack = stack[:len(stack)-1]
		default:
			in.text = p.slot(tok)
		}
		if len(stack) == 1 {
			break
		}
	}
	if len(top.kids) == 0 {
		p.fail(errShape)
		return top
	}
	return top.kids[0]
}

// element reads a start tag and tells whether content follows.
func (p *plan) element(attributes bool) (n *node, open bool) {
	p.skip(2 + 4)
	n = &node{name: p.name(), text: slot{hole: nowhere}}
	if attributes {
		p.skip(4)
	}
	for p.err == nil {
		tok := p.u8()
		if tok == tokCloseStart || tok == tokCloseEmpty {
			return n, tok == tokCloseStart
		}
		name := p.name()
		if n.find(name) != nil {
			p.fail(errTwice)
		}
		n.attrs = append(n.attrs, field{name, p.slot(p.u8())})
	}
	return n, false
}

func (p *plan) slot(tok byte) slot {
	if tok&^tokMore == tokValue {
		p.skip(1)
		return slot{hole: literal, text: utf16Text(p.take(2 * int(p.u16())))}
	}
	s := slot{hole: int(p.u16())}
	if p.u8() == kindNull {
		p.skip(1)
	}
	p.holes = max(p.holes, s.hole+1)
	return s
}

// name reads a name and notes where it stands.
func (p *plan) name() string {
	ref := p.at - p.place
	at := int(p.u32())
	inline := at == p.at
	if inline {
		p.skip(nameHead + 2*(int(binary.LittleEndian.Uint16(p.b[at+6:]))+1))
	}
	raw := nameBytes(p.b, at)
	p.names = append(p.names, nameAt{ref, inline, append([]byte(nil), raw...)})
	if name := utf16Text(raw[2:]); name != "" {
		return name
	}
	p.fail(fmt.Errorf("%w at %#x", errNoName, at))
	return ""
}

// nameHead is what lies before the characters of a name: the place of the next one, a hash and the length.
const nameHead = 4 + 2 + 2

// nameBytes are the length, the characters and the terminator of the name at a place, nil where there is none.
func nameBytes(b []byte, at int) []byte {
	if at > len(b)-nameHead {
		return nil
	}
	end := at + nameHead + 2*(int(binary.LittleEndian.Uint16(b[at+6:]))+1)
	if end > len(b) {
		return nil
	}
	return b[at+6 : end]
}
