package winevent

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

func TestText(t *testing.T) {
	plain := "<Event>žluťoučký \U0001f40e</Event>" + strings.Repeat("x", 100_000) + "\U0001f40e"
	wide := func(mark, big bool) string {
		var b strings.Builder
		units := utf16.Encode([]rune(plain))
		if mark {
			units = append([]uint16{0xfeff}, units...)
		}
		for _, u := range units {
			if big {
				b.WriteByte(byte(u >> 8))
			}
			b.WriteByte(byte(u))
			if !big {
				b.WriteByte(byte(u >> 8))
			}
		}
		return b.String()
	}
	for name, in := range map[string]string{
		"UTF-8":                     plain,
		"UTF-8 with mark":           "\ufeff" + plain,
		"UTF-16LE":                  wide(true, false),
		"UTF-16BE":                  wide(true, true),
		"UTF-16LE without mark":     wide(false, false),
		"UTF-16BE without mark":     wide(false, true),
		"an odd byte at the end":    wide(true, false) + "x",
		"half a pair at the end":    wide(true, false) + "\x3d\xd8",
		"half a pair and something": wide(true, false) + "\x3d\xd8x",
	} {
		for _, slow := range []bool{false, true} {
			var r io.Reader = strings.NewReader(in)
			if slow {
				r = iotest.OneByteReader(r)
			}
			got, err := io.ReadAll(Text(r))
			want := plain
			if strings.Contains(name, "at the end") || strings.Contains(name, "something") {
				want = plain + "\ufffd"
			}
			if err != nil || strings.TrimRight(string(got), "\ufffd") != plain || !strings.HasPrefix(string(got), want) {
				t.Errorf("%s (slow %v): %d bytes, %v; want %d", name, slow, len(got), err, len(want))
			}
		}
	}
}

func TestParseData(t *testing.T) {
	const xmlns = ` xmlns="http://schemas.microsoft.com/win/2004/08/events/event"`
	for _, c := range []struct {
		why, text, field, want string
		bad                    bool
	}{
		{"a named Data element", `<EventData` + xmlns + `><Data Name="A">x &amp; y</Data></EventData>`, "A", "x & y", false},
		{"an element of its own", `<UserData><LogFileCleared><SubjectUserName> ann</SubjectUserName></LogFileCleared></UserData>`, "SubjectUserName", " ann", false},
		{"case got lost", `<EventData><Data Name="processid">4</Data></EventData>`, "ProcessId", "4", false},
		{"cut", `<EventData><Data Name="A">x</Da`, "A", "", true},
		{"an entity that is declared nowhere", `<EventData><Data Name="A">&bomb;</Data></EventData>`, "A", "", true},
		{"a declaration", `<!DOCTYPE a [<!ENTITY b "c">]><EventData/>`, "A", "", true},
		{"no element", `   `, "A", "", true},
		{"too deep", strings.Repeat("<a>", 100), "a", "", true},
		{"too many", "<EventData>" + strings.Repeat("<Data/>", 2000) + "</EventData>", "x", "", true},
	} {
		vs, err := ParseData(c.text)
		got, _ := vs.Field(c.field)
		if (err != nil) != c.bad || !c.bad && got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.why, got, err, c.want)
		}
	}
}

func TestStringsKeep(t *testing.T) {
	var k Strings
	b := []byte("WS1")
	s := k.Keep(b)
	b[0] = 'x'
	if s != "WS1" || k.Keep([]byte("WS1")) != "WS1" {
		t.Error("a kept string changed with the buffer it came from")
	}
}
