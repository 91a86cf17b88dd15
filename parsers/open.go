package parsers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An input is a file opened for parsing: the file itself or what was unpacked from it.
type input struct {
	io.ReaderAt
	size   int64
	file   *os.File
	ahead  *ahead
	spool  *os.File
	stored fs.FileInfo
	loss   *loss
}

// A loss is why unpacking ended early, and after how many bytes.
type loss struct {
	after int64
	err   error
}

func (l *loss) of(name string) evidence.Problem {
	return evidence.Problem{Kind: kindOf(l.err), Ref: evidence.Ref{File: name, Unit: "offset", N: uint64(l.after)}, Err: l.err}
}

// openInput opens a recognised file for a parser that keeps the given number of goroutines busy. A packed one is unpacked
// into the spool and hashed on the way, its content too where that is asked for.
func (r *run) openInput(ctx context.Context, o *opened, jobs int, content hash.Hash) (*input, error) {
	file, _, err := o.open()
	if err != nil {
		return nil, err
	}
	in := &input{size: o.id.info.Size(), file: file, stored: o.id.info}
	in.ahead = readAhead(ctx, file, in.size, jobs, o.SHA256 == "")
	if o.id.packed == nil {
		in.ReaderAt = o.part.follow(in.ahead, in.size, 0, 1)
		return in, nil
	}
	if err := in.unpack(ctx, o, r.opt.Spool, content); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (in *input) unpack(ctx context.Context, o *opened, folder string, content hash.Hash) (err error) {
	if in.spool, err = os.CreateTemp(folder, "wirewitness-*"); err != nil {
		return cause(err)
	}
	os.Remove(in.spool.Name()) // where a file in use can be removed, nothing is left behind even after a kill
	to := io.Writer(in.spool)
	if content != nil {
		to = io.MultiWriter(to, content)
	}
	packed := io.NewSectionReader(o.part.follow(in.ahead, in.size, 0, 0.5), 0, in.size)
	size, err := o.id.packed.unpack(ctx, packed, in.size, to)
	if end := in.finish(o); err == nil {
		err = end
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		in.loss = &loss{size, err}
	}
	in.ReaderAt, in.size = o.part.follow(in.spool, size, 0.5, 1), size
	return nil
}

// finish reads what the parser did not ask for and completes the hash.
func (in *input) finish(o *opened) error {
	sum, err := in.ahead.finish()
	if err == nil && sum != nil {
		o.SHA256 = hex.EncodeToString(sum)
	}
	return cause(err)
}

// Close closes and removes what openInput opened and made.
func (in *input) Close() {
	in.ahead.finish()
	in.file.Close()
	if in.spool != nil {
		in.spool.Close()
		os.Remove(in.spool.Name())
	}
}

// unchanged tells whether the file is still the one that was looked at: evidence on a live system is written to.
func (in *input) unchanged() error {
	info, err := in.file.Stat()
	if err == nil && (info.Size() != in.stored.Size() || !info.ModTime().Equal(in.stored.ModTime())) {
		err = errors.New("the file changed while it was read: the hash need not be that of the bytes parsed")
	}
	return cause(err)
}

// hash reads a file to its end for nothing but its hash, unless it is known or cannot be.
func (o *opened) hash(ctx context.Context, part *part) error {
	if o.SHA256 != "" || o.id.info == nil {
		return nil
	}
	file, _, err := o.open()
	if err != nil {
		return err
	}
	defer file.Close()
	size := o.id.info.Size()
	from := io.ReaderAt(file)
	if part != nil {
		from = part.follow(file, size, 0, 1)
	}
	sum := sha256.New()
	if _, err := copyUnlessDone(ctx, sum, io.NewSectionReader(from, 0, size)); err != nil {
		return cause(err)
	}
	o.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// copyUnlessDone is io.Copy that looks at ctx between blocks.
func copyUnlessDone(ctx context.Context, w io.Writer, r io.Reader) (n int64, err error) {
	buf := blocks.Get().(*[]byte)
	defer blocks.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{&doneReader{ctx, r}}, *buf)
}

// blockLen is how much of a file is read at a time.
const blockLen = 512 << 10

var blocks = sync.Pool{New: func() any { b := make([]byte, blockLen); return &b }}

type doneReader struct {
	ctx context.Context
	io.Reader
}

func (r *doneReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
