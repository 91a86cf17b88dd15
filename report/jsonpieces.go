package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
)

// A composer writes a document of JSON line by line. Its lists, which may be long, are encoded in pieces, several at a time: no
// more of the document is held than those take.
type composer struct {
	*piece // what comes behind those that are on their way
	layout layout
	pieces chan *piece // in the order of the document
	spare  chan *piece // that were written
}

// A piece is a part of a document.
type piece struct {
	appender
	laid []byte     // line by line
	done chan error // once it is laid out
}

// perPiece is how many elements of a list are encoded together.
const perPiece = 32

// compose writes a document, to which fill adds the keys.
func compose(w io.Writer, fill func(*composer)) (err error) {
	atOnce := runtime.GOMAXPROCS(0)
	c := &composer{layout: layout{indent: "  "}, pieces: make(chan *piece, atOnce)}
	c.spare = make(chan *piece, atOnce+3) // all there are: one is looked at here, one begun, one encoded
	go func() {
		defer close(c.pieces)
		c.piece = c.room()
		c.buf = append(c.buf, '{')
		fill(c)
		c.buf = append(c.buf, "}\n"...)
		c.settle()
	}()
	for p := range c.pieces {
		if failed := <-p.done; err == nil {
			err = failed
		}
		if err == nil {
			_, err = w.Write(p.laid)
		}
		c.spare <- p
	}
	return err
}

// room returns an empty piece, in the memory of one that was written where there is one.
func (c *composer) room() *piece {
	select {
	case p := <-c.spare:
		p.buf = p.buf[:0]
		return p
	default:
		return &piece{done: make(chan error, 1)}
	}
}

// settle ends a piece.
func (c *composer) settle() {
	c.pieces <- c.piece
	c.piece.layOut(&c.layout)
	c.piece = c.room()
}

// listed writes a list under a key: of each element what of makes of it.
func listed[T, U any](c *composer, name string, all []T, of func(*T) U) {
	c.key(name)
	c.buf = append(c.buf, '[')
	if len(all) > 0 {
		c.settle()
	}
	for part := range slices.Chunk(all, perPiece) {
		p, l, first := c.room(), c.layout, &part[0] == &all[0]
		c.pieces <- p
		go func() {
			for i := range part {
				if i > 0 || !first {
					p.buf = append(p.buf, ',')
				}
				p.encode(of(&part[i]))
			}
			p.layOut(&l)
		}()
	}
	c.buf = append(c.buf, ']')
}

// layOut ends a piece that begins where l stands.
func (p *piece) layOut(l *layout) {
	p.laid = l.lay(p.laid[:0], p.buf)
	p.done <- p.err
}

// value writes what package encoding/json makes of v.
func (a *appender) value(name string, v any) {
	a.key(name)
	a.encode(v)
}

func (a *appender) encode(v any) {
	b := bytes.NewBuffer(a.buf)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil && a.err == nil {
		a.err = fmt.Errorf("encode: %w", err)
	}
	a.buf = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
