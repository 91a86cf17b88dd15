package evtxfile

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// A node is one element of a template. Its content is literal text, a hole, or children.
type node struct {
	name     string
	attrs    []attr
	hole     *hole
	children []node
}

// An attr is literal text or, when text is "", a hole.
type attr struct {
	name string
	text string
	hole hole
}

// A hole is a substitution: the number of the value that goes there and the type announced for it. An optional one
// makes its element or attribute vanish when the value is null.
type hole struct {
	index    uint16
	kind     byte
	optional bool
}

// A template is what a definition in the file holds.
type template struct {
	root node
	guid [16]byte
}

// newTemplate names a template after its content, so that equal templates are defined once per chunk.
func newTemplate(root node) template {
	sum := sha256.Sum256([]byte(root.String()))
	return template{root: root, guid: [16]byte(sum[:16])}
}

// String tells two different trees apart.
func (n node) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<%s", n.name)
	for _, a := range n.attrs {
		fmt.Fprintf(&b, " %s=%q%v", a.name, a.text, a.hole)
	}
	b.WriteString(">")
	if n.hole != nil {
		fmt.Fprintf(&b, "%v", *n.hole)
	}
	for _, c := range n.children {
		b.WriteString(c.String())
	}
	return b.String() + "</>"
}

// The values of the outer template, in this order.
const (
	holeLevel = iota
	holeTask
	holeID
	holeOpcode
	holeKeywords
	holeTime
	holeActivity
	holePID
	holeTID
	holeRecordID
	holeVersion
	holeUser
	holeProvider
	holeGUID
	holeChannel
	holeComputer
	holeContent
	holes
)

// outerTemplates are those of events without and with UserData.
var outerTemplates = map[bool]template{false: outerTemplate(false), true: outerTemplate(true)}

// outerTemplate is the Event element with System. EventData is filled in whole; UserData is an element of its own
// around the provider's.
func outerTemplate(userData bool) template {
	content := node{hole: opt(holeContent, typeBinXML)}
	if userData {
		content = node{name: "UserData", hole: opt(holeContent, typeBinXML)}
	}
	system := node{name: "System", children: []node{
		{name: "Provider", attrs: []attr{{name: "Name", hole: *opt(holeProvider, typeString)}, {name: "Guid", hole: *opt(holeGUID, typeGUID)}}},
		{name: "EventID", hole: opt(holeID, typeUint16)},
		{name: "Version", hole: opt(holeVersion, typeUint8)},
		{name: "Level", hole: opt(holeLevel, typeUint8)},
		{name: "Task", hole: opt(holeTask, typeUint16)},
		{name: "Opcode", hole: opt(holeOpcode, typeUint8)},
		{name: "Keywords", hole: opt(holeKeywords, typeHexInt64)},
		{name: "TimeCreated", attrs: []attr{{name: "SystemTime", hole: *opt(holeTime, typeFileTime)}}},
		{name: "EventRecordID", hole: opt(holeRecordID, typeUint64)},
		{name: "Correlation", attrs: []attr{{name: "ActivityID", hole: *opt(holeActivity, typeGUID)}}},
		{name: "Execution", attrs: []attr{{name: "ProcessID", hole: *opt(holePID, typeUint32)}, {name: "ThreadID", hole: *opt(holeTID, typeUint32)}}},
		{name: "Channel", hole: opt(holeChannel, typeString)},
		{name: "Computer", hole: opt(holeComputer, typeString)},
		{name: "Security", attrs: []attr{{name: "UserID", hole: *opt(holeUser, typeSID)}}},
	}}
	return newTemplate(node{
		name:     "Event",
		attrs:    []attr{{name: "xmlns", text: "http://schemas.microsoft.com/win/2004/08/events/event"}},
		children: []node{system, content},
	})
}

func opt(index uint16, kind byte) *hole { return &hole{index: index, kind: kind, optional: true} }

// dataTemplate is EventData with one Data element per value, and the values.
func dataTemplate(data []Data) (template, []Value) {
	root := node{name: "EventData"}
	var values []Value
	for i, d := range data {
		kind, _ := encode(d.Value)
		n := node{name: "Data", hole: dataHole(i, kind)}
		if d.Name != "" {
			n.attrs = []attr{{name: "Name", text: d.Name}}
		}
		root.children = append(root.children, n)
		values = append(values, d.Value)
	}
	return newTemplate(root), values
}

// userTemplate is the provider's own element of UserData, and the values in document order.
func userTemplate(e Element) (template, []Value) {
	var values []Value
	var build func(e Element) node
	build = func(e Element) node {
		n := node{name: e.Name}
		if e.XMLNS != "" {
			n.attrs = []attr{{name: "xmlns", text: e.XMLNS}}
		}
		for _, c := range e.Children {
			n.children = append(n.children, build(c))
		}
		if len(e.Children) == 0 {
			kind, _ := encode(e.Value)
			n.hole = dataHole(len(values), kind)
			values = append(values, e.Value)
		}
		return n
	}
	return newTemplate(build(e)), values
}

// dataHole is the hole for a value. evtxexport reads no null through a hole that is not optional.
func dataHole(index int, kind byte) *hole {
	if kind == typeNull {
		return opt(uint16(index), typeString)
	}
	return &hole{index: uint16(index), kind: kind}
}
