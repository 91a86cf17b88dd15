package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// strange are texts that JSON has rules for, and some at the edges of those rules.
func strange() []string {
	all := append(slices.Clone(payloads), "", " ", "~", "\x7f", `\`, `"`, `C:\a "b"\`, "\xff", "\xed\xa0\x80", "é", "a\u2028", "\U0001f600", "\x00", "<&>", "\ufffd")
	for c := range 256 {
		all = append(all, "x"+string([]byte{byte(c)})+"y")
	}
	return all
}

func TestQuotesAsEncodingJSON(t *testing.T) {
	for _, s := range strange() {
		a := appender{buf: []byte("[")}
		if a.quote(s); string(a.buf) != "["+string(quoted(s)) {
			t.Errorf("%q is written %s, want [%s", s, a.buf, quoted(s))
		}
	}
}

// again writes a document as package encoding/json does, token by token.
func again(t *testing.T, doc []byte) string {
	t.Helper()
	if !json.Valid(doc) {
		t.Fatalf("no JSON: %s", doc)
	}
	in := json.NewDecoder(bytes.NewReader(doc))
	in.UseNumber()
	var out bytes.Buffer
	value(t, in, &out)
	return out.String()
}

func value(t *testing.T, in *json.Decoder, out *bytes.Buffer) {
	t.Helper()
	token, err := in.Token()
	if err != nil {
		t.Fatal(err)
	}
	open, ok := token.(json.Delim)
	if !ok {
		var text bytes.Buffer
		if err := encode(&text, token, ""); err != nil {
			t.Fatal(err)
		}
		out.WriteString(strings.TrimSuffix(text.String(), "\n"))
		return
	}
	out.WriteRune(rune(open))
	for first := true; in.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		if value(t, in, out); open == '{' {
			out.WriteByte(':')
			value(t, in, out)
		}
	}
	end, _ := in.Token()
	fmt.Fprint(out, end)
}

// What a record is made of is written as package encoding/json writes it, byte for byte, however hostile its texts are.
func TestFlowsAsEncodingJSON(t *testing.T) {
	all := flows()
	for i, s := range strange() {
		s = strings.ToValidUTF8(s, "?") // what is none is not read back as it stood: see TestQuotesAsEncodingJSON
		f := *all[i%len(all)]
		f.Host, f.Domain, f.Process.CommandLine, f.Process.User, f.Process.EntityIDs = s, s, s, s, []string{s, s}
		f.Process.Chain, f.Inner, f.Protocol, f.State, f.TunnelKind, f.Attribution.Reason = []string{s}, []string{s}, s, s, s, s
		f.Attribution.Behalf, f.Attribution.Rivals, f.Noted = []string{s}, []string{s, s}, &evidence.Naming{Names: []string{s}, Server: s}
		f.Refs, f.SensorRef = []evidence.Ref{{File: s}, {File: s, Unit: s, N: 1<<64 - 1}}, evidence.Ref{File: s, Unit: "frame"}
		f.Attribution.Confidence = 1 / float64(i+1)
		all = append(all, &f)
	}
	lines := slices.Collect(bytes.Lines(written(t, func(w *bytes.Buffer) error { return FlowJSONL.Write(w, slices.Values(all), Options{}) })))
	if len(lines) != len(all) {
		t.Fatalf("%d lines for %d flows", len(lines), len(all))
	}
	for _, line := range lines {
		if want := again(t, line) + "\n"; string(line) != want {
			t.Errorf("written\n%swant\n%s", line, want)
		}
	}
}

// A process, an attribution and a reference stand in flows and in findings, and look alike.
func TestFlowsAndFindingsLookAlike(t *testing.T) {
	f := beacon()
	note := &evidence.Naming{Ref: f.Refs[0], Names: []string{"a.example", "b.example"}, Server: "10.0.0.1"}
	bare := finding.Attribution{Basis: finding.BasisNone}
	for _, c := range []struct {
		key   string
		write func(a *appender)
		want  any
	}{
		{"process", func(a *appender) { a.process(&f.Process) }, newProcess(&f.Process)},
		{"attribution", func(a *appender) { a.attribution(&f.Attribution) }, newAttribution(&f.Attribution)},
		{"attribution", func(a *appender) { a.attribution(&bare) }, newAttribution(&bare)},
		{"destination", func(a *appender) { a.noted(note) }, struct {
			Noted *jsonNote `json:"noted"`
		}{newNote(note)}},
	} {
		a := appender{buf: []byte("{")}
		a.object(c.key, func() { c.write(&a) })
		var want bytes.Buffer
		if err := encode(&want, map[string]any{c.key: c.want}, ""); err != nil {
			t.Fatal(err)
		}
		if got := string(a.buf) + "}\n"; got != want.String() {
			t.Errorf("a flow says\n%sa finding\n%s", got, want.String())
		}
	}
}
