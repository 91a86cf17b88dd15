package eventxml

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// TestTreeTakes: what is taken apart here, and what is left to encoding/xml.
func TestTreeTakes(t *testing.T) {
	for _, c := range []struct {
		why, in string
		is      bool
	}{
		{"an event", ordinary, true},
		{"spaces in tags, either quote", "<Event ><System a = 'b' c=\"d\"\n/></Event >", true},
		{"entities", "<Event a='&lt;&quot;'>&amp;&gt;&apos;</Event>", true},
		{"letters beyond ASCII", "<Event>\u00fc\U0001f600</Event>", true},
		{"an unknown entity", "<Event>&nbsp;</Event>", false},
		{"a number for a character", "<Event>&#10;</Event>", false},
		{"a bare ampersand", "<Event>a & b</Event>", false},
		{"a section of characters", "<Event><![CDATA[a]]></Event>", false},
		{"the end of none", "<Event>]]></Event>", false},
		{"a comment", "<Event><!-- a --></Event>", false},
		{"a prefix", "<Event><a:b/></Event>", false},
		{"no end", "<Event><System></Event>", false},
		{"two ends", "<Event></Event></Event>", false},
		{"something behind it", "<Event></Event>x", false},
		{"no quotes", "<Event a=b></Event>", false},
		{"a tag in a value", "<Event a='<b>'></Event>", false},
		{"attributes without space", "<Event a='b'c='d'></Event>", false},
		{"a control character", "<Event>\x01</Event>", false},
		{"no UTF-8", "<Event>\xff</Event>", false},
		{"deep", "<Event>" + strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40) + "</Event>", false},
		{"nothing", "", false},
	} {
		var tr tree
		if got := tr.read([]byte(c.in)); got != c.is {
			t.Errorf("%s: %v", c.why, got)
		}
	}
}

// TestTreeAgreesWithDecoder reads the fixtures and damaged copies of their events both ways: what is taken apart has to
// state what encoding/xml finds.
func TestTreeAgreesWithDecoder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for _, text := range fixtureEvents(t) {
		for range 200 {
			if agree(t, text) {
				taken++
			}
			text = damage(rnd, text)
			if rnd.IntN(4) == 0 {
				text = fixtureEvents(t)[0]
			}
		}
	}
	if taken < 500 {
		t.Errorf("only %d events were taken apart", taken)
	}
}

func FuzzTree(f *testing.F) {
	for _, text := range fixtureEvents(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, text) })
}

func fixtureEvents(t testing.TB) (events [][]byte) {
	paths, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		s := newSplitter(winevent.Text(bytes.NewReader(data)), maxEvent)
		for e, err := s.next(); err == nil; e, err = s.next() {
			if e.bad == nil {
				events = append(events, bytes.Clone(e.text))
			}
		}
	}
	return events
}

// damage changes a byte, mostly to one that XML gives a meaning, or cuts some out.
func damage(rnd *rand.Rand, text []byte) []byte {
	const meaning = "<>/='\"& ;\r\n]\x00\xff:"
	bad := bytes.Clone(text)
	i := rnd.IntN(len(bad))
	if rnd.IntN(3) == 0 {
		return append(bad[:i], bad[min(len(bad), i+1+rnd.IntN(8)):]...)
	}
	bad[i] = meaning[rnd.IntN(len(meaning))]
	return bad
}

// agree compares what both ways make of one element and tells whether it was taken apart.
func agree(t *testing.T, text []byte) bool {
	t.Helper()
	var r reader
	if !r.tree.read(text) {
		return false
	}
	got, ok := r.ofTree()
	if !ok {
		return false
	}
	want, err := r.decode(text)
	if err != nil {
		t.Errorf("%q is taken, and encoding/xml says %v", text, err)
		return true
	}
	if g, w := stated(&got), stated(&want); !slices.Equal(g, w) {
		t.Errorf("%q:\n got %q\nwant %q", text, g, w)
	}
	return true
}

// stated is what a record makes of itself, whatever its class.
func stated(r *winevent.Record) []string {
	var all []string
	for _, id := range []uint32{r.EventID, 1, 3, 5156, 4688, 22} {
		rec, b := *r, &evidence.Batch{}
		if rec.EventID = id; id != r.EventID {
			rec.Provider = map[bool]string{true: "Microsoft-Windows-Sysmon", false: "Microsoft-Windows-Security-Auditing"}[id < 100]
		}
		new(winevent.Emitter).Emit(&rec, b)
		all = append(all, parsertest.Lines(b)...)
	}
	return all
}
