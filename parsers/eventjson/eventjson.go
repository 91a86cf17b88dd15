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
}

// maxObject bounds one event; the largest that Windows writes are 64 KiB of data.
const maxObject = 64 << 20

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	objects := newSplitter(winevent.Text(in.Reader()), maxObject)
	r := reader{file: in.Name, out: out}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		o, err := objects.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read line %d: %w", o.line, err)
		case o.bad != nil:
			out.Problem(r.problem(o))
		default:
			r.object(o)
		}
	}
}

// A reader turns the objects of one file into records.
type reader struct {
	file    string
	out     evidence.Sink
	parser  fastjson.Parser
	inner   fastjson.Parser // of EventData kept as a text of JSON
	strings winevent.Strings
}

// object reads one object. What cannot be read of it is a problem with its line.
func (r *reader) object(o object) {
	v, err := r.parser.ParseBytes(o.text)
	if err != nil {
		r.lost(o, fmt.Errorf("not JSON: %w", short(err)))
		return
	}
	e, ok := shapeOf(v)
	if !ok {
		o.bad, o.kind = errNoEvent, evidence.Unsupported
		r.out.Problem(r.problem(o))
		return
	}
	rec := r.record(e)
	rec.Ref = evidence.Ref{File: r.file, Unit: "line", N: o.line}
	if rec.RecordID == 0 {
		rec.Digest = winevent.HashBytes(o.text)
	}
	if rec.Fields, err = r.fields(e); err != nil {
		r.lost(o, fmt.Errorf("EventData: %w", err))
		return
	}
	if rec.Wanted() {
		rec.Message = string(e.text(e.texts))
	}
	winevent.Emit(&rec, r.out)
}

// lost reports an object of which nothing is used.
func (r *reader) lost(o object, err error) {
	o.bad, o.kind, o.lost = err, evidence.Damaged, 1
	r.out.Problem(r.problem(o))
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

// short cuts an error of the JSON parser, which quotes what it could not read.
func short(err error) error {
	const most = 160
	if s := err.Error(); len(s) > most {
		return errors.New(string(bytes.ToValidUTF8([]byte(s[:most]), nil)) + "...")
	}
	return err
}

// sniffed is how many objects are looked at: the first may be damaged, or be of a kind that is not read.
const sniffed = 8

func sniff(head []byte) bool {
	objects := newSplitter(winevent.Text(bytes.NewReader(head)), 2*parsers.SniffLen) // UTF-16 may grow
	var p fastjson.Parser
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
		if v, err := p.ParseBytes(o.text); err == nil {
			if _, ok := shapeOf(v); ok {
				return true
			}
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
