package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/Velocidex/ordereddict"
	velocidex "www.velocidex.com/golang/evtx"
)

// A reader feeds chunks to the Velocidex reader. Its memory is used again for the next chunk.
type reader struct {
	image [chunkSize]byte
	kinds [chunkSize]byte
}

// A tree is what the reader made of one record.
type tree struct {
	record record
	event  *ordereddict.Dict
}

// read returns the events of the chunk's records, how many are missing, and why.
func (r *reader) read(c *chunk) (trees []tree, refused int, reason error) {
	clear(r.image[copy(r.image[:], c.b):])
	clear(r.kinds[:])
	s := r.sort(c)
	if refused = len(s.refused); refused > 0 {
		reason = s.refused[0].reason
	}
	if len(s.sound) == 0 {
		return nil, refused, reason
	}
	events, err := r.parse(r.chain(s.sound))
	if err != nil {
		return nil, len(c.records), err
	}
	for i, rec := range s.sound {
		if rec.carrier {
			continue
		}
		event, ok := events[i].(*ordereddict.Dict)
		if !ok {
			refused++
			reason = errors.Join(reason, fmt.Errorf("record at %#x: no event in it", rec.at))
			continue
		}
		trees = append(trees, tree{rec, event})
	}
	return trees, refused, reason
}

// chain writes record headers so that each record's size leads to the next one, and returns how many the reader must
// find. The chain has to begin at the first record's place: if that one was refused, it becomes an empty record.
func (r *reader) chain(sound []record) (links, skip int) {
	if sound[0].at != chunkHeaderSize {
		first := record{at: chunkHeaderSize, end: sound[0].at}
		r.image[first.at+recordHeaderSize] = tokEnd
		sound = append([]record{first}, sound...)
		skip = 1
	}
	le := binary.LittleEndian
	for i, rec := range sound {
		next := rec.end
		if i+1 < len(sound) {
			next = sound[i+1].at
		}
		copy(r.image[rec.at:], recordMagic)
		le.PutUint32(r.image[rec.at+4:], uint32(next-rec.at))
		le.PutUint64(r.image[rec.at+8:], uint64(i))
	}
	return len(sound), skip
}

// parse runs the reader over the image. It has panicked on lengths before; check is meant to leave it no occasion.
func (r *reader) parse(links, skip int) (events []any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errReader, p)
		}
	}()
	c := velocidex.Chunk{Fd: bytes.NewReader(r.image[:])}
	c.Header.FirstEventRecNumber, c.Header.LastEventRecNumber = 1, uint64(links)
	records, err := c.Parse(0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReader, err)
	}
	if len(records) != links {
		return nil, fmt.Errorf("%w: %d of %d records came back", errReader, len(records), links)
	}
	for i, rec := range records {
		if rec.Header.RecordID != uint64(i) {
			return nil, fmt.Errorf("%w: record %d came back as %d", errReader, i, rec.Header.RecordID)
		}
		events = append(events, rec.Event)
	}
	return events[skip:], nil
}

var errReader = errors.New("reader failed")
