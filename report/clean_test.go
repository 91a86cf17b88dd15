package report

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ why, in, want string }{
		{"a path keeps its backslashes", `C:\Users\x1b\a.exe`, `C:\Users\x1b\a.exe`},
		{"an escape sequence would colour the terminal", "\x1b[31m", `\x1b[31m`},
		{"a line end would forge a line", "a\r\nb\tc", `a\r\nb\tc`},
		{"C1 controls begin sequences too", "\u009b31m", `\u009b31m`},
		{"NUL ends strings elsewhere", "a\x00b\x7f", `a\x00b\x7f`},
		{"an override makes exe.txt of txt.exe", "\u202etxt.exe", `\u202etxt.exe`},
		{"invisible characters make two names look alike", "a\u200bb\ufeff\u00ad\u3164\u2800", `a\u200bb\ufeff\u00ad\u3164\u2800`},
		{"a space that is none", "a\u00a0b\u2003c", `a\u00a0b\u2003c`},
		{"tags and private use carry hidden text", "\U000e0041\ue000", `\U000e0041\ue000`},
		{"bytes that are no text are shown", "a\xff\xc3", `a\xff\xc3`},
		{"the replacement character itself is text", "\ufffd", "\ufffd"},
		{"letters of any script are text", "日本語 עברית é", "日本語 עברית é"},
		{"two marks are spelling, more paint over the line above", "e\u0301\u0302\u0303\u0304", "e\u0301\u0302" + `\u0303\u0304`},
	} {
		if got := clean(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestCleanLeavesNothingThatMisleads(t *testing.T) {
	for _, p := range payloads {
		got := clean(p)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, misleads) {
			t.Errorf("%q became %q", p, got)
		}
		if again := clean(got); again != got {
			t.Errorf("%q cleaned again became %q", got, again)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		why, in string
		n       int
		want    []string
	}{
		{"nothing to do", "short", 10, []string{"short"}},
		{"nothing at all", "", 10, []string{""}},
		{"at a space", "one two three", 8, []string{"one two", "three"}},
		{"a space just beyond the line", "12345678 9", 8, []string{"12345678", "9"}},
		{"after a separator of a path", `C:\Windows\System32\cmd.exe`, 12, []string{`C:\Windows\`, `System32\`, "cmd.exe"}},
		{"a word without a place to break", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"wide characters take two columns", "日本語", 4, []string{"日本", "語"}},
		{"a character wider than the line still gets one", "日本", 1, []string{"日", "本"}},
	} {
		if got := wrap(c.in, c.n); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestCutMarksWhatItCut(t *testing.T) {
	if got := cut("日本語のプログラム", 9); got != "日本語の…" || width(got) > 9 {
		t.Errorf("%q, %d columns", got, width(got))
	}
	if got := cut("exactly", 7); got != "exactly" {
		t.Errorf("%q was cut without need", got)
	}
}

// JSON keeps the text; only its spelling changes.
func TestJSONKeepsTextAndHidesNothing(t *testing.T) {
	for _, p := range payloads {
		p = strings.ToValidUTF8(p, "\ufffd")
		var buf strings.Builder
		if err := encode(&buf, p, ""); err != nil {
			t.Fatal(err)
		}
		if line := strings.TrimSuffix(buf.String(), "\n"); strings.ContainsFunc(line, misleads) {
			t.Errorf("%q reaches the terminal in %s", p, line)
		}
		var back string
		if err := json.Unmarshal([]byte(buf.String()), &back); err != nil || back != p {
			t.Errorf("%q came back as %q, %v", p, back, err)
		}
	}
}
