package eventjson

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// TestLanguage: what is taken apart and what is not, beyond what the fixtures have.
func TestLanguage(t *testing.T) {
	for _, c := range []struct {
		why, in string
		is      bool
	}{
		{"empty", `{}`, true},
		{"blanks everywhere", " { \"a\" :\t[ 1 , { } ,\r\n[ ] ] } ", true},
		{"words", `{"a":true,"b":false,"c":null}`, true},
		{"what other programs take for numbers", `{"a":NaN,"b":-inf,"c":1e5,"d":-0.5,"e":Infinity}`, false},
		{"a number of any case", `{"a":nAn,"b":-INF,"c":+1}`, true},
		{"a sign alone", `{"a":-}`, false},
		{"escapes that are none", `{"a":"\x\u12\ud800"}`, true},
		{"an escaped quote at the end", `{"a":"\\\""}`, true},
		{"no end of a string", `{"a":"b\"}`, false},
		{"a comma too many", `{"a":1,}`, false},
		{"a comma too few", `{"a":1 "b":2}`, false},
		{"a comma too many in a list", `[1,]`, false},
		{"no colon", `{"a" 1}`, false},
		{"no value", `{"a":}`, false},
		{"a name without quotes", `{a:1}`, false},
		{"a list closed as an object", `{"a":[1}}`, false},
		{"half a word", `{"a":tru}`, false},
		{"a word in another case", `{"a":True}`, false},
		{"something behind it", `{"a":1}x`, false},
		{"nothing", ``, false},
	} {
		var d document
		if err := d.parse([]byte(c.in)); (err == nil) != c.is {
			t.Errorf("%s: %s: %v", c.why, c.in, err)
		}
		agree(t, &document{}, []byte(c.in))
	}
}

// TestFirstNameCounts: of members with the same name the first is read, however the name is escaped.
func TestFirstNameCounts(t *testing.T) {
	for _, in := range []string{`{"a":"1","a":"2"}`, `{"\u0061":"1","a":"2"}`, `{"b":{"a":"3"},"a":"1","\u0061":"2"}`} {
		var d document
		if err := d.parse([]byte(in)); err != nil || string(d.root().get("a").text()) != "1" {
			t.Errorf("%s: %q, %v", in, d.root().get("a").text(), err)
		}
	}
}

// TestAgreesWithFastjson holds the scanner against fastjson over the fixtures and over damaged copies of their lines: both
// take the same texts, and find the same in them, whatever was met before.
func TestAgreesWithFastjson(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	refused := 0
	var met document
	for _, line := range fixtureLines(t) {
		agree(t, &met, line)
		for range 60 {
			if !agree(t, &met, damage(rnd, line)) {
				refused++
			}
		}
	}
	if refused < 1000 {
		t.Errorf("only %d texts were damaged enough to be refused", refused)
	}
}

func FuzzDocument(f *testing.F) {
	for _, line := range fixtureLines(f) {
		f.Add(line, line)
	}
	f.Fuzz(func(t *testing.T, before, text []byte) {
		var d document
		d.parse(before)
		d.parse(before)
		agree(t, &d, text)
	})
}

func fixtureLines(t testing.TB) (lines [][]byte) {
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, data)
		lines = append(lines, bytes.Split(data, []byte("\n"))...)
	}
	return lines
}

// damage changes a byte, cuts some out or writes some twice. Bytes that JSON gives a meaning are preferred.
func damage(rnd *rand.Rand, text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	i := rnd.IntN(len(text))
	j := min(len(text), i+1+rnd.IntN(8))
	const meaning = `{}[]:,"\ntf-+.0 `
	switch rnd.IntN(4) {
	case 0:
		return append(bytes.Clone(text[:i]), text[j:]...)
	case 1:
		return append(bytes.Clone(text[:j]), text[i:]...)
	case 2:
		return bytes.Clone(text[:i])
	default:
		bad := bytes.Clone(text)
		bad[i] = meaning[rnd.IntN(len(meaning))]
		return bad
	}
}

// agree compares both parsers over one text and tells whether they take it. Asked are a document that has met others, and one
// that knows the layout of this one.
func agree(t *testing.T, met *document, text []byte) bool {
	t.Helper()
	var own document
	own.parse(text)
	own.parse(text)
	taken := agrees(t, &own, text)
	return agrees(t, met, text) && taken
}

func agrees(t *testing.T, d *document, text []byte) bool {
	t.Helper()
	err := d.parse(text)
	want, wantErr := fastjson.ParseBytes(text)
	if (err == nil) != (wantErr == nil) {
		if errors.Is(err, errDeep) || errors.Is(err, errLarge) {
			return false
		}
		t.Errorf("%q: %v, fastjson says %v", text, err, wantErr)
		return false
	}
	if err == nil {
		same(t, d.root(), want)
	}
	return err == nil
}

// same compares what stands in two values, in the order written.
func same(t *testing.T, got value, want *fastjson.Value) {
	t.Helper()
	var gots []value
	var wants []*fastjson.Value
	switch want.Type() {
	case fastjson.TypeObject:
		got.each(func(v value) { gots = append(gots, v) })
		want.GetObject().Visit(func(name []byte, v *fastjson.Value) {
			if i := len(wants); i >= len(gots) || gots[i].name() != string(name) {
				t.Fatalf("member %d of %s is not %q", i, want, name)
			}
			if first := want.GetObject().Get(string(name)); len(name) > 0 && !bytes.Equal(got.get(string(name)).text(), meant(first)) {
				t.Errorf("%q of %s is %q", name, want, got.get(string(name)).text())
			}
			wants = append(wants, v)
		})
	case fastjson.TypeArray:
		got.each(func(v value) { gots = append(gots, v) })
		wants = want.GetArray()
	default:
		if !bytes.Equal(got.text(), meant(want)) || got.isNull() != (want.Type() == fastjson.TypeNull) {
			t.Errorf("%q, fastjson says %s", got.text(), want)
		}
		return
	}
	if len(gots) != len(wants) {
		t.Fatalf("%d values in %s", len(gots), want)
	}
	for i := range gots {
		same(t, gots[i], wants[i])
	}
}

