package parsers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// words is a format of lines behind a marker; "panic" and "fail" do what they say.
var words = Format{
	Name: "words", Description: "words for tests", Unit: "lines",
	Sniff: func(head []byte) bool { return bytes.HasPrefix(head, []byte("words\n")) },
	Parse: func(ctx context.Context, in *Input, out evidence.Sink) error {
		sc := bufio.NewScanner(in.Reader())
		lines := uint64(0)
		for sc.Scan() {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			lines++
			switch sc.Text() {
			case "panic":
				panic("a defect")
			case "fail":
				return errors.New("a failure")
			case "suspect":
				out.Problem(evidence.Problem{Kind: evidence.Suspect, Ref: evidence.Ref{File: in.Name}, Err: errors.New("odd")})
			}
			out.Record(evidence.Header{Ref: evidence.Ref{File: in.Name, Unit: "line", N: lines}, Computer: in.Folder})
		}
		return nil
	},
}

func TestRunStates(t *testing.T) {
	lines := "words\n" + strings.Repeat("line\n", 20_000)
	packed := pack(lines)
	cases := []struct {
		name, why, content string
		state              string
		kinds              []evidence.ProblemKind
		records            uint64
	}{
		{"plain", "an ordinary file", "words\none\n", Read, nil, 2},
		{"empty", "a 0-byte file must not spoil the run", "", Empty, nil, 0},
		{"other", "no format knows it", "PK\x03\x04", Unknown, nil, 0},
		{"odd", "a suspect value does not make a file incomplete", "words\nsuspect\n", Read, []evidence.ProblemKind{evidence.Suspect}, 2},
		{"panics", "a defect costs one file, and what was read before it stays", "words\none\npanic\ntwo\n", ReadInPart, []evidence.ProblemKind{evidence.Defect}, 2},
		{"fails", "a parser gives up at once", "words\nfail\n", ReadInPart, []evidence.ProblemKind{evidence.Unreadable}, 1},
		{"gz", "gzip is unwrapped", packed, Read, nil, 20_001},
		{"two", "several gzip members are one content", pack("words\n") + pack("more\n"), Read, nil, 2},
		{"cut", "a cut gzip yields what it has", pack("words\n" + strings.Repeat("x", 10) + "\n")[:20], ReadInPart, []evidence.ProblemKind{evidence.Truncated}, 2},
		{"sum", "a gzip checksum that does not fit is damage", flip(pack("words\none\n"), -6), ReadInPart, []evidence.ProblemKind{evidence.Damaged}, 2},
		{"zst", "zstd is unwrapped", zst(lines), Read, nil, 20_001},
		{"frames", "several zstd frames are one content, frames without any are passed over", skippable + zst("words\n") + skippable + zst("more\n"), Read, nil, 2},
		{"cutzst", "a cut zstd yields what it has", zst("words\n") + zst("more\n")[:10], ReadInPart, []evidence.ProblemKind{evidence.Truncated}, 1},
		{"sumzst", "a zstd checksum that does not fit is damage", flip(zst("words\none\n"), -2), ReadInPart, []evidence.ProblemKind{evidence.Damaged}, 2},
		{"tailzst", "neither is what follows the last frame", zst("words\n") + "something else", ReadInPart, []evidence.ProblemKind{evidence.Damaged}, 1},
		{"window", "a file does not decide how much memory it takes", zst("words\n") + wideZst, ReadInPart, []evidence.ProblemKind{evidence.Unsupported}, 1},
		{"skipping", "frames without content alone are not unpacked", skippable, Unknown, nil, 0},
		{"stuck", "packed, and nothing comes out: not the same as empty", pack("words\n")[:10], Unreadable, []evidence.ProblemKind{evidence.Truncated}, 0},
		{"stuckzst", "likewise", wideZst, Unreadable, []evidence.ProblemKind{evidence.Unsupported}, 0},
		{"nothing", "gzip of nothing", pack(""), Empty, nil, 0},
		{"unknowngz", "gzip of something else is not unpacked further", pack("PK\x03\x04"), Unknown, nil, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, spool := t.TempDir(), t.TempDir()
			write(t, dir, c.name, c.content)
			got := run1(t, []string{dir}, Options{Spool: spool})[0]
			if got.State != c.state || got.Records != c.records {
				t.Errorf("%s: got %q with %d records, want %q with %d; problems %v", c.why, got.State, got.Records, c.state, c.records, got.Problems)
			}
			if kinds := kindsOf(got); !slices.Equal(kinds, c.kinds) {
				t.Errorf("%s: problems %v, want %v", c.why, got.Problems, c.kinds)
			}
			if left, _ := os.ReadDir(spool); len(left) > 0 {
				t.Errorf("%d files left in the spool folder", len(left))
			}
		})
	}
}

func TestBombsAreBounded(t *testing.T) {
	content := "words\n" + strings.Repeat("\x00", ratioAllowed+1<<20)
	for name, packed := range map[string]string{"gzip": pack(content), "zstd": zst(content)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "bomb", packed)
			got := run1(t, []string{dir}, Options{})[0]
			if !slices.Contains(kindsOf(got), evidence.Unreadable) || !strings.Contains(fmt.Sprint(got.Problems), errTooBig.Error()) || got.Unpacked != name {
				t.Errorf("unpacked %q, problems %v", got.Unpacked, got.Problems)
			}
		})
	}
}

