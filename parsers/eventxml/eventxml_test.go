package eventxml

import (
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

func TestFormat(t *testing.T) { parsertest.Run(t, Format, "testdata") }

func FuzzParse(f *testing.F) { parsertest.Fuzz(f, Format, "testdata") }

const ordinary = `<Event><System><Provider Name="p"/><EventID>7</EventID><Channel>c</Channel></System></Event>`

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		why, head string
		want      bool
	}{
		{"an event", ordinary, true},
		{"wrapped, behind a declaration", "<?xml version='1.0'?>\n<Events>" + ordinary, true},
		{"the end of the event is not in the head", ordinary[:60], true},
		{"another vocabulary", "<Events><EventData>x</EventData></Events>", false},
		{"a page", "<html><body>&lt;Event&gt;</body></html>", false},
		{"JSON", `{"Event":{"System":{}}}`, false},
		{"nothing", "", false},
	} {
		if got := Format.Sniff([]byte(c.head)); got != c.want {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

// TestTooLong: an element without end is given up at the limit, and the next one is found.
func TestTooLong(t *testing.T) {
	s := newSplitter(strings.NewReader("<Event>"+strings.Repeat("x", 1<<20)+"</Event>"+ordinary), 100<<10)
	e, err := s.next()
	if err != nil || e.bad == nil || e.kind != evidence.Unsupported || e.lost != 1 {
		t.Errorf("got %v, %v; want an unsupported event", e, err)
	}
	if held := cap(s.Bytes()); held > 1<<18 {
		t.Errorf("%d bytes held for a limit of %d", held, s.limit)
	}
	if e, err := s.next(); err != nil || string(e.text) != ordinary || e.n != 2 {
		t.Errorf("then %q as event %d, %v; want the next one", e.text, e.n, err)
	}
}

// TestTagAcrossReads: a tag that two reads share is found.
func TestTagAcrossReads(t *testing.T) {
	for pad := 64<<10 - len(ordinary) - 10; pad < 64<<10+10; pad++ {
		b, err := parsertest.Parse(t.Context(), Format, []byte(strings.Repeat(" ", pad)+ordinary+ordinary))
		if err != nil || b.Records() != 2 || b.Problems.Total != 0 {
			t.Fatalf("behind %d blanks: %d records, %d problems, %v", pad, b.Records(), b.Problems.Total, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(strings.Repeat(strings.Replace(ordinary, "</System>",
		"<TimeCreated SystemTime='2021-06-07T08:09:10.1Z'/><Computer>ws1</Computer></System><EventData>"+
			strings.Repeat("<Data Name='Field'>value</Data>", 20)+"</EventData>", 1), 2000))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parsertest.Parse(b.Context(), Format, data); err != nil {
			b.Fatal(err)
		}
	}
}
