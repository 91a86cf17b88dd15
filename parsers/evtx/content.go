package evtx

import (
	"errors"
	"fmt"
)

// content checks elements and text up to the closing tag of the first element, or one hole or text, and returns how many
// nodes there are. Elements of a template have a dependency, and only they have holes.
func (k *check) content(c *cursor, template bool) (nodes int, err error) {
	depth := 0
	for {
		nodes++
		switch tok := c.u8(); tok &^ tokMore {
		case tokOpen:
			if err := k.open(c, tok&tokMore != 0, template, &nodes); err != nil {
				return 0, err
			}
			if c.b[c.at-1] == tokCloseStart {
				depth++
			}
		case tokCloseElement:
			depth--
		case tokValue:
			k.text(c)
		case tokNormal, tokOptional:
			if err := k.hole(c, template); err != nil {
				return 0, err
			}
		default:
			return 0, fmt.Errorf("token %#02x at %#x is not understood", tok, c.at-1)
		}
		switch {
		case c.err != nil:
			return 0, c.err
		case depth > maxDepth || depth < 0:
			return 0, errors.New("elements nested too deeply or closed too often")
		case depth == 0:
			return nodes, nil
		}
	}
}

// open checks a start tag with its attributes up to and including its closing token.
func (k *check) open(c *cursor, attributes, template bool, nodes *int) error {
	if template {
		c.skip(2)
	}
	c.skip(4)
	k.name(c)
	if attributes {
		c.skip(4)
	}
	for {
		switch tok := c.u8(); tok &^ tokMore {
		case tokAttribute:
			*nodes++
			if err := k.attribute(c, template); err != nil {
				return err
			}
		case tokCloseStart, tokCloseEmpty:
			return c.err
		default:
			return fmt.Errorf("token %#02x at %#x is not understood in a tag", tok, c.at-1)
		}
		if c.err != nil {
			return c.err
		}
	}
}

// attribute checks a name and its one value. An attribute in pieces would lose all but the last.
func (k *check) attribute(c *cursor, template bool) error {
	k.name(c)
	switch tok := c.u8(); tok &^ tokMore {
	case tokValue:
		k.text(c)
		return c.err
	case tokNormal, tokOptional:
		return k.hole(c, template)
	default:
		return fmt.Errorf("token %#02x at %#x is not understood in an attribute", tok, c.at-1)
	}
}

func (k *check) text(c *cursor) {
	c.skip(1)
	c.skip(2 * int(c.u16()))
}

// hole checks a substitution. The reader expects another byte behind type 0.
func (k *check) hole(c *cursor, template bool) error {
	if !template {
		return errors.New("a substitution outside a template")
	}
	c.skip(2)
	if c.u8() == kindNull {
		c.skip(1)
	}
	return c.err
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
		c.err = fmt.Errorf("no name at %#x", place)
	}
}