// meant is a text or number as it would stand in the event.
func meant(v *fastjson.Value) []byte {
	switch v.Type() {
	case fastjson.TypeString:
		b, _ := v.StringBytes()
		return b
	case fastjson.TypeNumber, fastjson.TypeTrue, fastjson.TypeFalse:
		return v.MarshalTo(nil)
	}
	return nil
}

// TestLayoutsAreBounded: a log in which no more than two lines have the same names is read right, and costs no more memory than is
// set for it.
func TestLayoutsAreBounded(t *testing.T) {
	var d document
	forgot := 0
	for i := range 6000 {
		held := d.known.held
		name := fmt.Sprintf("%d%s", i/2, strings.Repeat("x", 4<<10))
		if err := d.parse([]byte(`{"a":1,"` + name + `":"there"}`)); err != nil || string(d.root().get(name).text()) != "there" {
			t.Fatalf("object %d: %v", i, err)
		}
		if d.known.held > mostKnown {
			t.Fatalf("%d bytes of layouts after %d objects", d.known.held, i)
		}
		if d.known.held < held {
			forgot++
		}
	}
	if forgot == 0 {
		t.Error("nothing was forgotten: the objects are too few to test it")
	}
}

// TestUnlikeLines: lines that are all different take no memory each, neither to be taken apart nor to be asked what they are.
func TestUnlikeLines(t *testing.T) {
	var lines [][]byte
	for i := range 5000 {
		lines = append(lines, fmt.Appendf(nil, `{"%d":1,"EventID":7,"%d":{},"Channel":"c","EventTime":"t"}`, i, i*i))
	}
	var d document
	var before, after runtime.MemStats
	for i, line := range lines {
		if i == 1000 {
			runtime.ReadMemStats(&before)
		}
		if err := d.parse(line); err != nil {
			t.Fatal(err)
		}
		if _, ok := shapeOf(&d); !ok {
			t.Fatalf("%s is no event", line)
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > 100 {
		t.Errorf("%d allocations for 4000 lines", n)
	}
}

// TestManyValues: a line that is nothing but values costs itself, and no memory for each of them.
func TestManyValues(t *testing.T) {
	hostile := `{"EventID":1,"Channel":"c","a":[` + strings.Repeat("1,", 4<<20) + "1]}\n"
	var before, after runtime.MemStats
	data := []byte(ordinary + "\n" + hostile + ordinary)
	runtime.ReadMemStats(&before)
	b, err := parsertest.Parse(t.Context(), Format, data)
	runtime.ReadMemStats(&after)
	if err != nil || b.Records() != 2 || b.Problems.Total != 1 || b.Problems.First[0].Kind != evidence.Unsupported {
		t.Fatalf("%d records, %v, %v; want two and one that is not supported", b.Records(), b.Problems.First, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d MiB allocated for a line of 8", used>>20)
	}
}

// TestDamageIsCounted: a line that is broken is a problem with its place even when its event would have been skipped.
func TestDamageIsCounted(t *testing.T) {
	const skipped = `{"EventID":9999,"Channel":"Application","Hostname":"ws1","RecordNumber":7,"a":{"b":["c",1]}}`
	for _, bad := range []string{
		skipped[:40], skipped[:len(skipped)-1],
		strings.Replace(skipped, `"c",`, `"c"`, 1), strings.Replace(skipped, `"b":`, `"b"`, 1), strings.Replace(skipped, `7,`, `7,,`, 1),
		strings.Replace(skipped, `1]}`, `1}]`, 1), strings.Replace(skipped, `1]`, `one]`, 1), strings.Replace(skipped, `"a"`, `a`, 1),
	} {
		b, err := parsertest.Parse(t.Context(), Format, []byte(skipped+"\n"+bad+"\n"+ordinary+"\n"))
		if err != nil || b.Records() != 2 || b.Problems.Lost != 1 || b.Problems.First[0].Ref.N != 2 {
			t.Errorf("%s: %d records, %v, %v; want 2 and one lost on line 2", bad, b.Records(), b.Problems.First, err)
		}
	}
}

// TestLayoutsThatBeginTheSame: a member that is a scalar in one line, and an object or a list in others, as evtx_dump writes them,
// hides neither layout behind the other.
func TestLayoutsThatBeginTheSame(t *testing.T) {
	var d document
	for round := range 5 {
		for _, in := range []string{`{"a":null,"b":1}`, `{"a":{"c":1},"b":1}`, `{"a":{},"b":1}`, `{"a":[],"b":1}`, `{"a":[1],"b":1}`, `{"a":[{"c":1},2],"b":1}`} {
			if !agrees(t, &d, []byte(in)) {
				t.Fatalf("%s is refused", in)
			}
			if known := d.layout != &d.own; known != (round > 1) {
				t.Errorf("%s met %d times: known %v", in, round, known)
			}
		}
	}
}
