package evtx

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// A worker reads chunks of a file one after the other and uses its memory again for the next.
type worker struct {
	file     *file
	out      evidence.Sink
	event    func(*winevent.Record)
	compiled *compiled // nil leaves every record to the reader
	reader   *reader
	names    map[string]string
	buf      [chunkSize]byte
	chunk    chunk
	reach
}

func newWorker(f *file, out evidence.Sink) *worker {
	var em winevent.Emitter
	w := &worker{file: f, out: out, compiled: newCompiled(), names: map[string]string{}}
	w.event = func(r *winevent.Record) { em.Emit(r, w.out) }
	return w
}

// read reads the chunks from one index up to another.
func (w *worker) read(ctx context.Context, from, to int64) error {
	for i := from; i < to; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := w.load(i)
		if err != nil {
			return err
		}
		if err := w.readChunk(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// load reads the bytes of a chunk. It is valid until the next call.
func (w *worker) load(index int64) (*chunk, error) {
	offset := fileHeaderSize + index*chunkSize
	buf := w.buf[:min(chunkSize, w.file.in.Size-offset)]
	if _, err := w.file.in.ReadAt(buf, offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read chunk %d: %w", index, err)
	}
	w.chunk = chunk{index: index, b: buf, records: w.chunk.records[:0]}
	return &w.chunk, nil
}

func (w *worker) readChunk(ctx context.Context, c *chunk) error {
	if !w.present(c) {
		if !allZero(c.b) {
			w.absent(c)
		}
		return nil
	}
	c.readHeader()
	c.walk()
	w.used = c.index + 1
	returned, err := w.emit(ctx, c)
	if err != nil {
		return err
	}
	w.lastID = max(w.lastID, c.account(returned))
	w.report(c)
	w.leftover(c, c.end())
	return nil
}
