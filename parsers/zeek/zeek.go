// Package zeek reads the logs of the network sensor Zeek: TSV with its header lines, and JSON with one object a line.
//
// A log is recognised by its header, its stream name or its fields, never by its file name. conn, conn_long and open_conn
// become connections; dns, http, ssl, smb_files, smb_mapping, dce_rpc, kerberos, ntlm, rdp, ssh and files become statements
// about the content of connections, which carry the same UID; x509 becomes the certificates that ssl names, dhcp becomes
// leases; of the others the lines are counted. What Zeek writes is not always what was on the wire: see doubt.go.
//
// https://docs.zeek.org/en/master/log-formats.html
// https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html
package zeek

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Format reads Zeek logs.
var Format = parsers.Format{
	Name:        "zeek",
	Description: "Zeek logs, TSV or JSON (conn, dns, http, ssl, x509, files, smb, dce_rpc, kerberos, ntlm, rdp, ssh, dhcp)",
	Unit:        "lines",
	Sniff:       sniff,
	Parse:       parse,
	Show:        parsers.ShowLine,
}

// sniff looks for the header of a TSV log, or for the keys of a JSON one in the first line.
func sniff(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(head, []byte("#")) {
		return sniffTSV(head)
	}
	if !bytes.HasPrefix(head, []byte("{")) {
		return false
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return hasKey(line, "ts") && (hasKey(line, "_path") || hasKey(line, "@stream") || logOf(func(name string) bool {
		return hasKey(line, name) || hasKey(line, strings.Replace(name, "_", ".", 1))
	}) != "")
}

func sniffTSV(head []byte) bool {
	for line := range bytes.Lines(head) {
		if !bytes.HasPrefix(line, []byte("#")) {
			return false
		}
		if bytes.HasPrefix(line, []byte("#separator ")) || bytes.HasPrefix(line, []byte("#fields")) {
			return true
		}
	}
	return false
}

func hasKey(line []byte, name string) bool { return bytes.Contains(line, []byte(`"`+name+`":`)) }

// logOf tells which log has these fields. It is asked for JSON that does not name its stream.
func logOf(has func(field string) bool) string {
	hasAll := func(fields ...string) bool {
		for _, f := range fields {
			if !has(f) {
				return false
			}
		}
		return true
	}
	switch {
	case hasAll("ts_delta", "gaps", "acks"):
		return "capture_loss"
	case hasAll("fuid", "seen_bytes"):
		return "files"
	case hasAll("certificate_subject"):
		return "x509"
	case hasAll("mac", "uids"):
		return "dhcp"
	case !has("uid") || !has("id_orig_h") && !has("id"):
		return ""
	case hasAll("conn_state"):
		return "conn"
	case hasAll("trans_id", "proto"):
		return "dns"
	case hasAll("trans_depth") && (has("method") || has("status_code") || has("uri")):
		return "http"
	case hasAll("established", "resumed"):
		return "ssl"
	case hasAll("action") && (has("path") || has("name")):
		return "smb_files"
	case hasAll("share_type"):
		return "smb_mapping"
	case hasAll("endpoint", "operation"):
		return "dce_rpc"
	case hasAll("success", "service") || hasAll("request_type"):
		return "kerberos"
	case hasAll("username", "domainname") || hasAll("server_nb_computer_name"):
		return "ntlm"
	case hasAll("security_protocol") || hasAll("cookie", "result"):
		return "rdp"
	case hasAll("version", "auth_attempts") || hasAll("kex_alg"):
		return "ssh"
	}
	return ""
}

// A parser reads one log file.
type parser struct {
	in      *parsers.Input
	out     evidence.Sink
	sensor  string
	capture evidence.Capture
	lines   *parsers.Lines
	conns   conns
	doubts  doubts
	words   map[string]string // strings that repeat
	logs    map[string]bool   // the logs met that are not used
	loss    loss
}

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	p := &parser{in: in, out: out, sensor: in.Folder, lines: parsers.NewLines(in), words: map[string]string{}, logs: map[string]bool{}}
	if p.sensor == "" {
		p.sensor = "."
	}
	p.capture = evidence.Capture{Ref: evidence.Ref{File: in.Name}, Kind: "zeek", Sensor: p.sensor}
	err := p.rows(ctx)
	p.finish()
	return err
}

