package eventjson

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

func TestFormat(t *testing.T) { parsertest.Run(t, Format, "testdata") }

func FuzzParse(f *testing.F) { parsertest.Fuzz(f, Format, "testdata") }

const ordinary = `{"EventID":5158,"Channel":"Security","Hostname":"ws1","RecordNumber":7}`

func TestSniff(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, c := range []struct {
		why, head string
		want      bool
	}{
		{"an event", ordinary, true},
		{"behind a mark and blank lines", "\ufeff\r\n\r\n" + ordinary, true},
		{"in an array", "[\n" + ordinary + ",\n", true},
		{"the first line is damaged", `{"EventID":1,"Chan` + "\n" + ordinary, true},
		{"one event longer than the head", `{"Channel":"a","EventID":1,"Message":"` + long, true},
		{"Zeek", `{"ts":1.5,"uid":"C1","id.orig_h":"192.0.2.1","id.orig_p":1}`, false},
		{"Zeek as shipped by others", `{"id_orig_h":"192.0.2.1","id_orig_p":1}`, false},
		{"Suricata", `{"timestamp":"x","flow_id":1,"event_type":"flow","src_ip":"192.0.2.1"}`, false},
		{"a number called EventID is not enough", `{"EventID":1,"a":2}`, false},
		{"something long that is no event", `{"a":"` + long, false},
		{"text", "EventID Channel\n", false},
		{"nothing", "", false},
		{"binary", "\x00\x01\x02{", false},
	} {
		if got := Format.Sniff([]byte(c.head)[:min(len(c.head), 64<<10)]); got != c.want {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

// TestSplit: what one break costs, and where it is said to be.
func TestSplit(t *testing.T) {
	for _, c := range []struct{ why, in, want string }{
		{"lines", "{1}\n{2}\n", "1:{1} 2:{2}"},
		{"array", "[{1},{2}\n,{3}]", "1:{1} 1:{2} 2:{3}"},
		{"laid out", "{\n \"a\": {\n \"b\":2}\n}\n{3}", "1:{\n \"a\": {\n \"b\":2}\n} 5:{3}"},
		{"brackets and quotes in strings", `{"a":"}{\"","b":"\\"}{"c":"\\\"}"}`, `1:{"a":"}{\"","b":"\\"} 1:{"c":"\\\"}"}`},
		{"cut in a string", "{\"a\":\"b\n{1}", "1:! 2:{1}"},
		{"cut in an object", "{\"a\":{\"b\":1\n{1}\n{2}", "1:! 2:{1} 3:{2}"},
		{"cut behind a comma", "{\"a\":1,\n{1}", "1:! 2:{1}"},
		{"objects in a list are no new events", "{\"a\":[\n{\"b\":1},\n{\"c\":2}]}", "1:{\"a\":[\n{\"b\":1},\n{\"c\":2}]}"},
		{"words, once", "{1}\nwords\nmore\n\n{2}", "1:{1} 2:! 5:{2}"},
		{"cut at the end", "{1}\n{2", "1:{1} 2:!"},
		{"deep", strings.Repeat("{\"a\":", 300) + "\n{1}", "1:! 1:!"},
	} {
		object := strings.NewReplacer("{1}", `{"n":1}`, "{2}", `{"n":2}`, "{3}", `{"n":3}`)
		s := newSplitter(strings.NewReader(object.Replace(c.in)), 1<<20)
		var got []string
		for {
			o, err := s.next()
			if err != nil {
				break
			}
			if o.bad != nil {
				o.text = []byte("!")
			}
			got = append(got, fmt.Sprintf("%d:%s", o.line, o.text))
		}
		if g, want := strings.Join(got, " "), object.Replace(c.want); g != want {
			t.Errorf("%s:\n got %q\nwant %q", c.why, g, want)
		}
	}
}

// TestTooLong: an object without end costs its line, and memory only up to the limit.
func TestTooLong(t *testing.T) {
	s := newSplitter(strings.NewReader(`{"a":"`+strings.Repeat("x", 1<<20)+"\"}\n{}"), 100<<10)
	o, _ := s.next()
	if o.bad == nil || o.kind != evidence.Unsupported || o.lost != 0 {
		t.Errorf("got %v (%s, lost %d), want an unsupported event", o.bad, o.kind, o.lost)
	}
	if held := cap(s.Bytes()); held > 1<<18 {
		t.Errorf("%d bytes held for a limit of %d", held, s.limit)
	}
	if o, err := s.next(); err != nil || string(o.text) != "{}" || o.line != 2 {
		t.Errorf("then %q on line %d, %v; want the next line", o.text, o.line, err)
	}
}

// TestOneEnormousLine: an array without a line break is read piece by piece.
func TestOneEnormousLine(t *testing.T) {
	const n = 20_000
	data := []byte("[" + strings.Repeat(ordinary+",", n) + ordinary + "]")
	b, err := parsertest.Parse(t.Context(), Format, data)
	if err != nil || b.Records() != n+1 || b.Problems.Total != 0 || b.Sockets.Len() != n+1 {
		t.Errorf("%d records, %d problems, %v; want %d", b.Records(), b.Problems.Total, err, n+1)
	}
	last := b.Sockets.At(n)
	if got := last.Ref(); got.N != 1 || got.Unit != "line" {
		t.Errorf("the last event is on %v, want line 1", got)
	}
}

// TestFlatKeepsSystemApart: names of System in a flat record are not fields of the event.
func TestFlatKeepsSystemApart(t *testing.T) {
	const cleared = `{"EventID":104,"Channel":"System","SourceName":"Microsoft-Windows-Eventlog","Hostname":"ws1"}`
	b, err := parsertest.Parse(t.Context(), Format, []byte(cleared))
	if err != nil || len(b.Clearings) != 1 {
		t.Fatalf("%d clearings, %v", len(b.Clearings), err)
	}
	if got := b.Clearings[0].Log; got != "" {
		t.Errorf("the log that was cleared is %q, and the record does not say", got)
	}
}

// TestSameInEveryShape: one connection, one identity, whichever shipper wrote it.
func TestSameInEveryShape(t *testing.T) {
	const data = `"UtcTime":"2021-06-07 08:09:10.100","ProcessId":"9","Image":"x","Protocol":"tcp","Initiated":"true",` +
		`"SourceIp":"192.0.2.1","SourcePort":"1","DestinationIp":"192.0.2.2","DestinationPort":"2"`
	const sysmon = `"Microsoft-Windows-Sysmon"`
	var digests []uint64
	for _, in := range []string{
		`{"EventID":3,"SourceName":` + sysmon + `,"Channel":"c","Hostname":"WS1","RecordNumber":5,"EventTime":"2021-06-07 10:09:10",` + data + `}`,
		`{"event_id":3,"source_name":` + sysmon + `,"log_name":"c","computer_name":"ws1","record_number":"5","event_data":{` + data + `}}`,
		`{"winlog":{"event_id":"3","provider_name":` + sysmon + `,"computer_name":"ws1","record_id":5,"event_data":{` + data + `}}}`,
		`{"System":{"Provider":{"Name":` + sysmon + `},"EventID":{"Value":3},"Computer":"ws1","EventRecordID":5},"EventData":{` + data + `}}`,
		`{"Provider":` + sysmon + `,"EventID":3,"Computer":"ws1","EventRecordId":"5","EventData":"{` + strings.ReplaceAll(data, `"`, `\"`) + `}"}`,
	} {
		b, err := parsertest.Parse(t.Context(), Format, []byte(in))
		if err != nil || b.Sockets.Len() != 1 {
			t.Fatalf("%s: %d sockets, %v", in, b.Sockets.Len(), err)
		}
		only := b.Sockets.At(0)
		digests = append(digests, only.Digest())
	}
	for _, d := range digests {
		if d != digests[0] {
			t.Errorf("digests differ: %x", digests)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	line := []byte(`{"EventID":12,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","Hostname":"ws1",` +
		`"RecordNumber":7,"EventTime":"2021-06-07 10:09:10","UtcTime":"2021-06-07 08:09:10.100","Message":"` + strings.Repeat(`Registry value set:\r\n`, 40) + `"}` + "\n")
	benchmark(b, bytes.Repeat(line, 10_000))
}

func benchmark(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parsertest.Parse(b.Context(), Format, data); err != nil {
			b.Fatal(err)
		}
	}
}
