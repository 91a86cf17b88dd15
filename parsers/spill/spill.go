// Package spill keeps connections on disk that memory has no room for, so that memory does not follow the size of captures and
// sensor logs.
package spill

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Space is one temporary file for the connections of all captures of a run. It may be used by several goroutines.
type Space struct {
	folder string
	limit  int64
	held   atomic.Int64 // bytes in memory, as far as they are told of

	mu    sync.Mutex
	file  *os.File // nil before the first connection moves
	size  int64
	runs  int64
	moved uint64 // whole connections
	err   error
	names names
}

// New returns a space in a folder, "" for the system's, that lets connections of about limit bytes stay in memory. Close
// must be called at the end.
func New(folder string, limit int64) *Space { return &Space{folder: folder, limit: limit} }

// Close removes what was written.
func (s *Space) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}

// Moved returns how many whole connections went to disk, how many bytes they and their parts take there, and the error that ended
// it, if any.
func (s *Space) Moved() (conns uint64, bytes int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moved, s.size, s.err
}

// leastRun is how many connections move at once at least, unless so many have no room: every run is read through a buffer of
// its own.
const leastRun = 1 << 12

// For returns the overflow of one file.
func (s *Space) For() evidence.Overflow { return &share{space: s} }

// A share is what one file holds of a space's memory.
type share struct {
	space *Space
	held  int64
}

// Full counts a connection. The share is full when all of them are, but for the half of the room in which connections on their
// way to the disk still lie, and it holds its part.
func (h *share) Full(content *evidence.App, points, held int) bool {
	n := weight(content, points)
	h.held += n
	if h.space.held.Add(n) <= h.space.limit/2 || int64(held) < min(leastRun, h.space.limit>>10) || h.held <= h.space.limit/16 {
		return false
	}
	h.space.held.Add(-h.held)
	h.held = 0
	return true
}

// Move writes connections behind those of other files.
func (h *share) Move(sorted []*evidence.Conn, whole bool) (evidence.ConnRun, error) {
	return h.space.write(sorted, whole)
}

// weight estimates the bytes that a connection takes in memory.
func weight(c *evidence.App, points int) int64 {
	const bare, point, question, list = 800, 40, 200, 1 << 10
	n := bare + point*points
	if c.DNS != nil {
		n += question * len(c.DNS.Questions)
	}
	for _, there := range []bool{c.HTTP != nil, c.TLS != nil, c.SMB != nil, c.Kerberos != nil} {
		if there {
			n += list
		}
	}
	return int64(n)
}

func (s *Space) write(sorted []*evidence.Conn, whole bool) (evidence.ConnRun, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	r := &run{space: s, from: s.size, conns: len(sorted)}
	if s.err = s.append(sorted); s.err != nil {
		return nil, s.err
	}
	s.runs++
	if whole {
		s.moved += uint64(len(sorted))
	}
	r.size = s.size - r.from
	return r, nil
}

func (s *Space) append(sorted []*evidence.Conn) (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.folder, "wirewitness-*"); err != nil {
			return fmt.Errorf("temporary file for connections: %w", err)
		}
		os.Remove(s.file.Name()) // where a file in use can be removed, nothing is left behind even after a kill
	}
	at := io.NewOffsetWriter(s.file, s.size)
	w := bufio.NewWriterSize(at, 1<<20)
	k := &coder{names: &s.names}
	written := s.size
	var length []byte
	for _, c := range sorted {
		glance(k, c)
		rest(k, c)
		length = binary.AppendUvarint(length[:0], uint64(len(k.buf)))
		w.Write(length)
		w.Write(k.buf)
		written += int64(len(length) + len(k.buf))
		k.buf = k.buf[:0]
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("temporary file for connections: %w", err)
	}
	s.size = written
	return nil
}

// A run is a part of the file.
type run struct {
	space      *Space
	from, size int64
	conns      int
}

// Open begins to read the run.
func (r *run) Open(whole bool, texts *evidence.Texts) func() (*evidence.Conn, error) {
	names, runs := r.space.known()
	in := bufio.NewReaderSize(io.NewSectionReader(r.space.file, r.from, r.size), int(min(r.size, readAhead, max(allAhead/runs, leastAhead))))
	k := coder{taking: true, names: names, texts: texts}
	left := r.conns
	c := new(evidence.Conn)
	return func() (*evidence.Conn, error) {
		if left == 0 {
			return nil, nil
		}
		left--
		n, err := binary.ReadUvarint(in)
		if err == nil {
			k.buf, err = next(in, int(n))
		}
		if err != nil {
			return nil, fmt.Errorf("temporary file for connections: %w", err)
		}
		k.conn(c, whole)
		return c, nil
	}
}

// readAhead is the buffer that a run is read through. All of them take no more than allAhead, unless there are so many that each
// has leastAhead.
const (
	readAhead  = 32 << 10
	allAhead   = 2 << 20
	leastAhead = 4 << 10
)

// next takes n bytes, which stay as they are until in is read again.
func next(in *bufio.Reader, n int) ([]byte, error) {
	if n > in.Size() {
		b := make([]byte, n)
		_, err := io.ReadFull(in, b)
		return b, err
	}
	b, err := in.Peek(n)
	in.Discard(len(b))
	return b, err
}

// known is the names so far, and the number of runs.
func (s *Space) known() (*names, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &names{list: s.names.list}, s.runs
}

// conn takes a connection, whole or as far as a glance goes.
func (k *coder) conn(c *evidence.Conn, whole bool) {
	k.at, *c = 0, evidence.Conn{}
	if glance(k, c); whole {
		rest(k, c)
	}
}
