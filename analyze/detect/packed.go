package detect

import (
	"encoding/binary"
	"slices"
)

// packed holds moments in few bytes: of each, what it has beyond the one before. A case holds so many that they would
// otherwise be most of what it takes.
type packed struct {
	bytes  []byte
	amount int
	last   int64 // when the last one is
}

// What stands beside the number of events of a moment.
const (
	speaking = 1 << iota
	goingOn
	lasting
	beside = iota // bits
)

func (p *packed) add(m moment) {
	head := uint64(uint32(m.events)) << beside
	if m.speaks {
		head |= speaking
	}
	if m.goesOn {
		head |= goingOn
	}
	if m.lasts != 0 {
		head |= lasting
	}
	var room [5 * binary.MaxVarintLen64]byte
	b := binary.AppendVarint(room[:0], m.at-p.last)
	b = binary.AppendUvarint(b, head)
	b = binary.AppendUvarint(b, m.sent)
	b = binary.AppendUvarint(b, m.recv)
	if m.lasts != 0 {
		b = binary.AppendVarint(b, m.lasts)
	}
	if had := len(p.bytes); had+len(b) > cap(p.bytes) { // append would double it, and there are many that stay as they are then
		p.bytes = append(make([]byte, 0, had+len(b)+max(had/8, usualMoment)), p.bytes...)
	}
	p.bytes, p.last = append(p.bytes, b...), m.at
	p.amount++
}

// moments are all of them, in the order in which they were added.
func (p *packed) moments() []moment {
	all := make([]moment, 0, p.amount)
	at := int64(0)
	for b := (unpacker{p.bytes}); len(b.rest) > 0; {
		at += b.signed()
		head := b.unsigned()
		m := moment{at: at, sent: b.unsigned(), recv: b.unsigned(), events: int32(head >> beside), speaks: head&speaking != 0, goesOn: head&goingOn != 0}
		if head&lasting != 0 {
			m.lasts = b.signed()
		}
		all = append(all, m)
	}
	return all
}

// An unpacker takes numbers off bytes that add has made.
type unpacker struct{ rest []byte }

func (u *unpacker) unsigned() uint64 {
	n, width := binary.Uvarint(u.rest)
	u.rest = u.rest[width:]
	return n
}

func (u *unpacker) signed() int64 {
	n, width := binary.Varint(u.rest)
	u.rest = u.rest[width:]
	return n
}

// usualMoment is what nearly all moments take at most, in bytes.
const usualMoment = 16

// pack takes no more room than it needs.
func pack(all []moment) packed {
	p := packed{bytes: make([]byte, 0, usualMoment*len(all))}
	for _, m := range all {
		p.add(m)
	}
	p.bytes = slices.Clone(p.bytes)
	return p
}
