package eventjson

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// TestBlocks: wherever a file is cut, and however many read it, it states the same. Objects laid out over lines and damaged
// ones stand across the cuts.
func TestBlocks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	lines := fixtureLines(t)
	for range 150 {
		var file []byte
		for range 30 {
			line := lines[rnd.IntN(len(lines))]
			if rnd.IntN(6) == 0 {
				line = damage(rnd, line)
			}
			file = append(append(file, line...), '\n')
		}
		want := &evidence.Batch{}
		if _, err := read(t.Context(), newSplitter(winevent.Text(bytes.NewReader(file)), maxObject), &reader{file: "file", out: want}); err != nil {
			t.Fatal(err)
		}
		got := &evidence.Batch{}
		bs := blocks{name: "file", in: winevent.Text(bytes.NewReader(file)), out: got, size: 1000 + rnd.IntN(20_000), line: 1}
		if err := bs.read(t.Context(), 1+rnd.IntN(4)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(stated(want), stated(got)); diff != "" {
			t.Fatalf("blocks of %d (-in one go +in blocks):\n%s\n%s", bs.size, diff, file)
		}
	}
}

func stated(b *evidence.Batch) []string {
	all := parsertest.Lines(b)
	for _, p := range b.Problems.First {
		all = append(all, p.Error())
	}
	return all
}
