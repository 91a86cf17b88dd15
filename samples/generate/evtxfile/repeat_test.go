package evtxfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/evtx"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// TestRepeat repeats a recorded log and one of ours: the reader finds every record undamaged, under a number of its own,
// with later times and other processes.
func TestRepeat(t *testing.T) {
	for name, file := range map[string]string{
		"recorded": filepath.Join(parsertest.Corpus(t), "evtx/other/omerbenamram/sysmon.evtx"),
		"ours":     "../../tls-beacon/WS-12/Microsoft-Windows-Sysmon%4Operational.evtx",
	} {
		t.Run(name, func(t *testing.T) {
			log, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			once := read(t, log)
			made, again := repeat(t, log, int64(3*len(log)))
			if other, b := repeat(t, log, int64(3*len(log))); other != made || !bytes.Equal(b, again) {
				t.Error("not the same bytes twice")
			}
			got := read(t, again)
			if got.Problems.Total != 0 || got.Records() != made.Records || int64(len(again)) != made.Bytes {
				t.Errorf("%d problems, %d records in %d bytes; written %v", got.Problems.Total, got.Records(), len(again), made)
			}
			if made.Repetitions < 3 || len(got.Processes) <= 2*len(once.Processes) {
				t.Fatalf("%d processes, once %d; written %v", len(got.Processes), len(once.Processes), made)
			}
			first, second := got.Processes[0].Process(), got.Processes[len(once.Processes)].Process()
			if second.Stamps[0].Time.Sub(first.Stamps[0].Time) != time.Hour || first.EntityID == second.EntityID || first.Image != second.Image {
				t.Errorf("the first process is\n%+v, again\n%+v", first, second)
			}
			ids := map[uint64]bool{}
			for _, p := range got.Processes {
				ids[p.Ref().N] = true
			}
			if len(ids) != len(got.Processes) {
				t.Errorf("%d processes in %d records", len(got.Processes), len(ids))
			}
		})
	}
}

// TestRepeatEnds: what cannot be repeated and what a log cannot hold is refused.
func TestRepeatEnds(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := evtxfile.Repeat(f, [][]byte{make([]byte, 1<<20)}, 1, 0); err == nil {
		t.Error("zeros were repeated")
	}
	log, err := evtxfile.File([]evtxfile.Event{{Provider: "Test", Channel: "Test", Computer: "A"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evtxfile.Repeat(f, [][]byte{log}, 5<<30, 0); err == nil {
		t.Error("a log of 5 GiB was begun")
	}
}

func repeat(t *testing.T, log []byte, size int64) (evtxfile.Repeated, []byte) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	made, err := evtxfile.Repeat(f, [][]byte{log}, size, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return made, b
}

func read(t *testing.T, log []byte) *evidence.Batch {
	t.Helper()
	b, err := parsertest.Parse(t.Context(), evtx.Format, log)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
