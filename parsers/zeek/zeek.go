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
	"cmp"
	"context"
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
	return hasKey(line, "ts") && (hasKey(line, "_path") || hasKey(line, "@stream") || logOf(func(f field) bool {
		name := fieldNames[f]
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
func logOf(has func(field) bool) string {
	switch {
	case has(fTSDelta) && has(fGaps) && has(fAcks):
		return "capture_loss"
	case has(fFUID) && has(fSeenBytes):
		return "files"
	case has(fCertSubject):
		return "x509"
	case has(fMAC) && has(fUIDs):
		return "dhcp"
	case !has(fUID) || !has(fOrigH) && !has(fID):
		return ""
	case has(fConnState):
		return "conn"
	case has(fTransID) && has(fProto):
		return "dns"
	case has(fTransDepth) && (has(fMethod) || has(fStatusCode) || has(fURI)):
		return "http"
	case has(fEstablished) && has(fResumed):
		return "ssl"
	case has(fAction) && (has(fSharePath) || has(fName)):
		return "smb_files"
	case has(fShareType):
		return "smb_mapping"
	case has(fEndpoint) && has(fOperation):
		return "dce_rpc"
	case has(fSuccess) && has(fService) || has(fRequestType):
		return "kerberos"
	case has(fUsername) && has(fDomainName) || has(fServerNBName):
		return "ntlm"
	case has(fSecurityProtocol) || has(fCookie) && has(fResult):
		return "rdp"
	case has(fVersion) && has(fAuthAttempts) || has(fKexAlg):
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
	rows    *rows
	tunnels tunnels // nil before the first connection
	doubts  doubts
	texts   evidence.Texts  // those that repeat
	lately  [256]string     // some of them, by a glance
	logs    map[string]bool // the logs met that are not used
	loss    loss

	found, removed, ordered []string // protocols of the connection at hand
}

func parse(ctx context.Context, in *parsers.Input, out evidence.Sink) error {
	p := newParser(ctx, in, out)
	for p.rows.next() {
		log, r, err := p.rows.row()
		if err == nil {
			err = p.take(log, r)
		}
		if err != nil {
			p.damaged(err)
			continue
		}
		p.capture.Lines++
	}
	p.ending(&p.rows.table)
	p.finish()
	return p.rows.Err
}

func newParser(ctx context.Context, in *parsers.Input, out evidence.Sink) *parser {
	p := &parser{in: in, out: out, sensor: cmp.Or(in.Folder, "."), rows: newRows(ctx, in), logs: map[string]bool{}}
	p.capture = evidence.Capture{Ref: evidence.Ref{File: in.Name}, Kind: "zeek", Sensor: p.sensor}
	return p
}

// ending judges how the file ends: a log that Zeek closed says so.
func (p *parser) ending(t *table) {
	if p.rows.Open {
		p.out.Problem(evidence.Problem{Kind: evidence.Truncated, Ref: p.ref(), Err: errors.New("the last line has no end")})
	}
	if t.columns != nil && !t.closed {
		p.doubts.note("the log has no #close line: Zeek was still writing it, or its end is missing")
	}
}

// take makes observations of one line.
func (p *parser) take(log string, r row) error {
	if isConn(log) {
		return p.conn(r)
	}
	switch log {
	case "dns", "http", "ssl", "smb_files", "smb_mapping", "dce_rpc", "kerberos", "ntlm", "rdp", "ssh":
		return p.app(log, r)
	case "files":
		p.files(r)
	case "x509":
		return p.x509(r)
	case "dhcp":
		p.lease(r)
	case "capture_loss":
		p.loss.add(r)
	default:
		p.unused(log)
	}
	return nil
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
	p.loss.describe(&p.capture, &p.doubts)
	p.capture.Comment = p.doubts.push(p.in.Name, p.out)
	p.out.Capture(p.capture)
}

// damaged reports a line that could not be used.
func (p *parser) damaged(err error) {
	p.out.Problem(evidence.Problem{Kind: evidence.Damaged, Ref: p.ref(), Lost: 1, Known: true, Err: err})
}

func (p *parser) ref() evidence.Ref { return evidence.Ref{File: p.in.Name, Unit: "line", N: p.rows.N} }

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

// word is what b says, the same string each time: histories, states and names of protocols repeat on every line.
func (p *parser) word(b []byte) string {
	if len(b) == 0 || len(b) > longestWord {
		return string(b)
	}
	last := &p.lately[glance(b)%len(p.lately)]
	if *last != string(b) {
		*last = p.texts.Of(b)
	}
	return *last
}

// longestWord bounds what is taken for a word, in bytes.
const longestWord = 128

// glance tells texts apart by their length and three of their bytes.
func glance(b []byte) int {
	return len(b)*7 + int(b[0])*3 + int(b[len(b)/2])*5 + int(b[len(b)-1])*11
}

// clip bounds text of the file that is quoted in a message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
