package suricata

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/rawjson"
)

// reference reads a line by encoding/json alone: the whole tree first, then what an event has a place for.
func reference(line []byte) (e event, isJSON bool, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var tree map[string]any
	if !json.Valid(line) || d.Decode(&tree) != nil || tree == nil {
		return e, false, nil
	}
	err = put(&e, tree)
	if inner, ok := tree["event"].(map[string]any); ok && len(e.Type) == 0 {
		firewall := e.raw.firewall
		e, tree = event{}, inner
		err = put(&e, tree)
		e.Host = or(e.Host, firewall)
	}
	for name, to := range places(&e, tree) {
		err = cmp.Or(err, put(to, tree[name]))
	}
	return e, true, err
}

// places are where the sections go that are read of events of this type.
func places(e *event, tree map[string]any) map[string]any {
	switch kind := string(e.Type); kind {
	case "flow":
		return map[string]any{"flow": &e.Flow, "tcp": &e.TCP}
	case "dns", "mdns", "llmnr":
		for _, name := range []string{"dns", "mdns"} {
			if tree[name] != nil {
				return map[string]any{name: &e.DNS}
			}
		}
		return map[string]any{"llmnr": &e.DNS}
	case "http", "http2":
		return map[string]any{"http": &e.HTTP, "http2": &e.HTTP2}
	default:
		all := map[string]any{
			"netflow": &e.Netflow, "tls": &e.TLS, "quic": &e.QUIC, "smb": &e.SMB, "dcerpc": &e.DCERPC, "ssh": &e.SSH, "rdp": &e.RDP, "krb5": &e.KRB5,
			"dhcp": &e.DHCP, "fileinfo": &e.Fileinfo, "stats": &e.Stats,
		}
		if all[kind] == nil {
			return nil
		}
		return map[string]any{kind: all[kind]}
	}
}

// put is what set does, with values of encoding/json.
func put(to, v any) error {
	switch to := to.(type) {
	case *text:
		*to = scalar(v)
	case *number:
		*to = number{}
		if n, err := strconv.ParseUint(string(scalar(v)), 10, 64); err == nil {
			to.Count = evidence.Measured(n)
		}
	case *texts:
		*to = nil
		many, isList := v.([]any)
		if t := scalar(v); !isList && len(t) > 0 {
			*to = texts{t}
		}
		for _, one := range many {
			*to = append(*to, scalar(one))
		}
	case *bool:
		truth, is := v.(bool)
		if *to = truth; !is && v != nil {
			return errNoTruth
		}
	case *rawjson.Value:
	case *grouped:
		if _, is := v.(map[string]any); !is && v != nil {
			return errNoObject
		}
		*to, _ = json.Marshal(v)
	default:
		return putObjects(to, v)
	}
	return nil
}

// putObjects fills one object, one that need not be there, or a list.
func putObjects(to, v any) (err error) {
	if o, is := to.(object); is {
		tree, is := v.(map[string]any)
		for name, v := range tree {
			if field := o.field([]byte(name)); field != nil {
				err = cmp.Or(err, put(field, v))
			}
		}
		if !is && v != nil {
			return errNoObject
		}
		return err
	}
	place := reflect.ValueOf(to).Elem()
	place.SetZero()
	if place.Kind() == reflect.Pointer {
		one := reflect.New(place.Type().Elem())
		if _, is := v.(map[string]any); is {
			place.Set(one)
		}
		return put(one.Interface(), v)
	}
	all, is := v.([]any)
	for _, v := range all {
		one := reflect.New(place.Type().Elem())
		err = cmp.Or(err, put(one.Interface(), v))
		place.Set(reflect.Append(place, one.Elem()))
	}
	if !is && v != nil {
		return errNoList
	}
	return err
}

func scalar(v any) text {
	switch v := v.(type) {
	case string:
		return text(v)
	case json.Number:
		return text(v)
	case bool:
		return text(strconv.FormatBool(v))
	}
	return nil
}

