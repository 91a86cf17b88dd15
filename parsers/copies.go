package parsers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// hashFirst hashes the files that cannot be parsed before their hash is known: those whose name depends on it, and those
// that may hold the same as another. All others are hashed while they are parsed.
func (r *run) hashFirst(ctx context.Context) error {
	clash, twins := clashing(r.opened), r.twins()
	return r.each(ctx, len(r.opened), func(i int) {
		switch o := r.opened[i]; {
		case twins[o]:
			r.hashContent(ctx, o)
		case clash[o.root]:
			o.hash(ctx, nil)
		}
	})
}

// twins are the recognised files that begin like another, unless their sizes tell them apart. How much a packed file holds
// is not known.
func (r *run) twins() map[*opened]bool {
	type sized struct {
		mark uint64
		size int64
	}
	alike, packed, same := map[uint64]int{}, map[uint64]bool{}, map[sized]int{}
	for _, o := range r.opened {
		if o.format != nil {
			alike[o.id.mark]++
			same[sized{o.id.mark, o.id.info.Size()}]++
			packed[o.id.mark] = packed[o.id.mark] || o.id.packed != nil
		}
	}
	twins := map[*opened]bool{}
	for _, o := range r.opened {
		if o.format != nil && (same[sized{o.id.mark, o.id.info.Size()}] > 1 || packed[o.id.mark] && alike[o.id.mark] > 1) {
			twins[o] = true
		}
	}
	return twins
}

// hashContent hashes a file as stored and as unpacked. What went wrong is met again when the file is read.
func (r *run) hashContent(ctx context.Context, o *opened) {
	if o.id.packed == nil {
		if o.hash(ctx, nil) == nil {
			o.content = o.SHA256
		}
		return
	}
	content := sha256.New()
	in, err := r.openInput(ctx, o, 1, content)
	if err != nil {
		return
	}
	o.input, o.content = in, hex.EncodeToString(content.Sum(nil))
}

// skipCopies leaves files out whose content stands in an earlier one too, and adds up what remains to be read.
func (r *run) skipCopies() {
	first := map[string]*opened{}
	for _, o := range r.opened {
		of := first[o.content]
		switch {
		case o.format == nil:
			continue
		case o.content != "" && of != nil:
			o.copyOf, o.SameAs = of, of.Name
			o.letGo()
			continue
		}
		first[o.content] = o
		r.toRead += o.size
	}
}
