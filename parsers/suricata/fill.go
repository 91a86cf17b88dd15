package suricata

import (
	"errors"
	"fmt"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/rawjson"
)

// An object knows where the values of its members go: field returns a pointer, nil for a member that is not read.
type object interface{ field(name []byte) any }

// fill reads the members of an object, to its end whatever they are. The error is that of the last one that is not what
// it must be.
func fill(o object, members *rawjson.Members) (err error) {
	for members.Next() {
		to := o.field(members.Name)
		if to == nil {
			continue
		}
		if e := set(to, members.Value); e != nil {
			err = fmt.Errorf("%q is %w", members.Name, e)
		}
	}
	return err
}

var (
	errNoObject = errors.New("no object")
	errNoList   = errors.New("no list")
	errNoTruth  = errors.New("neither true nor false")
	errLong     = fmt.Errorf("a list of more than %d values", maxList)
)

// set reads a value as what its field is. Texts and numbers take anything, and are empty when it is something else.
func set(to any, v rawjson.Value) error {
	switch to := to.(type) {
	case *text:
		*to = v.Scalar()
	case *number:
		*to = numberOf(v)
	case *rawjson.Value:
		*to = v
	case *texts:
		return to.set(v)
	case *bool:
		if *to = v.Opens('t'); !*to && !v.Opens('f') && !v.Opens('n') {
			return errNoTruth
		}
	case *grouped:
		*to = grouped(v)
		return mustOpen(v, '{', errNoObject)
	case *[]record:
		return list(to, v)
	case *[]header:
		return list(to, v)
	case *[]binding:
		return list(to, v)
	case **kerberos:
		return optional(to, new(kerberos), v)
	case **dcerpc:
		return optional(to, new(dcerpc), v)
	case object:
		return section(to, v)
	}
	return nil
}

// mustOpen accepts null for anything.
func mustOpen(v rawjson.Value, c byte, otherwise error) error {
	if v.Opens(c) || v.Opens('n') || len(v) == 0 {
		return nil
	}
	return otherwise
}

func section(o object, v rawjson.Value) error {
	if !v.Opens('{') {
		return mustOpen(v, '{', errNoObject)
	}
	m := rawjson.MembersOf(v)
	return fill(o, &m)
}

// optional reads an object into room, none when there is no value.
func optional[T any, P interface {
	*T
	object
}](to *P, room P, v rawjson.Value) error {
	*to, *room = nil, *new(T)
	if v.Opens('{') {
		*to = room
	}
	return section(room, v)
}

// maxList bounds the members of a list, of which a message of DNS has room for fewer.
const maxList = 1 << 16

func list[T any, P interface {
	*T
	object
}](to *[]T, v rawjson.Value) error {
	*to = nil
	elements := rawjson.ElementsOf(v)
	for elements.Next() {
		if len(*to) == maxList {
			return errLong
		}
		*to = append(*to, *new(T))
		if err := section(P(&(*to)[len(*to)-1]), elements.Value); err != nil {
			return err
		}
	}
	return mustOpen(v, '[', errNoList)
}

// A text is a string, or a number or truth value as it stands in the line; anything else is empty. It is valid as long as
// the line is.
type text []byte

// texts is a list of them; a single one is a list as well.
type texts []text

func (ts *texts) set(v rawjson.Value) error {
	*ts = nil
	if t := v.Scalar(); len(t) > 0 {
		*ts = texts{t}
	}
	elements := rawjson.ElementsOf(v)
	for elements.Next() {
		if len(*ts) == maxList {
			return errLong
		}
		*ts = append(*ts, elements.Value.Scalar())
	}
	return nil
}

// strings are the members that say something.
func (ts texts) strings() (all []string) {
	for _, t := range ts {
		if len(t) > 0 {
			all = append(all, string(t))
		}
	}
	return all
}

// strs is a list of what is not empty.
func strs(all ...text) []string { return texts(all).strings() }

// or returns the first that is not empty.
func or(all ...text) text {
	for _, t := range all {
		if len(t) > 0 {
			return t
		}
	}
	return nil
}

// A number is a count, also where it was written as a string; anything else was not measured.
type number struct{ evidence.Count }

func numberOf(v rawjson.Value) (n number) {
	if u, ok := parsers.Decimal(v.Scalar()); ok {
		n.Count = evidence.Measured(u)
	}
	return n
}
