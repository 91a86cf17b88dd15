package evtxfile

import "unicode/utf16"

// The tokens of BinXML that this package writes.
const (
	tokEnd          = 0x00
	tokOpen         = 0x01
	tokCloseStart   = 0x02
	tokCloseEmpty   = 0x03
	tokCloseElement = 0x04
	tokValue        = 0x05
	tokAttribute    = 0x06
	tokTemplate     = 0x0c
	tokNormal       = 0x0d
	tokOptional     = 0x0e
	tokFragment     = 0x0f
	tokMore         = 0x40 // open: has attributes; attribute: another one follows
)

// event writes the record's BinXML: an instance of the outer template, whose last value is an instance of the inner.
func (c *chunk) event(e Event) {
	values := make([]Value, holes)
	values[holeLevel], values[holeTask], values[holeID] = e.Level, e.Task, e.ID
	values[holeOpcode], values[holeKeywords], values[holeTime] = e.Opcode, HexInt64(e.Keywords), FileTime(e.Time)
	values[holePID], values[holeTID] = e.PID, e.TID
	values[holeRecordID], values[holeVersion] = e.RecordID, e.Version
	values[holeProvider], values[holeChannel], values[holeComputer] = e.Provider, e.Channel, e.Computer
	if e.ActivityID != "" {
		values[holeActivity] = GUID(e.ActivityID)
	}
	if e.UserSID != "" {
		values[holeUser] = SID(e.UserSID)
	}
	if e.GUID != "" {
		values[holeGUID] = GUID(e.GUID)
	}
	switch {
	case e.UserData != nil:
		inner, vs := userTemplate(*e.UserData)
		values[holeContent] = instance{inner, vs}
	case len(e.Data) > 0:
		inner, vs := dataTemplate(e.Data)
		values[holeContent] = instance{inner, vs}
	}
	c.instance(instance{outerTemplates[e.UserData != nil], values})
}

// An instance is a template with the values for its holes. As a value of another instance it is nested BinXML.
type instance struct {
	template template
	values   []Value
}

func (c *chunk) instance(in instance) {
	c.fragment()
	c.u8(tokTemplate)
	c.u8(1)
	c.buf = append(c.buf, in.template.guid[:4]...)
	c.definition(in.template)
	c.u32(uint32(len(in.values)))
	table := len(c.buf)
	c.buf = append(c.buf, make([]byte, 4*len(in.values))...)
	for i, v := range in.values {
		start := len(c.buf)
		kind := c.value(v)
		c.put32(table+4*i, uint32(len(c.buf)-start)|uint32(kind)<<16)
	}
	c.u8(tokEnd)
}

func (c *chunk) value(v Value) byte {
	if nested, ok := v.(instance); ok {
		c.instance(nested)
		return typeBinXML
	}
	kind, b := encode(v)
	c.buf = append(c.buf, b...)
	return kind
}

// definition writes where the template is defined, and defines it there when this is its first use in the chunk.
func (c *chunk) definition(t template) {
	if at, ok := c.templates[t.guid]; ok {
		c.u32(at)
		return
	}
	at := uint32(len(c.buf)) + 4
	c.templates[t.guid] = at
	c.u32(at)
	bucket := templateTable + 4*(int(uint32(t.guid[0])|uint32(t.guid[1])<<8|uint32(t.guid[2])<<16|uint32(t.guid[3])<<24)%32)
	c.u32(c.get32(bucket))
	c.put32(bucket, at)
	c.buf = append(c.buf, t.guid[:]...)
	c.sized(func() {
		c.fragment()
		c.element(t.root)
		c.u8(tokEnd)
	})
}

func (c *chunk) fragment() { c.buf = append(c.buf, tokFragment, 1, 1, 0) }

func (c *chunk) element(n node) {
	if n.name == "" {
		c.hole(*n.hole)
		return
	}
	open := byte(tokOpen)
	if len(n.attrs) > 0 {
		open |= tokMore
	}
	c.u8(open)
	c.u16(0xffff) // depends on no value
	c.sized(func() {
		c.name(n.name)
		if len(n.attrs) > 0 {
			c.sized(func() { c.attributes(n.attrs) })
		}
		if n.hole == nil && len(n.children) == 0 {
			c.u8(tokCloseEmpty)
			return
		}
		c.u8(tokCloseStart)
		if n.hole != nil {
			c.hole(*n.hole)
		}
		for _, child := range n.children {
			c.element(child)
		}
		c.u8(tokCloseElement)
	})
}

func (c *chunk) attributes(attrs []attr) {
	for i, a := range attrs {
		tok := byte(tokAttribute)
		if i < len(attrs)-1 {
			tok |= tokMore
		}
		c.u8(tok)
		c.name(a.name)
		if a.text == "" {
			c.hole(a.hole)
			continue
		}
		c.u8(tokValue)
		c.u8(typeString)
		text := utf16le(a.text)
		c.u16(uint16(len(text) / 2))
		c.buf = append(c.buf, text...)
	}
}

func (c *chunk) hole(h hole) {
	tok := byte(tokNormal)
	if h.optional {
		tok = tokOptional
	}
	c.u8(tok)
	c.u16(h.index)
	c.u8(h.kind)
}

// name writes where the name stands, and writes it there when this is its first use in the chunk.
func (c *chunk) name(s string) {
	if at, ok := c.names[s]; ok {
		c.u32(at)
		return
	}
	at := uint32(len(c.buf)) + 4
	c.names[s] = at
	c.u32(at)
	units := utf16.Encode([]rune(s))
	hash := nameHash(units)
	bucket := stringTable + 4*int(hash%64)
	c.u32(c.get32(bucket))
	c.put32(bucket, at)
	c.u16(hash)
	c.u16(uint16(len(units)))
	c.buf = append(c.buf, utf16le(s)...)
	c.u16(0)
}

func nameHash(units []uint16) uint16 {
	var h uint32
	for _, u := range units {
		h = h*65599 + uint32(u)
	}
	return uint16(h)
}
