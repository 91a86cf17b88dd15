package parsers

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"io/fs"
	"path"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An identity is what the first look at a file tells.
type identity struct {
	info   fs.FileInfo // nil when the file could not be read
	packed *wrapping   // nil when it was not
	head   []byte      // first bytes as unpacked, during the look
	mark   uint64      // a hash of these; the same content gives the same
	stuck  error       // why unpacking went no further than these
	format *Format
}

var marks = maphash.MakeSeed()

// look reads the first bytes of a file and finds its format.
func (r *run) look(f found) *opened {
	batch := &evidence.Batch{}
	if r.opt.Overflow != nil {
		batch.Overflow = r.opt.Overflow()
	}
	o := &opened{found: f, Source: &Source{Name: f.name, Size: uint64(f.size), State: Unreadable, Batch: batch}, part: r.meter.part(f.size)}
	if o.folder = path.Dir(f.name); o.folder == "." {
		o.folder = ""
	}
	if o.id, o.err = identify(&f, r.recognised); o.err == nil {
		o.identified()
	}
	return o
}

// identify recognises a file by its first bytes.
func identify(f *found, recognised func([]byte) *Format) (id identity, err error) {
	file, info, err := f.open()
	if err != nil {
		return id, err
	}
	defer file.Close()
	if err := id.look(file, info.Size()); err != nil {
		return id, cause(err)
	}
	id.info, id.mark, id.format = info, maphash.Bytes(marks, id.head), recognised(id.head)
	return id, nil
}

// look takes the first bytes of the content, and how it was packed.
func (id *identity) look(file io.ReaderAt, size int64) error {
	b := make([]byte, min(size, SniffLen))
	n, err := file.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return err
	}
	id.head = b[:n]
	if id.packed = wrappingOf(id.head); id.packed == nil {
		return nil
	}
	var first bytes.Buffer
	_, id.stuck = id.packed.unpack(context.Background(), io.NewSectionReader(file, 0, size), size, &limited{w: &first, left: SniffLen})
	id.head = first.Bytes()
	return nil
}

// identified fills in what the first look told.
func (o *opened) identified() {
	o.Size, o.format = uint64(o.id.info.Size()), o.id.format
	if o.id.packed != nil {
		o.Unpacked = o.id.packed.name
	}
	switch {
	case len(o.id.head) == 0 && o.id.stuck != nil:
		o.err = o.id.stuck
	case len(o.id.head) == 0:
		o.State = Empty
	case o.format == nil:
		o.State = Unknown
	default:
		o.Format, o.Unit = o.format.Name, o.format.Unit
	}
	o.id.head = nil
}

// notOpened keeps the reason. What holds no bytes of its own is no evidence that went unread.
func (o *opened) notOpened() {
	if errors.As(o.err, new(specialError)) {
		o.State = Unknown
		o.problem(evidence.Unsupported, o.err)
		return
	}
	o.problem(kindOf(o.err), o.err)
}

// recognised returns the first format that says yes. A format whose Sniff panics does not.
func (r *run) recognised(head []byte) *Format {
	for i := range r.formats {
		if sniffs(&r.formats[i], head) {
			return &r.formats[i]
		}
	}
	return nil
}

func sniffs(f *Format, head []byte) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	return f.Sniff(head)
}
