package evtx

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// TestJobsDoNotShow: a log of many blocks, one chunk of which is damaged, reads the same by any number of workers.
func TestJobsDoNotShow(t *testing.T) {
	log := logOf(t, every())
	log[places(log)[3]] ^= 0xff
	many := repeat(log, 20*blockChunks*chunkSize)
	var want []string
	var first *evidence.Batch
	for _, jobs := range []int{0, 1, 2, 3, 16} {
		batch := &evidence.Batch{}
		in := &parsers.Input{Name: "file", Size: many.size, ReaderAt: many, Jobs: jobs}
		if err := parse(t.Context(), in, batch); err != nil {
			t.Fatal(err)
		}
		got := parsertest.Lines(batch)
		if first == nil {
			want, first = got, batch
			if batch.Problems.Total < 100 || batch.Records() < 10*all {
				t.Fatalf("%d problems, %d records", batch.Problems.Total, batch.Records())
			}
		}
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(batch.Problems, first.Problems) {
			t.Errorf("%d jobs: not what one makes of it", jobs)
		}
	}
}

// TestWorkersStop: cancelling ends all of them.
func TestWorkersStop(t *testing.T) {
	many := repeat(logOf(t, every()), 20*blockChunks*chunkSize)
	ctx, cancel := context.WithCancel(t.Context())
	stop := &stopping{many, 100, cancel}
	err := parse(ctx, &parsers.Input{Name: "file", Size: many.size, ReaderAt: stop, Jobs: 1}, &evidence.Batch{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A stopping cancels after so many reads.
type stopping struct {
	*repeated
	left int
	stop func()
}

func (s *stopping) ReadAt(b []byte, off int64) (int, error) {
	if s.left--; s.left == 0 {
		s.stop()
	}
	return s.repeated.ReadAt(b, off)
}

// TestPanicIsOnesOwn: what goes wrong in a worker comes up where parsers.Run recovers.
func TestPanicIsOnesOwn(t *testing.T) {
	many := repeat(logOf(t, every()), 20*blockChunks*chunkSize)
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("recovered %v", p)
		}
	}()
	broken := &stopping{many, 100, func() { panic("broken") }}
	parse(t.Context(), &parsers.Input{Name: "file", Size: many.size, ReaderAt: broken, Jobs: 1}, &evidence.Batch{})
	t.Error("no panic")
}
