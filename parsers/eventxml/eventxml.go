// Package eventxml reads Windows events exported as XML: by wevtutil or the event viewer, wrapped in Events or one behind
// the other, as UTF-8 or UTF-16. What the events mean is winevent's business.
//
// https://learn.microsoft.com/windows/win32/wes/eventschema-schema
package eventxml

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// Format is Windows events as XML.
var Format = parsers.Format{
	Name:        "event-xml",
	Description: "Windows events as XML: wevtutil, event viewer, evtxexport",
	Unit:        "events",
	Sniff:       sniff,
	Parse:       parse,
	Show:        show,
}

// maxEvent bounds one event; the largest that Windows writes are 64 KiB of data, which markup can multiply.
const maxEvent = 16 << 20

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	elements := newSplitter(winevent.Text(in.Reader()), maxEvent)
	r := reader{file: in.Name, out: out}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := elements.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read after event %d: %w", elements.n, err)
		case e.bad != nil:
			out.Problem(r.problem(e))
		default:
			r.event(e)
		}
	}
}

// A reader turns the Event elements of one file into records.
type reader struct {
	file    string
	out     evidence.Sink
	emitter winevent.Emitter
	tree    tree
	data    found // of the tree
	strings winevent.Strings
}

// event reads one element. A broken one is a problem; nothing of it is used.
func (r *reader) event(e element) {
	rec, err := r.record(e.text)
	if err != nil {
		e.bad, e.kind, e.lost = err, evidence.Damaged, 1
		r.out.Problem(r.problem(e))
		return
	}
	rec.Ref = r.ref(e)
	if rec.RecordID == 0 {
		rec.Digest = winevent.HashBytes(e.text)
	}
	r.emitter.Emit(&rec, r.out)
}

func (r *reader) ref(e element) evidence.Ref {
	return evidence.Ref{File: r.file, Unit: "event", N: e.n}
}

func (r *reader) problem(e element) evidence.Problem {
	p := evidence.Problem{Kind: e.kind, Ref: r.ref(e), Lost: e.lost, Known: e.lost > 0, Err: e.bad}
	if e.n == 0 {
		p.Ref = evidence.Ref{File: r.file}
	}
	return p
}

// sniff looks for an Event element with a System element in it. The head may end before the first one does.
func sniff(head []byte) bool {
	text, err := io.ReadAll(io.LimitReader(winevent.Text(bytes.NewReader(head)), parsers.SniffLen))
	text = bytes.TrimLeft(text, " \t\r\n")
	if err != nil || !bytes.HasPrefix(text, []byte("<")) {
		return false
	}
	i := indexTag(text, "Event")
	return i >= 0 && indexTag(text[i:], "System") >= 0
}
