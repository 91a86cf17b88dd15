// Package parsertest gives every format the same treatment.
package parsertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Run reads every file in dir with the format and compares it with its golden; then it cuts the file, flips its bytes,
// reads it twice and cancels. Nothing may panic, and what is lost must be reported.
func Run(t *testing.T, f parsers.Format, dir string) {
	for _, path := range files(t, dir) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !f.Sniff(data[:min(len(data), parsers.SniffLen)]) {
				t.Errorf("%s is not recognised as %s", path, f.Name)
			}
			t.Run("golden", func(t *testing.T) { golden(t, f, path) })
			t.Run("twice", func(t *testing.T) { twice(t, f, data) })
			t.Run("cut", func(t *testing.T) { cuts(t, f, data) })
			t.Run("flip", func(t *testing.T) { flips(t, f, data) })
			t.Run("cancel", func(t *testing.T) { cancel(t, f, data) })
		})
	}
}

// Parse reads data as a file of the given format. Its name is "file". A panic comes back as an error.
func Parse(ctx context.Context, f parsers.Format, data []byte) (b *evidence.Batch, err error) {
	b = &evidence.Batch{}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return b, f.Parse(ctx, &parsers.Input{Name: "file", Size: int64(len(data)), ReaderAt: bytes.NewReader(data)}, b)
}

// Fuzz is the body of a format's FuzzParse: it starts from the files in dir, and the only thing that may happen is that
// something cannot be read.
func Fuzz(f *testing.F, format parsers.Format, dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range paths {
		if data, err := os.ReadFile(p); err == nil && format.Sniff(data[:min(len(data), parsers.SniffLen)]) {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		format.Sniff(data[:min(len(data), parsers.SniffLen)])
		format.Parse(t.Context(), &parsers.Input{Name: "file", Size: int64(len(data)), ReaderAt: bytes.NewReader(data)}, &evidence.Batch{})
	})
}

func twice(t *testing.T, f parsers.Format, data []byte) {
	first, second := parse(t, f, data), parse(t, f, data)
	if diff := cmp.Diff(summary(first), summary(second)); diff != "" {
		t.Errorf("read twice (-first +second):\n%s", diff)
	}
}

// cuts reads beginnings of the file. One that holds fewer records than the whole must say that something is missing,
// unless it ends between two records, where a format that does not count its records cannot know.
func cuts(t *testing.T, f parsers.Format, data []byte) {
	whole := parse(t, f, data)
	silent, tried := 0, 0
	for i := range steps(len(data), 60) {
		got := parse(t, f, data[:i])
		tried++
		if got.Records() < whole.Records() && !got.Problems.Incomplete && i > 0 {
			silent++
		}
		if got.Records() > whole.Records() {
			t.Errorf("cut at %d: %d records, the whole file has %d", i, got.Records(), whole.Records())
		}
	}
	if silent > tried/4 {
		t.Errorf("%d of %d cut files were taken for whole ones", silent, tried)
	}
}

// flips changes single bytes; the seed is fixed so that a failure can be repeated.
func flips(t *testing.T, f parsers.Format, data []byte) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range steps(len(data), 150) {
		bad := bytes.Clone(data)
		bad[i] ^= byte(1 + rnd.IntN(255))
		parse(t, f, bad)
	}
}

func cancel(t *testing.T, f parsers.Format, data []byte) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Parse(ctx, f, data); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want %v or nothing for a small file", err, context.Canceled)
	}
}

// parse reads data and fails the test on a panic only.
func parse(t *testing.T, f parsers.Format, data []byte) *evidence.Batch {
	t.Helper()
	b, err := Parse(t.Context(), f, data)
	if err != nil {
		if strings.HasPrefix(err.Error(), "panic: ") {
			t.Fatal(err)
		}
		b.Problem(evidence.Problem{Kind: evidence.Unreadable, Ref: evidence.Ref{File: "file"}, Err: err})
	}
	return b
}

func summary(b *evidence.Batch) []string {
	all := Lines(b)
	for _, p := range b.Problems.First {
		all = append(all, p.Error())
	}
	return all
}

// steps yields about n positions below size, evenly spread.
func steps(size, n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < size; i += max(1, size/n) {
			if !yield(i) {
				return
			}
		}
	}
}
