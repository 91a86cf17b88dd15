package evtx

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// A truth is the part of a truth file that counts records.
type truth struct {
	Inputs struct {
		Host []struct{ File string }
	}
	HostEvents struct {
		Total    uint64
		Counters map[string]uint64 `json:"by_channel_event_id"`
	} `json:"host_events"`
}

// TestCorpus: as many records of every class as evtxexport counted. A damaged log may give more than evtxexport found,
// and must then say what is missing.
func TestCorpus(t *testing.T) {
	data := parsertest.Corpus(t)
	paths, err := filepath.Glob(filepath.Join(data, "truth", "evtx__*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no truth files: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			var want truth
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			got, counters, records := evidence.Batch{}, map[string]uint64{}, uint64(0)
			for _, in := range want.Inputs.Host {
				if strings.HasSuffix(in.File, ".evtx") {
					records += count(t, filepath.Join(data, in.File), &got, counters)
				}
			}
			if records == want.HostEvents.Total && got.Problems.Incomplete {
				t.Errorf("all records are there, and yet: %v", got.Problems.First)
			}
			if got.Problems.Incomplete && records >= want.HostEvents.Total {
				return
			}
			if !maps.Equal(counters, want.HostEvents.Counters) {
				t.Errorf("got %v, want %v", counters, want.HostEvents.Counters)
			}
		})
	}
}

func count(t *testing.T, path string, into *evidence.Batch, counters map[string]uint64) uint64 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parsertest.Parse(t.Context(), Format, b)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range got.Tallies.Classes() {
		counters[fmt.Sprintf("%s|%d", c.Channel, c.EventID)] += c.Count
	}
	for _, p := range got.Problems.First {
		into.Problem(p)
	}
	return got.Records()
}
