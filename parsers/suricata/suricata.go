// Package suricata reads the event log of the network sensor Suricata: EVE, one JSON object a line (eve.json).
//
// flow and netflow become connections; dns, http, tls, quic, smb, dcerpc, ssh, rdp, krb5 and the files of SMB become
// statements about the content of connections, which carry the same flow_id; dhcp becomes leases, and stats tells what
// the capture lost. Of other events the lines are counted. Bytes in flow are lengths of frames: see evidence.Volume.
//
// https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
package suricata

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/rawjson"
)

// Format reads EVE.
var Format = parsers.Format{
	Name:        "suricata",
	Description: "Suricata's EVE JSON (flow, netflow, dns, http, tls, quic, smb, dcerpc, ssh, rdp, krb5, dhcp, fileinfo, stats)",
	Unit:        "lines",
	Sniff:       sniff,
	Parse:       parse,
	Show:        parsers.ShowLine,
}

// sniffLines is how many lines may be damaged before one that shows what the file is.
const sniffLines = 8

// sniff looks for a line that is an event. One that is longer than the head is known by its beginning.
func sniff(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	var e event
	for range sniffLines {
		line, rest, ended := bytes.Cut(head, []byte("\n"))
		err := e.decode(line)
		if err == nil && e.isEVE() {
			return true
		}
		if !ended {
			return err != nil && beginsEVE(line)
		}
		head = rest
	}
	return false
}

// beginsEVE knows the beginning of a line as Suricata writes it: statistics of many threads are long.
func beginsEVE(line []byte) bool {
	return bytes.HasPrefix(line, []byte(`{"timestamp":"`)) && bytes.Contains(line, []byte(`,"event_type":"`))
}

// A parser reads one log.
type parser struct {
	in      *parsers.Input
	out     evidence.Sink
	lines   *parsers.Lines
	sensors sensors
	halves  queue[half, evidence.Conn]
	asked   queue[exchange, evidence.AppRecord]
	doubts  doubts
	event   event              // of the current line
	record  evidence.AppRecord // made of it
	now     time.Time          // of the last line with a time that can be read
}

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	p := &parser{in: in, out: out, lines: parsers.NewLines(in), sensors: newSensors(in)}
	err := p.events(ctx)
	p.halves.flush(out.Conn)
	p.asked.flush(out.App)
	p.sensors.push(out, p.doubts.push(out))
	return err
}

func (p *parser) events(ctx context.Context) error {
	for p.lines.Next() {
		if p.lines.N%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if p.lines.TooLong {
			p.damaged(errors.New("line too long to be read"))
		} else if len(p.lines.Text) > 0 {
			p.line(p.lines.Text)
		}
	}
	return p.lines.Err
}

func (p *parser) line(text []byte) {
	e := &p.event
	switch err := e.decode(text); {
	case errors.Is(err, errNotJSON):
		p.broken(rawjson.Fault(text))
		return
	case err != nil:
		p.damaged(err)
		return
	case len(e.Type) == 0:
		p.damaged(errors.New("line names no event_type"))
		return
	}
	e.ref, e.sensor = p.ref(), p.sensors.of(e.Host)
	if err := p.take(e); err != nil {
		p.damaged(err)
		return
	}
	e.sensor.capture.Lines++
}

// broken reports a line that is no JSON: the last one of a file without an end was cut off.
func (p *parser) broken(err error) {
	if !p.lines.Open {
		p.damaged(fmt.Errorf("line is no JSON object: %w", err))
		return
	}
	p.out.Problem(evidence.Problem{Kind: evidence.Truncated, Ref: p.ref(), Lost: 1, Known: true, Err: errors.New("the last line is cut off")})
}

// damaged reports a line that could not be used.
func (p *parser) damaged(err error) {
	p.out.Problem(evidence.Problem{Kind: evidence.Damaged, Ref: p.ref(), Lost: 1, Known: true, Err: err})
}

func (p *parser) ref() evidence.Ref { return evidence.Ref{File: p.in.Name, Unit: "line", N: p.lines.N} }

// take makes observations of one event.
func (p *parser) take(e *event) error {
	at, ok := p.instant(e.Time)
	if !ok {
		p.doubts.add(badTime, e.ref)
	}
	if e.at = at; ok {
		p.now = at
	}
	if string(e.Type) != "stats" { // where a file was read these are dated by the machine's clock
		e.sensor.span(at)
	}
	if content, known := contents[string(e.Type)]; known {
		return p.app(e, content)
	}
	switch string(e.Type) {
	case "flow":
		return p.flow(e)
	case "netflow":
		return p.netflow(e)
	case "dns", "mdns", "llmnr":
		return p.dns(e)
	case "dhcp":
		return p.lease(e)
	case "stats":
		e.sensor.drops.add(e.Stats)
	default:
		p.doubts.unused(e.Type)
	}
	return nil
}