// says is what an event says, however its texts are kept.
func says(e event) string {
	var records []record
	if e.DNS != nil {
		records = e.DNS.Grouped.records()
		e.DNS.Grouped = nil
	}
	e.raw = raw{}
	b, err := json.Marshal(struct {
		event
		Grouped []record
	}{e, records})
	return fmt.Sprintf("%s %v", b, err)
}

// same fails unless a line says to both what it says to one.
func same(t *testing.T, line []byte) {
	t.Helper()
	var got event
	err := got.decode(line)
	want, isJSON, wantErr := reference(line)
	if (err == errNotJSON) == isJSON || isJSON && (err == nil) != (wantErr == nil) {
		t.Fatalf("%.300q: got %v, want %v and %v for JSON", line, err, wantErr, isJSON)
	}
	if err != nil {
		return
	}
	if got, want := says(got), says(want); got != want {
		t.Fatalf("%.300q:\ngot  %s\nwant %s", line, got, want)
	}
}

// odd are lines as nobody writes them.
var odd = []string{
	line("flow", `"flow":{"pkts_toserver":"7","bytes_toserver":-1,"start":17,"end":null},"vlan":7,"app_proto":true`),
	line("flow", `"flow":{"start":{"a":[1]},"end":["x"]},"tcp":{"ts_gap":null},"vlan":[1,null,"2",{}]`),
	line("flow", `"flow":{},"flow":{"pkts_toserver":1},"tcp":{"ts_gap":1}`), line("flow", `"flow":null`), line("flow", `"flow":[]`), line("flow", `"FLOW":{},"Host":"x"`),
	line("tls", `"flow":"not looked at","tls":{"sni":"\u0061\ud83d\ude00","subjectaltname":["a",1,null,[]],"ja3":null,"ja3s":{"hash":1}}`), line("tls", `"tls":{"ja3":"x"}`),
	line("dns", `"dns":null,"mdns":{"type":"query","queries":[{"rrname":"a"},null,{}]}`), line("dns", `"dns":{"queries":[1]}`), line("dns", `"dns":{"answers":{}}`),
	line("dns", `"dns":{"grouped":{"A":"192.0.2.1","TXT":["b","a"],"A":["192.0.2.2"],"\u0041AAA":[null]}}`), line("dns", `"dns":{"grouped":[]}`),
	line("smb", `"smb":{"kerberos":{},"dcerpc":null,"ntlmssp":{"user":"\\x"}}`), line("smb", `"smb":{"kerberos":1}`), line("dcerpc", `"dcerpc":{"interfaces":[{"uuid":"A"},{"uuid":1}]}`),
	line("http", `"http":{"request_headers":[{"name":"Host","value":"x"}],"status":"200"},"http2":{"response":{"headers":[null]}}`), line("http2", `"http2":{"request":[]}`),
	`{"event":{"event_type":"stats","stats":{"capture":{"kernel_drops":1}}},"firewall_name":"edge","host":"x"}`, `{"event":{"event":{"event_type":"flow"}}}`, `{"event":"x"}`,
	`{"event_type":"stats","event":{"event_type":"flow"},"stats":{"capture":[]}}`, `{"event\u005ftype":"ssh","ssh":{"client":{"software_version":"x"}}}`, `[]`, `null`, `{"event_type":}`,
}

// TestSameAsReference: every line says what encoding/json finds in it.
func TestSameAsReference(t *testing.T) {
	for _, text := range odd {
		same(t, []byte(text))
	}
	for _, line := range logged(t) {
		same(t, line)
	}
}

func FuzzSameAsReference(f *testing.F) {
	for _, text := range odd {
		f.Add([]byte(text))
	}
	for _, line := range logged(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) { same(t, line) })
}

// logged are the lines of all logs in JSON that there are for tests, this format's and those of others.
func logged(t testing.TB) (all [][]byte) {
	names, err := filepath.Glob("../*/testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		log, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(log)) {
			all = append(all, []byte(line))
		}
	}
	return all
}
