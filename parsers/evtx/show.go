package evtx

import (
	"context"
	"encoding/json"

	"github.com/Velocidex/ordereddict"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// show returns whole events as the reader puts them together: elements and attributes by name in the order they are written,
// values as Windows shows them.
func show(ctx context.Context, in *parsers.Input, ref evidence.Ref) (all []evidence.Original, err error) {
	f := &file{in: in, out: &evidence.Batch{}}
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	w := newWorker(f, f.out)
	for i := range f.chunks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if ref.Unit == "offset" && !within(i, ref.N) {
			continue
		}
		c, err := w.load(i)
		if err != nil {
			return nil, err
		}
		trees, err := w.cited(c, ref)
		if err != nil {
			return nil, err
		}
		for _, t := range trees {
			event, err := json.Marshal(values{dict: t.event, kinds: &w.reader.kinds}.plain())
			if err != nil {
				return nil, err
			}
			if all = append(all, evidence.Original{Ref: ref, Event: event}); len(all) == evidence.MaxOriginals {
				return all, nil
			}
		}
	}
	return all, nil
}

// within tells whether an offset of the file lies in a chunk.
func within(chunk int64, offset uint64) bool {
	begin := uint64(fileHeaderSize + chunk*chunkSize)
	return offset >= begin && offset-begin < chunkSize
}

// cited returns the records of the chunk that a reference leads to. Those that the chunk does not count are named by their
// offset.
func (w *worker) cited(c *chunk, ref evidence.Ref) ([]tree, error) {
	switch ref.Unit {
	case "offset":
		return w.placed(c, int(ref.N)-fileHeaderSize-int(c.index)*chunkSize)
	case "record":
		return w.numbered(c, ref.N), nil
	}
	return nil, parsers.ErrNotShown
}

// placed returns the record at a place of the chunk, in use or not. Its template may have come with any before it.
func (w *worker) placed(c *chunk, at int) ([]tree, error) {
	if w.present(c) {
		c.readHeader()
		c.walk()
	}
	for p := c.next(c.end()); p < len(c.b); p = c.next(p) {
		r, _ := c.recordAt(p, len(c.b))
		c.records = append(c.records, r)
		p = r.end
	}
	trees, _, err := w.trees(c)
	for _, t := range trees {
		if t.record.at == at {
			return []tree{t}, nil
		}
	}
	return nil, err
}

// numbered returns the events of a number. What the reader refuses in a chunk was said when the file was parsed.
func (w *worker) numbered(c *chunk, id uint64) (found []tree) {
	if !w.present(c) {
		return nil
	}
	c.readHeader()
	c.walk()
	if w.compiled.take(c) && !w.compiled.holds(id) {
		return nil
	}
	trees, _, _ := w.trees(c)
	for _, t := range trees {
		if rec, ok := w.record(t); ok && rec.Ref.N == id {
			found = append(found, t)
		}
	}
	return found
}

// holds tells whether one of the records taken has the number.
func (k *compiled) holds(id uint64) bool {
	for i := range k.events {
		if in := &k.events[i].event; k.value(in, &in.recordID).number() == id {
			return true
		}
	}
	return false
}

// plain is a copy in which every value has its text.
func (v values) plain() *ordereddict.Dict {
	to := ordereddict.NewDict()
	for _, key := range v.dict.Keys() {
		node, _ := v.dict.Get(key)
		to.Set(key, v.plainNode(node))
	}
	return to
}

func (v values) plainNode(node any) any {
	switch n := node.(type) {
	case []byte:
		return text(v.kind(n), n)
	case *ordereddict.Dict:
		return values{n, v.kinds}.plain()
	case []any:
		list := make([]any, len(n))
		for i := range n {
			list[i] = v.plainNode(n[i])
		}
		return list
	}
	return node
}