// rows reads the log line by line, whichever of its two shapes each line has.
func (p *parser) rows(ctx context.Context) error {
	var t table
	for p.lines.Next() {
		if p.lines.N%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line := p.lines.Text
		switch {
		case p.lines.TooLong:
			p.damaged(errors.New("line too long to be read"))
		case len(line) == 0:
		case line[0] == '#':
			t.header(string(line))
		case line[0] == '{':
			p.object(line)
		default:
			p.row(&t, line)
		}
	}
	p.ending(&t)
	return p.lines.Err
}

// ending judges how the file ends: a log that Zeek closed says so.
func (p *parser) ending(t *table) {
	if p.lines.Open {
		p.out.Problem(evidence.Problem{Kind: evidence.Truncated, Ref: p.ref(), Err: errors.New("the last line has no end")})
	}
	if t.fields != nil && !t.closed {
		p.doubts.note("the log has no #close line: Zeek was still writing it, or its end is missing")
	}
}

func (p *parser) row(t *table, line []byte) {
	if t.fields == nil {
		p.damaged(errors.New("line before any #fields"))
		return
	}
	if n := t.split(line); n != t.columns {
		p.damaged(fmt.Errorf("%d fields where #fields names %d", n, t.columns))
		return
	}
	p.take(t.path, t)
}

func (p *parser) object(line []byte) {
	o := object{}
	if err := json.Unmarshal(line, &o.keys); err != nil {
		p.damaged(fmt.Errorf("line is no JSON object: %w", err))
		return
	}
	name := o.text("_path")
	if name == "" {
		name = o.text("@stream")
	}
	if name == "" {
		name = logOf(func(f string) bool { _, ok := o.raw(f); return ok })
	}
	p.take(name, &o)
}

// take makes observations of one line. Rotated logs keep their path, those of other writers may have a suffix.
func (p *parser) take(log string, r row) {
	p.capture.Lines++
	name, _, _ := strings.Cut(log, ".")
	var err error
	switch name {
	case "conn", "conn_long", "open_conn":
		err = p.conn(r)
	case "dns", "http", "ssl", "smb_files", "smb_mapping", "dce_rpc", "kerberos", "ntlm", "rdp", "ssh":
		err = p.app(name, r)
	case "files":
		p.files(r)
	case "x509":
		err = p.x509(r)
	case "dhcp":
		p.lease(r)
	case "capture_loss":
		p.loss.add(r)
	default:
		p.unused(name)
	}
	if err != nil {
		p.capture.Lines--
		p.damaged(err)
	}
}

// unused says once of a log that nothing is made of it.
func (p *parser) unused(log string) {
	if log = clip(log); !p.logs[log] && len(p.logs) < 100 {
		p.logs[log] = true
		p.doubts.note(fmt.Sprintf("log %q: lines counted, not used", log))
	}
}

// finish pushes what only the whole log tells.
func (p *parser) finish() {
	p.conns.push(p.out)
	p.loss.describe(&p.capture, &p.doubts)
	p.capture.Comment = p.doubts.push(p.in.Name, p.out)
	p.out.Capture(p.capture)
}

// damaged reports a line that could not be used.
func (p *parser) damaged(err error) {
	p.out.Problem(evidence.Problem{Kind: evidence.Damaged, Ref: p.ref(), Lost: 1, Known: true, Err: err})
}

func (p *parser) ref() evidence.Ref { return evidence.Ref{File: p.in.Name, Unit: "line", N: p.lines.N} }

// span widens the time covered by the log.
func (p *parser) span(from, to time.Time) {
	if from.IsZero() {
		return
	}
	if c := &p.capture; c.First.IsZero() || from.Before(c.First) {
		c.First = from
	}
	if to.After(p.capture.Last) {
		p.capture.Last = to
	}
}

// word returns s, the same one each time: histories, states and protocol names repeat on every line.
func (p *parser) word(s string) string {
	if w, ok := p.words[s]; ok {
		return w
	}
	if len(p.words) < maxWords && len(s) <= longestWord {
		p.words[s] = s
	}
	return s
}

// maxWords bounds the strings that are kept because they may repeat, longestWord their length.
const (
	maxWords    = 1 << 16
	longestWord = 128
)

// clip bounds text of the file that is quoted in a message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
