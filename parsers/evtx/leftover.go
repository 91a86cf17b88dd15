package evtx

import (
	"encoding/binary"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// end is where the space begins that the chunk does not use.
func (c *chunk) end() int {
	if c.head.ok {
		return c.bound
	}
	if n := len(c.records); n > 0 {
		return c.records[n-1].end
	}
	return len(c.b)
}

// maxFailed bounds how many places of a chunk are tried in vain. Some 60 records fit into one.
const maxFailed = 512

// leftover hands over the records in space that is not in use, and tells whether there are any. Chunks are written over
// without being emptied, so that records of an earlier state stay behind the last one. One is taken only if nothing in it
// contradicts the template it names.
func (w *worker) leftover(c *chunk, from int) bool {
	if w.compiled == nil {
		return false
	}
	if len(c.records) == 0 {
		w.compiled.begin(c)
	}
	found, failed := uint64(0), 0
	for from = c.next(from); from < len(c.b) && failed < maxFailed; from = c.next(from) {
		r, _ := c.recordAt(from, len(c.b))
		e, ok := w.compiled.leftover(r)
		if !ok {
			from += len(recordMagic)
			failed++
			continue
		}
		rec := w.compiled.event(e, w.file.in.Name)
		rec.Recovered = evidence.Leftover
		rec.Ref = evidence.Ref{File: rec.Ref.File, Unit: "offset", N: uint64(fileHeaderSize + c.index*chunkSize + int64(r.at))}
		w.event(rec)
		found++
		from = r.end
	}
	if found > 0 {
		w.leftovers += found
		w.leftIn++
	}
	return found > 0
}

// next is resync up to the end of the chunk.
func (c *chunk) next(from int) int {
	whole := chunk{b: c.b, bound: len(c.b)}
	return whole.resync(from)
}

// leftover takes a record that the chunk does not count.
func (k *compiled) leftover(r record) (*compiledEvent, bool) {
	defined, taken, ends, nodes := len(k.known), len(k.events), len(k.ends), k.nodes
	if !k.takeRecord(r) || !k.consistent(&k.events[taken]) {
		k.known, k.events, k.ends, k.nodes = k.known[:defined], k.events[:taken], k.ends[:ends], nodes
		return nil, false
	}
	return &k.events[taken], true
}

// consistent tells whether the record was made with the templates that stand where it says: the record repeats the
// beginning of the template's GUID, and has a value for each hole.
func (k *compiled) consistent(e *compiledEvent) bool {
	_, timed := k.texts.stamp(k.value(&e.event, &e.event.time), "TimeCreated")
	if !timed || k.repeated(0, &e.event, &e.event.provider) == "" || k.repeated(2, &e.event, &e.event.computer) == "" {
		return false
	}
	return k.named(&e.event) && (e.data.table == e.event.table || k.named(&e.data))
}

func (k *compiled) named(in *instance) bool {
	le := binary.LittleEndian
	return in.template == nil || in.n >= in.template.holes && le.Uint32(k.b[in.id:]) == le.Uint32(in.body[4:])
}
