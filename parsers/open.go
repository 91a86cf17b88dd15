package parsers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An identity is what the first pass over a file learns.
type identity struct {
	stored  [32]byte // SHA-256 of the bytes as stored
	content [32]byte // SHA-256 of the bytes as unpacked
	size    int64    // of the bytes as stored
	info    fs.FileInfo
	packed  *wrapping // nil when it was not
	head    []byte    // first bytes as unpacked
	stuck   error     // why unpacking went no further than these
	format  *Format
}

// identify hashes a file and recognises it by its first bytes.
func identify(ctx context.Context, f *found, recognised func([]byte) *Format, part *part) (id identity, err error) {
	file, info, err := f.open()
	if err != nil {
		return id, err
	}
	defer file.Close()
	stored := sha256.New()
	size, err := copyUnlessDone(ctx, stored, part.count(file))
	if err != nil {
		return id, cause(err)
	}
	id.info, id.size, id.content = info, size, [32]byte(stored.Sum(nil))
	id.stored = id.content
	if err := id.look(file); err != nil {
		return id, cause(err)
	}
	if id.format = recognised(id.head); id.format != nil && id.packed != nil {
		content := sha256.New()
		id.packed.unpack(ctx, io.NewSectionReader(file, 0, size), size, content) // its error comes up again when the file is read
		id.content = [32]byte(content.Sum(nil))
	}
	return id, nil
}

// look takes the first bytes of the content, and how it was packed.
func (id *identity) look(file io.ReaderAt) error {
	b := make([]byte, min(id.size, SniffLen))
	n, err := file.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return err
	}
	id.head = b[:n]
	if id.packed = wrappingOf(id.head); id.packed == nil {
		return nil
	}
	var first bytes.Buffer
	_, id.stuck = id.packed.unpack(context.Background(), io.NewSectionReader(file, 0, id.size), id.size, &limited{w: &first, left: SniffLen})
	id.head = first.Bytes()
	return nil
}

// An input is a file opened for parsing: the file itself or what was unpacked from it.
type input struct {
	io.ReaderAt
	size   int64
	file   *os.File
	spool  *os.File
	stored fs.FileInfo
}

// openInput opens a recognised file again. What unpacking loses is noted as a problem of the file.
func openInput(ctx context.Context, o *opened, folder string) (*input, error) {
	file, _, err := o.open()
	if err != nil {
		return nil, err
	}
	in := &input{ReaderAt: file, size: o.id.size, file: file, stored: o.id.info}
	if o.id.packed == nil {
		return in, nil
	}
	if err := in.unpack(ctx, o, folder); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (in *input) unpack(ctx context.Context, o *opened, folder string) (err error) {
	if in.spool, err = os.CreateTemp(folder, "wirewitness-*"); err != nil {
		return cause(err)
	}
	os.Remove(in.spool.Name()) // where a file in use can be removed, nothing is left behind even after a kill
	size, err := o.id.packed.unpack(ctx, io.NewSectionReader(in.file, 0, in.size), in.size, in.spool)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		o.Batch.Problem(evidence.Problem{Kind: kindOf(err), Ref: evidence.Ref{File: o.Name, Unit: "offset", N: uint64(size)}, Err: err})
	}
	in.ReaderAt, in.size = in.spool, size
	return nil
}

// Close closes and removes what openInput opened and made.
func (in *input) Close() {
	in.file.Close()
	if in.spool != nil {
		in.spool.Close()
		os.Remove(in.spool.Name())
	}
}

// copyUnlessDone is io.Copy that looks at ctx between blocks.
func copyUnlessDone(ctx context.Context, w io.Writer, r io.Reader) (n int64, err error) {
	buf := blocks.Get().(*[]byte)
	defer blocks.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{&doneReader{ctx, r}}, *buf)
}

var blocks = sync.Pool{New: func() any { b := make([]byte, 1<<20); return &b }}

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

// unchanged tells whether the file is still the one that was hashed: evidence on a live system is written to.
func (in *input) unchanged() error {
	info, err := in.file.Stat()
	if err == nil && (info.Size() != in.stored.Size() || !info.ModTime().Equal(in.stored.ModTime())) {
		err = errors.New("the file changed while it was read: the hash is not that of the bytes parsed")
	}
	return cause(err)
}