// TestOrder: neither the order of the arguments nor the number of jobs nor a second way to a file shows in the result.
func TestOrder(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	write(t, a, "host/log", "words\na\n")
	write(t, a, "host/same", "words\nsame\n")
	write(t, b, "host/log", "words\nb\n")
	write(t, b, "copy", "words\nsame\n")
	want := list(run1(t, []string{a, b}, Options{}))
	for _, args := range [][]string{{b, a}, {a, b, a}, {a + "/host", b, a}, {a + "/host/log", b, b + "/copy", a}} {
		for jobs := range 4 {
			if got := list(run1(t, args, Options{Jobs: jobs})); !slices.Equal(got, want) {
				t.Errorf("jobs %d, args %v:\n%s\nwant\n%s", jobs, args, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
	if len(want) != 4 || !strings.HasPrefix(want[0], "copy ") || !strings.HasPrefix(want[1], "host/log#") {
		t.Errorf("got\n%s", strings.Join(want, "\n"))
	}
	if last := want[3]; !strings.Contains(last, "same as copy") {
		t.Errorf("a copy is read once: %s", last)
	}
}

func TestFoldersOfTwoSensorsStayApart(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, name := range []string{"conn", "dns"} {
		write(t, a, name, "words\na "+name+"\n")
		write(t, b, name, "words\nb "+name+"\n")
	}
	for _, args := range [][]string{{a, b}, {a + "/conn", a + "/dns", b + "/conn", b + "/dns"}} {
		folders := map[string]int{}
		for _, s := range run1(t, args, Options{}) {
			folders[s.Batch.Tallies.Classes()[0].Computer]++
		}
		if len(folders) != 2 {
			t.Errorf("%v: folders %v; two sensors with two logs each", args, folders)
		}
	}
}

func TestLinksAndPipes(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	write(t, outside, "secret", "words\n")
	write(t, dir, "real/log", "words\n")
	for name, target := range map[string]string{"out": outside, "out.log": outside + "/secret", "loop": dir, "in.log": "real/log", "gone": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	got := list(run1(t, []string{dir}, Options{}))
	if len(got) != 4 || !strings.Contains(got[3], "real/log read") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	for _, s := range got[:3] {
		if !strings.Contains(s, Unreadable) {
			t.Errorf("a link out of the evidence is not followed and said so: %s", s)
		}
	}
}

// TestNamesClash: names stay unique also where there is no content to tell files apart, or somebody chose such a name.
func TestNamesClash(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		write(t, dir, "same", "words\n")
		if err := os.Symlink("nowhere", filepath.Join(dir, "gone")); err != nil {
			t.Skip(err)
		}
	}
	before := list(run1(t, []string{a, b}, Options{}))
	clash := strings.Fields(before[2])[0] // the name that the first of two equal files gets
	write(t, c, clash, "words\nother\n")
	if got := list(run1(t, []string{a, b, c}, Options{})); len(got) != 5 {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestMissingArgument(t *testing.T) {
	if _, err := Run(t.Context(), []string{filepath.Join(t.TempDir(), "none")}, nil, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestDeviceAsArgument(t *testing.T) {
	if _, err := Run(t.Context(), []string{os.DevNull}, nil, Options{}); !errors.As(err, new(specialError)) {
		t.Errorf("got %v", err)
	}
}

func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "log", "words\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, []string{dir}, []Format{words}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestProgressEndsAtTheTotal(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a", "words\n"+strings.Repeat("a\n", 5000))
	write(t, dir, "b", "unknown")
	write(t, dir, "c", pack("words\n"+strings.Repeat("a\n", 5000)))
	var last, total atomic.Int64
	run1(t, []string{dir}, Options{Jobs: 1, Progress: func(done, of int64) {
		if done < last.Load() || done > of {
			t.Errorf("%d of %d after %d", done, of, last.Load())
		}
		last.Store(done)
		total.Store(of)
	}})
	if last.Load() == 0 || last.Load() != total.Load() {
		t.Errorf("ended at %d of %d", last.Load(), total.Load())
	}
}

func run1(t *testing.T, args []string, opt Options) []*Source {
	t.Helper()
	got, err := Run(t.Context(), args, []Format{words}, opt)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range got {
		if names[s.Name] {
			t.Errorf("two sources are named %s", s.Name)
		}
		names[s.Name] = true
		for _, p := range s.Problems {
			if p.Ref.File != s.Name {
				t.Errorf("a problem of %s refers to %s", s.Name, p.Ref.File)
			}
		}
	}
	return got
}

func list(sources []*Source) (all []string) {
	for _, s := range sources {
		line := fmt.Sprintf("%s %s %d %d", s.Name, s.State, s.Size, s.Records)
		if s.SameAs != "" {
			line += " same as " + s.SameAs
		}
		all = append(all, line)
	}
	return all
}

func kindsOf(s *Source) (kinds []evidence.ProblemKind) {
	for _, p := range s.Problems {
		kinds = append(kinds, p.Kind)
	}
	return kinds
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// skippable is a zstd frame without content; wideZst the beginning of one that wants to refer 3.75 TB back.
const (
	skippable = "\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"
	wideZst   = "\x28\xb5\x2f\xfd\x00\xff\x01\x00\x00"
)

func zst(s string) string {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithEncoderCRC(true))
	if err != nil {
		panic(err)
	}
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func pack(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

// flip inverts a byte, counted from the end when at is negative.
func flip(s string, at int) string {
	b := []byte(s)
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 0xff
	return string(b)
}
