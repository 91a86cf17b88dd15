package evtx

import (
	"context"
	"errors"
	"fmt"

	"github.com/Velocidex/ordereddict"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// ErrNoRecord says that a log holds no readable record of the given number.
var ErrNoRecord = errors.New("no such record")

// Render returns the whole of the first event with the given EventRecordID in the order it is written: elements and
// attributes by name, values as Windows shows them.
func Render(ctx context.Context, in *parsers.Input, id uint64) (*ordereddict.Dict, error) {
	f := &file{in: in, out: &evidence.Batch{}}
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	w := newWorker(f, f.out)
	for i := range f.chunks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, err := w.load(i)
		if err != nil {
			return nil, err
		}
		if event := w.render(c, id); event != nil {
			return event, nil
		}
	}
	return nil, fmt.Errorf("record %d: %w", id, ErrNoRecord)
}

// render returns the event if the chunk holds it.
func (w *worker) render(c *chunk, id uint64) *ordereddict.Dict {
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
		if rec, ok := w.record(t); ok && rec.RecordID == id {
			return values{dict: t.event, kinds: &w.reader.kinds}.plain()
		}
	}
	return nil
}

// holds tells whether one of the records taken has the number.
func (k *compiled) holds(id uint64) bool {
	for i := range k.events {
		if in := &k.events[i].event; k.value(in, in.recordID).number() == id {
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
