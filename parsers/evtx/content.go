package evtx

import (
	"errors"
	"fmt"
)

// content checks elements and text up to the closing tag of the first element, or one hole or text, and returns how many
// nodes there are. Elements of a template have a dependency, and only they have holes. Of text in several pieces the
// reader would keep the last.
func (k *check) content(c *cursor, template bool) (nodes int, err error) {
	var pieces [maxDepth + 2]int
	depth := 0
	for {
		nodes++
		switch tok := c.u8(); tok {
		case tokOpen, tokOpen | tokMore:
			open, err := k.open(c, tok != tokOpen, template, &nodes)
			if err != nil {
				return 0, err
			}
			if open {
				depth++
				pieces[depth] = 0
			}
		case tokCloseElement:
			depth--
		case tokValue, tokValue | tokMore:
			pieces[depth]++
			k.text(c)
		case tokNormal, tokOptional:
			pieces[depth]++
			k.hole(c, template)
		default:
			c.fail(fmt.Errorf("token %#02x at %#x is not understood", tok, c.at-1))
		}
		switch {
		case c.err != nil:
			return 0, c.err
		case depth > maxDepth || depth < 0:
			return 0, errors.New("elements nested too deeply or closed too often")
		case pieces[depth] > 1:
			return 0, errors.New("text in several pieces")
		case depth == 0:
			return nodes, nil
		}
	}
}

// open checks a start tag with its attributes and its closing token, and tells whether content follows.
func (k *check) open(c *cursor, attributes, template bool, nodes *int) (content bool, err error) {
	if template {
		c.skip(2)
	}
	c.skip(4)
	k.name(c)
	if attributes {
		c.skip(4)
	}
	for c.err == nil {
		switch tok := c.u8(); tok {
		case tokAttribute, tokAttribute | tokMore:
			*nodes++
			k.attribute(c, template)
		case tokCloseStart, tokCloseEmpty:
			return tok == tokCloseStart, c.err
		default:
			c.fail(fmt.Errorf("token %#02x at %#x is not understood in a tag", tok, c.at-1))
		}
	}
	return false, c.err
}

// attribute checks a name and its one value.
func (k *check) attribute(c *cursor, template bool) {
	k.name(c)
	switch tok := c.u8(); tok {
	case tokValue, tokValue | tokMore:
		k.text(c)
	case tokNormal, tokOptional:
		k.hole(c, template)
	default:
		c.fail(fmt.Errorf("token %#02x at %#x is not understood in an attribute", tok, c.at-1))
	}
}

func (k *check) text(c *cursor) {
	c.skip(1)
	c.skip(2 * int(c.u16()))
}

// hole checks a substitution. The reader expects another byte behind type 0.
func (k *check) hole(c *cursor, template bool) {
	if !template {
		c.fail(errors.New("a substitution outside a template"))
	}
	c.skip(2)
	if c.u8() == kindNull {
		c.skip(1)
	}
}

// name checks a name, here or elsewhere in the chunk.
func (k *check) name(c *cursor) {
	place := c.u32()
	if c.err != nil {
		return
	}
	there := c
	if int64(place) != int64(c.at) {
		there = &cursor{b: k.b, at: min(int(place), len(k.b)), end: len(k.b)}
	}
	there.skip(4 + 2)
	n := int(there.u16())
	there.skip(2 * (n + 1))
	if there.err != nil || n > maxName {
		c.fail(fmt.Errorf("no name at %#x", place))
	}
}
