package evtx

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// A sorting is the records of a chunk by whether the reader may see them.
type sorting struct {
	sound   []record // in the order of the chunk, carriers among them
	refused []refusal
	tries   int // how often carry was tried
}

// A refusal is a record that cannot be read, and why.
type refusal struct {
	record
	reason error
}

// maxCarriers bounds how many lost templates are tried in one chunk. Real chunks have some ten templates.
const maxCarriers = 64

// sort checks the records. Where a template was defined in a damaged record but is itself sound, the records that use it
// get another chance, one template at a time: with it more records may be sound, and other templates no longer lost.
func (r *reader) sort(c *chunk) sorting {
	k := &check{b: r.image[:], kinds: &r.kinds, defs: map[uint32]int{}}
	var s sorting
	for _, rec := range c.records {
		s.refused = append(s.refused, refusal{record: rec})
	}
	for s.carry(k, c, s.pass(k, c)) {
	}
	slices.SortFunc(s.sound, func(a, b record) int { return cmp.Compare(a.at, b.at) })
	return s
}

// pass checks the records refused so far and returns the places of the templates they miss.
func (s *sorting) pass(k *check, c *chunk) (places []uint32) {
	again := s.refused
	s.refused = nil
	for _, rec := range again {
		if s.taken(rec.record) {
			s.refused = append(s.refused, rec)
			continue
		}
		err := k.record(rec.record, c.b)
		if err == nil {
			s.sound = append(s.sound, rec.record)
			continue
		}
		s.refused = append(s.refused, refusal{rec.record, fmt.Errorf("record at %#x: %w", rec.at, err)})
		var m missing
		if errors.As(err, &m) && !slices.Contains(places, uint32(m)) {
			places = append(places, uint32(m))
		}
	}
	slices.Sort(places)
	return places
}

// carryHead is what lies between the start of a record and the template it defines: the record header, a fragment
// header and the instance's token, version, number and place.
const carryHead = recordHeaderSize + 4 + 10

// carry makes a record around the first of the lost templates that allows it: an instance without values.
func (s *sorting) carry(k *check, c *chunk, places []uint32) bool {
	for _, place := range places {
		if s.tries++; s.tries > maxCarriers {
			return false
		}
		rec, ok := c.around(int(place))
		if !ok || s.taken(rec) {
			continue
		}
		le := binary.LittleEndian
		copy(k.b[rec.at+recordHeaderSize:], []byte{tokFragment, 1, 1, 0, tokTemplate, 1})
		le.PutUint32(k.b[place-4:], place)
		le.PutUint32(k.b[rec.end-8:], 0)
		if k.record(rec, c.b) == nil {
			s.sound = append(s.sound, rec)
			return true
		}
	}
	return false
}

// around is the record that would define the template at a place. It begins where the first record of a chunk does, or
// leaves room for that.
func (c *chunk) around(place int) (record, bool) {
	at := place - carryHead
	if at != chunkHeaderSize && at < chunkHeaderSize+minRecordSize || place+24 > c.bound {
		return record{}, false
	}
	end := uint64(place) + 24 + uint64(binary.LittleEndian.Uint32(c.b[place+20:])) + 8
	return record{at: at, end: int(end), carrier: true}, end <= uint64(c.bound)
}

// taken tells whether the reader already gets something in the place of a record.
func (s *sorting) taken(r record) bool {
	return slices.ContainsFunc(s.sound, func(o record) bool { return r.at < o.end && o.at < r.end })
}
