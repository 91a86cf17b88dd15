package parsers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A metered counts what is read of it, and fails behind a place.
type metered struct {
	io.ReaderAt
	read atomic.Int64
	bad  int64
}

var errBad = errors.New("bad sector")

func (m *metered) ReadAt(b []byte, off int64) (int, error) {
	if m.bad > 0 && off+int64(len(b)) > m.bad {
		return 0, errBad
	}
	n, err := m.ReaderAt.ReadAt(b, off)
	m.read.Add(int64(n))
	return n, err
}

// noise is content of which no two places are alike.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// TestReadOnce: whatever a parser asks for, it gets the bytes that stand there, and the hash is that of the whole file.
// One that reads from front to back, also with several goroutines, costs no second reading.
func TestReadOnce(t *testing.T) {
	content := noise(40*blockLen + 12345)
	want := sha256.Sum256(content)
	size := int64(len(content))
	steps := func(from, step, by int64, len int64) (at [][2]int64) {
		for off := from; off < size; off += by {
			for o := off; o < min(off+step, size); o += len {
				at = append(at, [2]int64{o, min(o+len, size)})
			}
		}
		return at
	}
	cases := []struct {
		name, why string
		jobs      int
		twice     int64 // bytes that may be read twice: whoever falls behind the window reads for himself
		readers   [][][2]int64
	}{
		{"nothing", "a parser may give up at once", 3, size / 20, nil},
		{"forward", "as captures and logs are read", 1, size / 20, [][][2]int64{steps(0, size, size, 70_000)}},
		{"wide", "by more at a time than is held", 1, size / 20, [][][2]int64{steps(0, size, size, 3*lead*blockLen)}},
		{"leap", "over what is of no interest", 1, size / 20, [][][2]int64{append([][2]int64{{0, 1000}}, steps(1<<20, size, size, 70_000)...)}},
		{"beside", "as a capture is read that others wait for", 3, size / 20, [][][2]int64{steps(0, size, size, 70_000)}},
		{"whole", "in one go", 3, 2 * size, [][][2]int64{{{0, size}}}},
		{"turns", "as several goroutines read a large log", 3, size / 2, [][][2]int64{
			steps(0, 1<<20, 3<<20, 64<<10), steps(1<<20, 1<<20, 3<<20, 64<<10), steps(2<<20, 1<<20, 3<<20, 64<<10)}},
		{"end", "the end first, then the beginning", 3, 2 * size, [][][2]int64{{{size - 100, size}, {0, 100}, {size - 200_000, size - 100_000}}}},
		{"again", "twice from front to back", 3, 2 * size, [][][2]int64{append(steps(0, size, size, 90_000), steps(0, size, size, 90_000)...)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := &metered{ReaderAt: bytes.NewReader(content)}
			a := readAhead(t.Context(), file, size, c.jobs, true)
			var running sync.WaitGroup
			for _, r := range c.readers {
				running.Go(func() {
					for _, at := range r {
						b := make([]byte, at[1]-at[0])
						if n, err := a.ReadAt(b, at[0]); n < len(b) || err != nil || !bytes.Equal(b, content[at[0]:at[1]]) {
							t.Errorf("%s: %d of %d bytes at %d, error %v, or not those of the file", c.why, n, len(b), at[0], err)
						}
					}
				})
			}
			running.Wait()
			sum, err := a.finish()
			if err != nil || !bytes.Equal(sum, want[:]) {
				t.Errorf("%s: hash %x, error %v, want %x", c.why, sum, err, want)
			}
			if again := file.read.Load() - size; again > c.twice {
				t.Errorf("%s: %d bytes read twice of %d", c.why, again, size)
			}
		})
	}
}

func TestReadAheadEnds(t *testing.T) {
	content := noise(30 * blockLen)
	size := int64(len(content))
	t.Run("read past the end", func(t *testing.T) {
		a := readAhead(t.Context(), bytes.NewReader(content), size, 1, true)
		b := make([]byte, 100)
		if n, err := a.ReadAt(b, size-40); n != 40 || err != io.EOF {
			t.Errorf("%d bytes, %v", n, err)
		}
		if n, err := a.ReadAt(b, size+40); n != 0 || err != io.EOF {
			t.Errorf("behind the end: %d bytes, %v", n, err)
		}
		a.finish()
	})
	t.Run("hash known", func(t *testing.T) {
		file := &metered{ReaderAt: bytes.NewReader(content)}
		a := readAhead(t.Context(), file, size, 1, false)
		if sum, err := a.finish(); sum != nil || err != nil || file.read.Load() > size/2 {
			t.Errorf("hash %x, %v; %d of %d bytes read for nobody", sum, err, file.read.Load(), size)
		}
	})
	t.Run("bad sector", func(t *testing.T) {
		a := readAhead(t.Context(), &metered{ReaderAt: bytes.NewReader(content), bad: size / 2}, size, 1, true)
		got, err := io.Copy(io.Discard, io.NewSectionReader(a, 0, size))
		if !errors.Is(err, errBad) || got < size/2-blockLen {
			t.Errorf("%d bytes of %d, %v", got, size/2, err)
		}
		if sum, err := a.finish(); sum != nil || !errors.Is(err, errBad) {
			t.Errorf("hash %x, %v", sum, err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		a := readAhead(ctx, bytes.NewReader(content), size, 1, true)
		cancel()
		if sum, err := a.finish(); sum != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("hash %x, %v", sum, err)
		}
	})
}

// TestEveryFileIsHashed: read wholly, in part, not at all, packed, or as a copy.
func TestEveryFileIsHashed(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	long := "words\n" + hex.EncodeToString(noise(3*blockLen)) + "\n"
	files := map[string]string{
		"fails": "words\nfail\n" + long, "panics": "words\npanic\n" + long, "unknown": "PK" + long, "empty": "",
		"long": long, "long.copy": long, "long.gz": pack(long), "alike": long[:len(long)-2] + "x\n",
		"cut.gz": pack(long)[:blockLen+1000], "a.zst": zst("words\na\n"), "a": "words\na\n",
	}
	sum := sha256.Sum256([]byte(files["a"]))
	copies := map[string]string{"long.copy": "long", "long.gz": "long", "a.zst": fmt.Sprintf("a#%x", sum[:4])}
	for name, content := range files {
		write(t, dir, name, content)
	}
	write(t, other, "a", "words\nb\n")
	for _, s := range run1(t, []string{dir, filepath.Join(other, "a")}, Options{}) {
		content, ok := files[s.Name]
		if ok && s.SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte(content))) {
			t.Errorf("%s: hash %q", s.Name, s.SHA256)
		}
		if want := copies[s.Name]; s.SameAs != want {
			t.Errorf("%s: same as %q, want %q", s.Name, s.SameAs, want)
		}
	}
}

func TestParserThatReadsPastTheEnd(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "log", "words\n")
	format := words
	format.Parse = func(_ context.Context, in *Input, _ evidence.Sink) error {
		for _, off := range []int64{-1, in.Size, 1 << 62} {
			if n, err := in.ReadAt(make([]byte, 10), off); n > 0 || err == nil {
				t.Errorf("%d bytes at %d, error %v", n, off, err)
			}
		}
		return nil
	}
	if _, err := Run(t.Context(), []string{dir}, []Format{format}, Options{}); err != nil {
		t.Error(err)
	}
}
