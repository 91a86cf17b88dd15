// Package eventjson reads Windows events that were shipped or exported as JSON.
//
// There is no one such format. Read here are the flat records of NXLog and of exports that name TimeCreated, Winlogbeat 6
// and 7, the tree of evtx_dump and Velociraptor, and Azure's tables with EventData as a text of JSON or XML; one object
// per line, in an array, or laid out over several lines. What the events mean is winevent's business.
//
// https://www.rfc-editor.org/rfc/rfc8259
package eventjson

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/valyala/fastjson"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// Format is Windows events as JSON.
var Format = parsers.Format{
	Name:        "event-json",
	Description: "Windows events as JSON: NXLog, Winlogbeat, evtx_dump, Velociraptor, Azure and flat exports",
	Unit:        "events",
	Sniff:       sniff,
	Parse:       parse,
	Show:        show,
}

// maxObject bounds one event; the largest that Windows writes are 64 KiB of data.
const maxObject = 64 << 20

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	text := winevent.Text(in.Reader())
	if m, ok := out.(merger); ok && in.Jobs > 1 && in.Size > blockLen {
		bs := blocks{name: in.Name, in: text, out: m, size: blockLen, line: 1}
		return bs.read(ctx, in.Jobs)
	}
	_, err := read(ctx, newSplitter(text, maxObject), &reader{file: in.Name, out: out})
	return err
}

// read reads objects to the end, and tells whether nothing but blanks stands behind the last.
func read(ctx context.Context, objects *splitter, r *reader) (between bool, err error) {
	between = true
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		o, err := objects.next()
		switch {
		case errors.Is(err, io.EOF):
			return between, nil
		case err != nil:
			return false, fmt.Errorf("read line %d: %w", o.line, err)
		case o.bad != nil:
			r.out.Problem(r.problem(o))
		default:
			r.object(o)
		}
		between = o.bad == nil
	}
}

// A reader turns the objects of one file into records.
type reader struct {
	file    string
	out     evidence.Sink
	emitter winevent.Emitter
	inner   document // EventData kept as a text of JSON
	rec     winevent.Record
	found   fields
	clock   clock
	strings winevent.Strings
	decoded decoded

	computer, provider, channel, user recent
}

// object reads one object. What cannot be read of it is a problem with its line.
func (r *reader) object(o object) {
	e, ok := shapeOf(o.doc)
	if !ok {
		o.bad, o.kind = errNoEvent, evidence.Unsupported
		r.out.Problem(r.problem(o))
		return
	}
	r.record(e, evidence.Ref{File: r.file, Unit: "line", N: o.line})
	if r.rec.RecordID == 0 {
		r.rec.Digest = winevent.HashBytes(o.text)
	}
	f, err := r.fields(e)
	if err != nil {
		o.bad, o.kind, o.lost = fmt.Errorf("EventData: %w", err), evidence.Damaged, 1
		r.out.Problem(r.problem(o))
		return
	}
	r.rec.Fields = f
	r.emitter.Emit(&r.rec, r.out)
}

var errNoEvent = errors.New("an object that is no Windows event: it has no event id with a provider or channel")

func (r *reader) problem(o object) evidence.Problem {
	return evidence.Problem{
		Kind: o.kind,
		Ref:  evidence.Ref{File: r.file, Unit: "line", N: o.line},
		Lost: o.lost, Known: o.lost > 0,
		Err: o.bad,
	}
}

// reason says in more words why a text could not be taken apart: fastjson, which does not read any other, tells what is
// missing where. Long texts are spared the tree that it makes.
func reason(text []byte, err error) error {
	const explained, most = 64 << 10, 160
	if len(text) > explained || !errors.Is(err, errNotJSON) && !errors.Is(err, errShort) {
		return err
	}
	_, why := fastjson.ParseBytes(text)
	if why == nil {
		return err
	}
	if s := why.Error(); len(s) > most {
		return errors.New(string(bytes.ToValidUTF8([]byte(s[:most]), nil)) + "...")
	}
	return why
}

// sniffed is how many objects are looked at: the first may be damaged, or be of a kind that is not read.
const sniffed = 8

func sniff(head []byte) bool {
	objects := newSplitter(winevent.Text(bytes.NewReader(head)), 2*parsers.SniffLen) // UTF-16 may grow
	for range sniffed {
		o, err := objects.next()
		if err != nil {
			return false
		}
		if o.bad != nil {
			if errors.Is(o.bad, errCut) && len(head) >= parsers.SniffLen {
				return resembles(o.text)
			}
			continue
		}
		if _, ok := shapeOf(o.doc); ok {
			return true
		}
	}
	return false
}

// resembles judges an event that is longer than the head by the names in it.
func resembles(head []byte) bool {
	names := 0
	for _, name := range []string{`"EventID"`, `"event_id"`, `"Channel"`, `"SourceName"`, `"Provider"`, `"winlog"`, `"log_name"`} {
		if bytes.Contains(head, []byte(name)) {
			names++
		}
	}
	return names >= 2
}
