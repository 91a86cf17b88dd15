package evtx

import (
	"context"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// blockChunks is how many chunks are read into one batch: 1 MiB. Blocks do not depend on the number of jobs, so that
// nothing else does.
const blockChunks = 16

// batches is how many each worker fills in turn: one is merged while the next is filled.
const batches = 2

// A block is what a range of chunks states.
type block struct {
	batch    *evidence.Batch
	reach    reach
	err      error
	panicked any
}

// readBlocks reads several blocks at a time. Block i is read by worker i modulo jobs, and the merging takes turns.
func (f *file) readBlocks(ctx context.Context, out *evidence.Batch) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()

	once := evidence.Once{Into: out}
	n := (f.chunks + blockChunks - 1) / blockChunks
	jobs := max(min(int64(f.in.Jobs), n), 1)
	done, free := make([]chan block, jobs), make([]chan *evidence.Batch, jobs)
	for j := range jobs {
		done[j], free[j] = make(chan block), make(chan *evidence.Batch, batches)
		for range batches {
			free[j] <- &evidence.Batch{}
		}
		running.Go(func() { f.work(ctx, j, jobs, free[j], done[j]) })
	}
	for i := range n {
		select {
		case b := <-done[i%jobs]:
			if b.panicked != nil {
				panic(b.panicked)
			}
			once.Merge(b.batch)
			b.batch.Reset()
			free[i%jobs] <- b.batch
			f.add(b.reach)
			if b.err != nil {
				return b.err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// work reads every jobs-th block from the given one on.
func (f *file) work(ctx context.Context, from, jobs int64, free <-chan *evidence.Batch, done chan<- block) {
	w := newWorker(f, nil)
	for i := from; i*blockChunks < f.chunks; i += jobs {
		b := w.block(ctx, i, <-free)
		select {
		case done <- b:
		case <-ctx.Done():
			return
		}
		if b.err != nil || b.panicked != nil {
			return
		}
	}
}

func (w *worker) block(ctx context.Context, i int64, into *evidence.Batch) (b block) {
	b.batch = into
	defer func() { b.panicked = recover() }()
	w.out, w.reach = b.batch, reach{}
	b.err = w.read(ctx, i*blockChunks, min((i+1)*blockChunks, w.file.chunks))
	b.reach = w.reach
	return b
}
