package parsers

import (
	"context"
	"crypto/sha256"
	"hash"
	"io"
	"io/fs"
	"sync"
)

// An ahead reads a file once from its beginning to its end, a little before the parser asks for it, and hashes it beside the
// parsing. It holds a window of what was read last, out of which the parser is served; what lies before the window or far
// behind it is read from the file again.
type ahead struct {
	ctx  context.Context
	file io.ReaderAt
	size int64
	sum  hash.Hash // nil when the hash is known
	most int       // blocks in the window
	done chan struct{}

	mu       sync.Mutex
	moved    sync.Cond // a block was read, or none will be any more
	asked    sync.Cond // want grew, or the parser is done
	held     []*[]byte
	first    int64 // number of the first block held
	want     int64 // how many blocks are to be read for now
	finished bool  // the parser is done
	ended    bool
	err      error // why the reading ended before the end of the file
}

// lead is how many blocks are read that nobody asked for yet. A parser with several goroutines lets the first of them be
// behind the last by up to spread blocks for each.
const (
	lead   = 4
	spread = 4
)

// readAhead begins to read. It has to be finished before the file is closed.
func readAhead(ctx context.Context, file io.ReaderAt, size int64, jobs int, hashed bool) *ahead {
	a := &ahead{ctx: ctx, file: file, size: size, most: lead + spread*jobs, want: lead, done: make(chan struct{})}
	a.moved.L, a.asked.L = &a.mu, &a.mu
	if hashed {
		a.sum = sha256.New()
	}
	go a.run()
	return a
}

func (a *ahead) run() {
	defer close(a.done)
	err := a.readAll()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended, a.err = true, err
	a.moved.Broadcast()
}

// readAll hashes a block once the parser can have it.
func (a *ahead) readAll() error {
	for i := int64(0); i*blockLen < a.size; i++ {
		if !a.due(i) {
			return a.ctx.Err()
		}
		block := blocks.Get().(*[]byte)
		b := (*block)[:min(blockLen, a.size-i*blockLen)]
		if n, err := a.file.ReadAt(b, i*blockLen); n < len(b) {
			blocks.Put(block)
			return err
		}
		a.hold(block)
		if a.sum != nil {
			a.sum.Write(b)
		}
	}
	return nil
}

// due waits until a block is asked for, and tells whether it is to be read at all.
func (a *ahead) due(i int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i >= a.want && !a.finished {
		a.asked.Wait()
	}
	return a.ctx.Err() == nil && (a.sum != nil || !a.finished)
}

// hold puts a block into the window, which loses its first when it is full.
func (a *ahead) hold(block *[]byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.held) == a.most {
		blocks.Put(a.held[0])
		a.held = a.held[:copy(a.held, a.held[1:])]
		a.first++
	}
	a.held = append(a.held, block)
	a.moved.Broadcast()
}

// ReadAt may be called from several goroutines.
func (a *ahead) ReadAt(b []byte, off int64) (n int, err error) {
	room := max(min(int64(len(b)), a.size-off), 0)
	for off >= 0 && int64(n) < room {
		k := a.take(b[n:room], off)
		if k == 0 {
			if k, err = a.file.ReadAt(b[n:room], off); int64(n+k) < room {
				return n + k, err
			}
		}
		n, off = n+k, off+int64(k)
	}
	switch {
	case off < 0:
		return 0, fs.ErrInvalid
	case n < len(b):
		return n, io.EOF
	}
	return n, nil
}

// take copies what one block of the window holds. It waits for a block that will be there soon, and copies nothing of one
// that is gone or far away.
func (a *ahead) take(b []byte, off int64) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := off / blockLen
	for i >= a.first {
		if a.want < i+1+lead && i < a.want+int64(a.most) {
			a.want = i + 1 + lead
			a.asked.Signal()
		}
		switch held := a.first + int64(len(a.held)); {
		case i < held:
			return copy(b, (*a.held[i-a.first])[off%blockLen:])
		case a.ended || i >= a.want:
			return 0
		}
		a.moved.Wait()
	}
	return 0
}

// finish says that the parser is done, waits until the rest has been read where that is needed for the hash, and returns it,
// nil when it was known.
func (a *ahead) finish() ([]byte, error) {
	a.mu.Lock()
	a.finished = true
	a.asked.Signal()
	a.mu.Unlock()
	<-a.done
	for _, block := range a.held {
		blocks.Put(block)
	}
	a.held = nil
	if a.err != nil || a.sum == nil {
		return nil, a.err
	}
	return a.sum.Sum(nil), nil
}
